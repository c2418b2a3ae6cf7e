"""The amounts of a record by the texts they stand in: each finds those beside it without a look at all others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from trials.reading.counted import Counted
from trials.reading.notations import fold
from trials.reading.units import PER_KG, PER_M2

_Span = tuple[Decimal, Decimal | None]


class Text:
    """The amounts of one text, in its order."""

    def __init__(self) -> None:
        self.amounts: list[Counted] = []
        self.labels: dict[int, str] = {}  # of `echoes.step_label`, by the place of the amount

    @cached_property
    def folded(self) -> str:
        return fold(self.amounts[0].marked.section.text)

    @cached_property
    def _starts(self) -> list[int]:
        return sorted(one.start for one in self.amounts)

    @cached_property
    def _by_end(self) -> list[tuple[int, int]]:
        return sorted((one.end, -place) for place, one in enumerate(self.amounts))

    @cached_property
    def is_one_amount(self) -> bool:
        """Whether the text states but one amount, however often."""
        return len({one.key for one in self.amounts}) == 1

    @cached_property
    def lows(self) -> dict[str, set[Decimal]]:
        """The amounts by their basis, without those that a volume was needed for."""
        found: dict[str, set[Decimal]] = {}
        for one in self.amounts:
            if not one.is_of_volume:
                found.setdefault(one.basis, set()).add(one.low)
        return found

    def last_before(self, place: int) -> Counted | None:
        """The amount that ends last before a place."""
        number = bisect_right(self._by_end, (place, 1))
        return self.amounts[-self._by_end[number - 1][1]] if number else None

    def next_start(self, place: int) -> int:
        """Where the next amount begins, from a place on; the end of the text where there is none."""
        number = bisect_left(self._starts, place)
        return self._starts[number] if number < len(self._starts) else len(self.folded)


class Amounts:
    """All amounts that a record's texts state."""

    def __init__(self, found: Iterable[Counted]) -> None:
        self.all = list(found)
        self._texts: dict[int, Text] = {}
        for one in self.all:
            self._texts.setdefault(id(one.marked), Text()).amounts.append(one)

    def beside(self, one: Counted) -> Text:
        """The amounts of the text that this one stands in."""
        return self._texts[id(one.marked)]

    @cached_property
    def singles(self) -> dict[str, set[Decimal]]:
        """Those that are no ranges, by their basis."""
        found: dict[str, set[Decimal]] = {}
        for one in self.all:
            if one.high is None:
                found.setdefault(one.basis, set()).add(one.low)
        return found

    @cached_property
    def by_size(self) -> set[_Span]:
        """Those per kg or per square metre."""
        return {(one.low, one.high) for one in self.all if one.basis in (PER_KG, PER_M2)}
