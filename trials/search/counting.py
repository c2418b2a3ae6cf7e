"""How many trials of a result each value of a facet holds. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pyroaring import BitMap

if TYPE_CHECKING:
    from trials.search.forward import Forward

Members = Mapping[str, BitMap]

# Results from so many trials up to this share of all are counted by what they leave out.
LEAST_SPARSE = 1_000
SPARSE = 16
# In a catalogue of so many trials, facets of so many values are held the other way round too. Below, the bitmaps take a
# few milliseconds at most, and numpy's memory is not spent.
LEAST_TRIALS = 50_000
LEAST_VALUES = 20
# Results up to this share of all are counted so: each trial costs the same, which for many is more than the bitmaps do.
FORWARD = 8
# When more than this share of all trials changed since it was made, it is made anew.
CHANGED = 32
# Its length goes by the largest id: that may be so many times the number of trials.
MOST_SCATTERED = 4


def forwards(
    public: BitMap,
    members: Mapping[str, Members],
    held: Forward | None = None,
    members_then: Mapping[str, Members] | None = None,
) -> Forward | None:
    """Facets of many values the other way round, all in one: brought forward from what was `held` when the members were
    `members_then`, or else made. Nothing in a small catalogue."""
    keys = _long(members)
    if not keys or len(public) < LEAST_TRIALS or public.max() > MOST_SCATTERED * len(public):
        return None
    # numpy takes 15 MB, which small catalogues do without.
    from trials.search.forward import Forward

    now, after = {key: members[key] for key in keys}, None
    if held and members_then and _long(members_then) == keys:
        after = held.after(members_then, now)
    if after is None or len(public - after.covered) * CHANGED > len(public):
        return Forward.of(now, public)
    return after


def _long(members: Mapping[str, Members]) -> list[str]:
    return [key for key, now in members.items() if len(now) >= LEAST_VALUES]


class Counting:
    """Counts for one question, of `public` trials; `whole` says by facet how many of these each value holds.

    An intersection with a few thousand ids compares two sorted lists; one with nearly all trials asks a bit for each
    trial of the value, which takes a third of the time. So where a result is sparse, a value's trials outside of it are
    counted and taken from all that it holds. Facets of many values are counted trial by trial, all at once, for
    `found`, the result that most facets are counted in.
    """

    def __init__(
        self, public: BitMap, whole: Mapping[str, Mapping[str, int]], forward: Forward | None, found: BitMap
    ) -> None:
        self._public = public
        self._whole = whole
        self._forward = forward
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
        if result is self._found and len(members) >= LEAST_VALUES and self._together is not None:
            return self._together.get(key, {})
        if not LEAST_SPARSE <= len(result) <= len(self._public) // SPARSE:
            return {slug: ids.intersection_cardinality(result) for slug, ids in members.items()}
        outside, whole = self._without(result), self._whole[key]
        return {slug: whole[slug] - ids.intersection_cardinality(outside) for slug, ids in members.items()}

    @cached_property
    def _together(self) -> Mapping[str, Mapping[str, int]] | None:
        """By key the counts within `found` of the facets of many values, without those that are 0."""
        if self._forward is None or len(self._found) > len(self._public) // FORWARD:
            return None
        return self._forward.counts(self._found)

    def _without(self, result: BitMap) -> BitMap:
        known = self._outside.get(id(result))
        if known is None:
            known = self._outside[id(result)] = result, self._public - result
        return known[1]
