"""How many trials of a result each value of a facet holds. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pyroaring import BitMap

if TYPE_CHECKING:
    from trials.search.forward import Forward

Members = Mapping[str, BitMap]

# Results from so many trials up to this share of all are counted by what they leave out.
LEAST_SPARSE = 1_000
SPARSE = 16
# In a catalogue of so many trials, facets of so many values are held the other way round too. Below, the bitmaps take
# a few milliseconds at most, and numpy's memory is not spent.
LEAST_TRIALS = 50_000
LEAST_VALUES = 500
# Results up to this share of all are counted so: each trial costs the same, which for many is more than the bitmaps do.
FORWARD = 8
# When more than this share of all trials changed since it was made, it is made anew.
CHANGED = 32
# Its length goes by the largest id: that may be so many times the number of trials.
MOST_SCATTERED = 4


def forwards(
    public: BitMap,
    members: Mapping[str, Members],
    held: Mapping[str, Forward] | None = None,
    members_then: Mapping[str, Members] | None = None,
) -> Mapping[str, Forward]:
    """By key the long facets the other way round: brought forward from those `held` when the members were
    `members_then`, or else made."""
    if len(public) < LEAST_TRIALS or public.max() > MOST_SCATTERED * len(public):
        return {}
    # numpy takes 15 MB, which small catalogues do without.
    from trials.search.forward import Forward

    made = {}
    for key, now in members.items():
        if len(now) < LEAST_VALUES:
            continue
        forward = held[key].after(members_then[key], now) if held and members_then and key in held else None
        if forward is None or len(public - forward.covered) * CHANGED > len(public):
            forward = Forward.of(now, public)
        made[key] = forward
    return made


class Counting:
    """Counts for one question, of `public` trials; `whole` says by facet how many of these each value holds.

    An intersection with a few thousand ids compares two sorted lists; one with nearly all trials asks a bit for each
    trial of the value, which takes a third of the time. So where a result is sparse, a value's trials outside of it are
    counted and taken from all that it holds. Facets among `forwards` are counted trial by trial.
    """

    def __init__(
        self, public: BitMap, whole: Mapping[str, Mapping[str, int]], forwards: Mapping[str, Forward] | None = None
    ) -> None:
        self._public = public
        self._whole = whole
        self._forwards = forwards or {}
        # By identity of a result, which is kept so that it stays the only one with it.
        self._outside: dict[int, tuple[BitMap, BitMap]] = {}

    def within(self, result: BitMap, key: str, members: Members) -> Mapping[str, int]:
        """By value of a facet how many of its trials are in a result, which holds public ones only. None may stand for
        all that would be 0."""
        if not result:
            return {}
        if len(result) == len(self._public):
            return self._whole[key]
        if key in self._forwards and len(result) <= len(self._public) // FORWARD:
            return self._forwards[key].counts(result)
        if not LEAST_SPARSE <= len(result) <= len(self._public) // SPARSE:
            return {slug: ids.intersection_cardinality(result) for slug, ids in members.items()}
        outside, whole = self._without(result), self._whole[key]
        return {slug: whole[slug] - ids.intersection_cardinality(outside) for slug, ids in members.items()}

    def _without(self, result: BitMap) -> BitMap:
        known = self._outside.get(id(result))
        if known is None:
            known = self._outside[id(result)] = result, self._public - result
        return known[1]
