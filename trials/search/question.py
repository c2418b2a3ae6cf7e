"""What a reader asks of the catalogue, as an immutable value that knows its own address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from trials.records import YEARS_PER_UNIT, PartialDate

DEFAULT_SORT = "updated"


@dataclass(frozen=True)
class AgeRange:
    """A patient's age or a span of ages, in years from `low` to `high`; `text` is how it was asked.

    A whole number means anyone of that age: 12 is from the 12th birthday to just before the 13th.
    """

    low: float
    high: float
    text: str

    @property
    def label(self) -> str:
        """For people: 12, 12 to 18, 6 months, 6 months to 2 years."""
        words = [_age_words(part) for part in self.text.split("-")]
        return " to ".join(words)

    def meets(self, limits: AgeLimits) -> bool:
        """Whether someone of these ages may be within a trial's limits. A missing limit never refuses anyone."""
        return limits.low <= self.high and self.low < limits.high


def _age_words(text: str) -> str:
    units = {"y": "years", "m": "months", "w": "weeks", "d": "days"}
    return f"{text[:-1]} {units[text[-1]]}" if text[-1] in units else text


@dataclass(frozen=True)
class AgeLimits:
    """A trial's limits in years: from `low` up to, not including, `high`."""

    low: float
    high: float

    @classmethod
    def stated(cls, low_years: float | None, high_value: float | None, high_unit: str) -> AgeLimits:
        """From a trial's fields. “18 Years” lets in everyone who is still 18, so it ends at 19."""
        high = float("inf") if high_value is None else (high_value + 1) * YEARS_PER_UNIT[high_unit]
        return cls(low_years or 0.0, high)


@dataclass(frozen=True)
class Question:
    """Values OR within a facet, AND between facets and the rest.

    `chosen` holds (facet key, its chosen slugs) for the facets with a choice, in the order of `FACETS`.
    """

    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    age: AgeRange | None = None
    start_from: PartialDate | None = None
    start_to: PartialDate | None = None
    sort: str = DEFAULT_SORT
    page: int = 1

    def values(self, key: str) -> tuple[str, ...]:
        """The chosen slugs of a facet."""
        return dict(self.chosen).get(key, ())

    def toggled(self, key: str, slug: str) -> Question:
        """The same question with one value of a facet added or taken away, from the first page."""
        values = self.values(key)
        kept = tuple(value for value in values if value != slug) if slug in values else (*values, slug)
        chosen = dict(self.chosen) | {key: kept}
        return replace(self, chosen=tuple((name, slugs) for name, slugs in chosen.items() if slugs), page=1)

    def but(self, **changes: object) -> Question:
        """The same question with other parts replaced, from the first page unless `page` is among them."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    def parameters(self) -> list[tuple[str, str]]:
        """The question as query parameters, defaults left out."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(key, slug) for key, slugs in self.chosen for slug in slugs]
        if self.age:
            pairs.append(("age", self.age.text))
        pairs += [
            (name, str(date)) for name, date in (("start_from", self.start_from), ("start_to", self.start_to)) if date
        ]
        if self.sort != DEFAULT_SORT:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def query_string(self) -> str:
        return urlencode(self.parameters())

    @property
    def is_empty(self) -> bool:
        """Whether it asks for every trial."""
        return not (self.q or self.chosen or self.age or self.start_from or self.start_to)
