"""What every registry is read into: small, frozen values without Django.

Only values that more than one room of the house needs live here.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from functools import total_ordering

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

# A month is a twelfth of a year and a year has 365.25 days, so that "6 Months" is exactly half a year.
YEARS_PER_UNIT = {
    "YEARS": 1.0,
    "MONTHS": 1 / 12,
    "WEEKS": 7 / 365.25,
    "DAYS": 1 / 365.25,
    "HOURS": 1 / (365.25 * 24),
    "MINUTES": 1 / (365.25 * 24 * 60),
}


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A calendar date of which the month or the day may be unknown, as registries state them.

    `year` 1000..9999, `month` 1..12 or None, `day` 1..31 or None; a day needs a month. Sorts by the first
    day it may mean (2028-04 before 2028-04-02), the less precise first where these are equal.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a date with a day needs a month")
        if not 1000 <= self.year <= 9999:
            raise ValueError(f"year {self.year} is not between 1000 and 9999")
        dt.date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Reads `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; ValueError says what was wrong."""
        match = _PARTIAL.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"“{text}” is not a date: write 2028, 2028-04 or 2028-04-30")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None  # noqa: S101 (the pattern demands it)
        try:
            return cls(year, month, day)
        except ValueError as error:
            raise ValueError(f"“{text}” is not a date in the calendar: {error}") from None

    @property
    def precision(self) -> str:
        """`year`, `month` or `day`: the smallest part that the source states."""
        if self.day is not None:
            return "day"
        return "month" if self.month is not None else "year"

    @property
    def first_day(self) -> dt.date:
        """The earliest day that the date may mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest day that the date may mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def label(self) -> str:
        """For people: `10 January 2024`, `April 2028` or `2028`; never more precise than the source."""
        if self.month is None:
            return str(self.year)
        words = f"{month_name[self.month]} {self.year}"
        return f"{self.day} {words}" if self.day is not None else words

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return str(self) < str(other)
