"""What a reader asks of the catalogue, as an immutable value that knows its own address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from trials.records import PartialDate
from trials.search.values import NOT_STATED

PAGE_SIZE = 20
# Kilometres that `near` reaches where nothing else is said.
DEFAULT_WITHIN = 100


def age_ticks(years: float) -> int:
    """An age in millionths of a year, in which ages in any unit compare as whole numbers."""
    return round(years * 1_000_000)


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


def _age_words(text: str) -> str:
    units = {"y": "years", "m": "months", "w": "weeks", "d": "days"}
    return f"{text[:-1]} {units[text[-1]]}" if text[-1] in units else text


@dataclass(frozen=True)
class Near:
    """All within `km` kilometres of a point (degrees, WGS 84), which is called `label` and asked for as `text`."""

    text: str
    label: str
    latitude: float
    longitude: float
    km: int


@dataclass(frozen=True)
class Question:
    """Values OR within a facet, AND between facets and the rest.

    `chosen` holds (facet key, its chosen slugs) for the facets with a choice, in the order of `FACETS`. `view` says how
    the results are shown (nothing: as cards), `columns` which columns a table has (nothing: the usual ones).
    """

    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    age: AgeRange | None = None
    start_from: PartialDate | None = None
    start_to: PartialDate | None = None
    enrolment_from: int | None = None
    enrolment_to: int | None = None
    near: Near | None = None
    sort: str = ""
    page: int = 1
    view: str = ""
    columns: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """The order of the results: as asked, else by relevance where there are words, else newest first."""
        return self.sort or ("relevance" if self.q else "updated")

    @property
    def basis(self) -> str:
        """Which doses `sort=dose` compares: the first chosen basis; empty where none is."""
        return next((slug for slug in self.values("dose") if slug != NOT_STATED), "")

    def spans(self) -> dict[str, tuple[int | None, int | None]]:
        """What must be met, by the key of a `Range`: whole numbers from and to, both included, None where open."""
        spans: dict[str, tuple[int | None, int | None]] = {}
        if self.age:
            spans["age"] = (age_ticks(self.age.low), age_ticks(self.age.high))
        if self.start_from or self.start_to:
            spans["start"] = (
                self.start_from.first_day.toordinal() if self.start_from else None,
                self.start_to.last_day.toordinal() if self.start_to else None,
            )
        if self.enrolment_from is not None or self.enrolment_to is not None:
            spans["enrolment"] = (self.enrolment_from, self.enrolment_to)
        return spans

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
        bounds = (
            ("age", self.age.text if self.age else None),
            ("start_from", self.start_from),
            ("start_to", self.start_to),
            ("enrolment_from", self.enrolment_from),
            ("enrolment_to", self.enrolment_to),
            ("near", self.near.text if self.near else None),
            ("within", self.near.km if self.near and self.near.km != DEFAULT_WITHIN else None),
            ("sort", self.sort or None),
            ("page", self.page if self.page > 1 else None),
            ("view", self.view or None),
        )
        pairs += [(name, str(bound)) for name, bound in bounds if bound is not None]
        return pairs + [("columns", key) for key in self.columns]

    def query_string(self, *own: tuple[str, str]) -> str:
        """The question at the end of an address, `?` and all, with parameters of one page after it; empty for none."""
        query = urlencode([*self.parameters(), *own])
        return f"?{query}" if query else ""

    @property
    def is_empty(self) -> bool:
        """Whether it asks for every trial."""
        return replace(self, sort="", page=1, view="", columns=()) == Question()
