"""Sets of trial ids as roaring bitmaps, and whole numbers by trial as one bitmap per binary digit. No Django."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyroaring import BitMap

NOTHING = BitMap()


def union(bitmaps: Iterable[BitMap]) -> BitMap:
    """The ids in any of them; none for none."""
    found = list(bitmaps)
    return BitMap.union(*found) if found else BitMap()


@dataclass(frozen=True)
class Sliced:
    """Whole numbers from 0 up by id: `digits[i]` holds the ids whose number has bit i, `known` all that have a number.

    A comparison costs a few dozen bitmap operations however many ids and numbers there are (O'Neil and Quass,
    “Improved query performance with variant indexes”, 1997).
    """

    known: BitMap
    digits: tuple[BitMap, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> Sliced:
        """From (id, number) pairs, one for each id."""
        ids_of: defaultdict[int, list[int]] = defaultdict(list)
        for pk, number in pairs:
            ids_of[number].append(pk)
        return cls.of_groups({number: BitMap(ids) for number, ids in ids_of.items()})

    @classmethod
    def of_groups(cls, bitmaps: Mapping[int, BitMap]) -> Sliced:
        """From the ids of each number."""
        width = max(bitmaps, default=0).bit_length()
        digits = tuple(union(ids for number, ids in bitmaps.items() if number >> bit & 1) for bit in range(width))
        return cls(union(bitmaps.values()), digits)

    def at_most(self, bound: int) -> BitMap:
        """Ids whose number is `bound` or less."""
        if bound < 0:
            return BitMap()
        if bound.bit_length() > len(self.digits):
            return self.known.copy()
        below, equal = BitMap(), self.known.copy()
        for bit in reversed(range(len(self.digits))):
            if bound >> bit & 1:
                below |= equal - self.digits[bit]
                equal &= self.digits[bit]
            else:
                equal -= self.digits[bit]
        return below | equal

    def at_least(self, bound: int) -> BitMap:
        """Ids whose number is `bound` or more."""
        return self.known - self.at_most(bound - 1)

    def number(self, pk: int) -> int | None:
        """The number of an id."""
        if pk not in self.known:
            return None
        return sum(1 << bit for bit, ids in enumerate(self.digits) if pk in ids)

    def changed(self, numbers: Mapping[int, int | None]) -> Sliced:
        """Another one with these ids' numbers; None takes an id out. Digits that stay as they were are shared."""
        changes = {pk: number for pk, number in numbers.items() if self.number(pk) != number}
        if not changes:
            return self
        ids = BitMap(changes)
        width = max(len(self.digits), *((number or 0).bit_length() for number in changes.values()))
        digits = []
        for bit in range(width):
            held = self.digits[bit] if bit < len(self.digits) else NOTHING
            wanted = BitMap(pk for pk, number in changes.items() if number is not None and number >> bit & 1)
            digits.append(held if held & ids == wanted else (held - ids) | wanted)
        known = BitMap(pk for pk, number in changes.items() if number is not None)
        return Sliced((self.known - ids) | known, tuple(digits))


@dataclass(frozen=True)
class Spans:
    """A span of whole numbers by id, both ends included. A missing end is open; ids outside `known` have no span."""

    known: BitMap
    low: Sliced
    high: Sliced

    @classmethod
    def of(cls, spans: Mapping[int, Span]) -> Spans:
        """From the span of each id."""
        ids_of: defaultdict[Span, list[int]] = defaultdict(list)
        for pk, span in spans.items():
            ids_of[span].append(pk)
        return cls.of_groups(ids_of)

    @classmethod
    def of_groups(cls, groups: Mapping[Span, Iterable[int]]) -> Spans:
        """From the ids of each span."""
        bitmaps = {span: BitMap(ids) for span, ids in groups.items()}
        low: defaultdict[int, list[BitMap]] = defaultdict(list)
        high: defaultdict[int, list[BitMap]] = defaultdict(list)
        for (start, end), ids in bitmaps.items():
            if start is not None:
                low[start].append(ids)
            if end is not None:
                high[end].append(ids)
        ends = (Sliced.of_groups({number: union(some) for number, some in side.items()}) for side in (low, high))
        return cls(union(bitmaps.values()), *ends)

    def meeting(self, low: int | None, high: int | None) -> BitMap:
        """Ids whose span shares a number with `low`..`high`; a missing bound is open."""
        missed = BitMap()
        if high is not None:
            missed |= self.low.at_least(high + 1)
        if low is not None:
            missed |= self.high.at_most(low - 1)
        return self.known - missed

    def changed(self, spans: Mapping[int, Span | None]) -> Spans:
        """Another one with these ids' spans; None takes an id out."""
        gone, here = (
            BitMap(pk for pk, span in spans.items() if span is None),
            BitMap(pk for pk, s in spans.items() if s),
        )
        return Spans(
            (self.known - gone) | here,
            self.low.changed({pk: span[0] if span else None for pk, span in spans.items()}),
            self.high.changed({pk: span[1] if span else None for pk, span in spans.items()}),
        )


Span = tuple[int | None, int | None]
