"""How many trials of a result each value of a facet holds. No Django."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pyroaring import BitMap

if TYPE_CHECKING:
    from trials.search.forward import Forward

Members = Mapping[str, BitMap]
Name = TypeVar("Name", bound=Hashable)

# Results from so many trials up to this share of all are counted by what they leave out.
LEAST_SPARSE = 1_000
SPARSE = 16
# In a catalogue of so many trials, facets of so many values are held the other way round too, each for itself. Below,
# the bitmaps take a few milliseconds at most, and numpy's memory is not spent.
LEAST_TRIALS = 50_000
LEAST_VALUES = 500
# Results up to this share of all are counted so: each trial costs the same, which for many is more than the bitmaps do.
FORWARD = 8
# All facets of so many values are held so in one as well: what most of them are counted in is counted in one go. That
# pays for smaller results, as the bitmaps of the shorter facets take less.
LEAST_TOGETHER = 20
TOGETHER = 32
# When more than this share of all trials changed since it was made, it is made anew.
CHANGED = 32
# Its length goes by the largest id: that may be so many times the number of trials.
MOST_SCATTERED = 4


@dataclass(frozen=True)
class Forwards:
    """Facets the other way round: long ones each on its `own`, and those of `shared` keys `together`, whose values are
    named by (key, slug)."""

    own: Mapping[str, Forward[str]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    together: Forward[tuple[str, str]] | None = None


def forwards(
    public: BitMap,
    members: Mapping[str, Members],
    held: Forwards | None = None,
    members_then: Mapping[str, Members] | None = None,
) -> Forwards:
    """What is to be held the other way round: brought forward from what was `held` when the members were
    `members_then`, or else made."""
    if len(public) < LEAST_TRIALS or public.max() > MOST_SCATTERED * len(public):
        return Forwards()
    held, then = held or Forwards(), members_then or {}
    long = [key for key, now in members.items() if len(now) >= LEAST_VALUES]
    own = {key: _forward(public, members[key], held.own.get(key), then.get(key, {})) for key in long}
    shared = tuple(key for key, now in members.items() if len(now) >= LEAST_TOGETHER)
    if not shared:
        return Forwards(own)
    earlier = held.together if held.shared == shared else None
    together = _forward(public, _paired(members, shared), earlier, _paired(then, shared) if earlier else {})
    return Forwards(own, shared, together)


def _paired(members: Mapping[str, Members], keys: Iterable[str]) -> Mapping[tuple[str, str], BitMap]:
    return {(key, slug): ids for key in keys for slug, ids in members[key].items()}


def _forward(
    public: BitMap, now: Mapping[Name, BitMap], held: Forward[Name] | None, then: Mapping[Name, BitMap]
) -> Forward[Name]:
    # numpy takes 15 MB, which small catalogues do without.
    from trials.search.forward import Forward

    after = held.after(then, now) if held else None
    if after is None or len(public - after.covered) * CHANGED > len(public):
        return Forward.of(now, public)
    return after


class Counting:
    """Counts for one question, of `public` trials; `whole` says by facet how many of these each value holds.

    An intersection with a few thousand ids compares two sorted lists; one with nearly all trials asks a bit for each
    trial of the value, which takes a third of the time. So where a result is sparse, a value's trials outside of it are
    counted and taken from all that it holds. Facets among `forwards` are counted trial by trial, those of one array all
    at once for `found`, the result that most facets are counted in.
    """

    def __init__(
        self,
        public: BitMap,
        whole: Mapping[str, Mapping[str, int]],
        forwards: Forwards,
        found: BitMap,
    ) -> None:
        self._public = public
        self._whole = whole
        self._forwards = forwards
        self._found = found
        # By identity of a result, which is kept so that it stays the only one with it.
        self._outside: dict[int, tuple[BitMap, BitMap]] = {}

    def within(self, result: BitMap, key: str, members: Members) -> Mapping[str, int]:
        """By value of a facet how many of its trials are in a result, which holds public ones only. None may stand for
        all that would be 0."""
        if not result:
            return {}
        if len(result) == len(self._public):
            return self._whole[key]
        if result is self._found and key in self._together:
            return self._together[key]
        if key in self._forwards.own and len(result) <= len(self._public) // FORWARD:
            return self._forwards.own[key].counts(result)
        if not LEAST_SPARSE <= len(result) <= len(self._public) // SPARSE:
            return {slug: ids.intersection_cardinality(result) for slug, ids in members.items()}
        outside, whole = self._without(result), self._whole[key]
        return {slug: whole[slug] - ids.intersection_cardinality(outside) for slug, ids in members.items()}

    @cached_property
    def _together(self) -> Mapping[str, Mapping[str, int]]:
        """By key the counts within `found` of the facets that are held in one."""
        together = self._forwards.together
        if together is None or len(self._found) > len(self._public) // TOGETHER:
            return {}
        counts: dict[str, dict[str, int]] = {key: {} for key in self._forwards.shared}
        for (key, slug), count in together.counts(self._found).items():
            counts[key][slug] = count
        return counts

    def _without(self, result: BitMap) -> BitMap:
        known = self._outside.get(id(result))
        if known is None:
            known = self._outside[id(result)] = result, self._public - result
        return known[1]
