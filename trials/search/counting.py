"""How many trials of a result each value of a facet holds. No Django."""

from __future__ import annotations

from collections.abc import Mapping

from pyroaring import BitMap

# Results from so many trials up to this share of all are counted by what they leave out.
LEAST_SPARSE = 1_000
SPARSE = 16


class Counting:
    """Counts for one question, of `public` trials; `whole` says by facet how many of these each value holds.

    An intersection with a few thousand ids compares two sorted lists; one with nearly all trials asks a bit for each
    trial of the value, which takes a third of the time. So where a result is sparse, a value's trials outside of it are
    counted and taken from all that it holds.
    """

    def __init__(self, public: BitMap, whole: Mapping[str, Mapping[str, int]]) -> None:
        self._public = public
        self._whole = whole
        # By identity of a result, which is kept so that it stays the only one with it.
        self._outside: dict[int, tuple[BitMap, BitMap]] = {}

    def within(self, result: BitMap, key: str, members: Mapping[str, BitMap]) -> Mapping[str, int]:
        """By value of a facet how many of its trials are in a result, which holds public ones only. None may stand for
        all that would be 0."""
        if not result:
            return {}
        if len(result) == len(self._public):
            return self._whole[key]
        if not LEAST_SPARSE <= len(result) <= len(self._public) // SPARSE:
            return {slug: ids.intersection_cardinality(result) for slug, ids in members.items()}
        outside, whole = self._without(result), self._whole[key]
        return {slug: whole[slug] - ids.intersection_cardinality(outside) for slug, ids in members.items()}

    def _without(self, result: BitMap) -> BitMap:
        known = self._outside.get(id(result))
        if known is None:
            known = self._outside[id(result)] = result, self._public - result
        return known[1]
