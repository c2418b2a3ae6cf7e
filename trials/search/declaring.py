"""What a facet and a range are made of; `trials/search/facets.py` declares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from trials import models
from trials.search.bitmaps import Span
from trials.search.values import ValueSet


@dataclass(frozen=True)
class Source:
    """Rows that hold a facet's stored values.

    `columns` are looked up from `model`; with several, the stored value is the tuple of them. `trial` is the column
    with the trial's id. `named` goes before the value where a facet has sources of different kinds. Where thousands of
    tuples would mean a few things, `means` makes the stored value of what the columns hold.
    """

    model: type[Any]
    columns: tuple[str, ...]
    trial: str = "trial_id"
    where: Q = field(default_factory=Q)
    named: str = ""
    means: Callable[..., Any] | None = None

    def pairs(self) -> Iterable[tuple[int, Any]]:
        """(trial id, stored value) for every row, of drafts too. `search.rows` reads many sources at once."""
        rows = self.model._default_manager.filter(self.where).order_by().values_list(self.trial, *self.columns)
        for trial, *stored in rows.iterator(chunk_size=10_000):
            if self.means:
                yield trial, self.means(*stored)
            elif self.named:
                yield trial, (self.named, *stored)
            else:
                yield trial, stored[0] if len(self.columns) == 1 else tuple(stored)


@dataclass(frozen=True)
class Facet:
    """A way to narrow the trials.

    `phrase` says a choice in the page's title (`{}` is the choice), `missing_phrase` the choice of “not stated”.
    Choices that `run_on` are words of a sentence there, not names.
    `missing` is what a trial without a value is called, whether its source says nothing or this copy left it out;
    empty when the question makes no sense. Where no vocabulary says the values, `values_of` makes them of whatever is
    stored. A facet that `is_vocabulary` has terms with other names, which the search box knows too.
    `grouped_by` is the key of the facet whose values these terms stand under on pages, as one tree: that one has no
    list of its own there, and a source `named` as this facet is, which says what a term counts for.
    """

    key: str
    label: str
    phrase: str
    sources: tuple[Source, ...]
    values: Callable[[], ValueSet]
    help: str = ""
    missing: str = "Not stated or not kept"
    missing_phrase: str = ""
    run_on: bool = False
    by_count: bool = False
    is_open: bool = False
    values_of: Callable[[Iterable[Any]], ValueSet] | None = None
    is_vocabulary: bool = False
    grouped_by: str = ""

    def values_from(self, stored: Iterable[Any]) -> ValueSet:
        """The values, where `stored` is all that public trials hold of them."""
        return self.values_of(stored) if self.values_of else self.values()


@dataclass(frozen=True)
class Range:
    """A span of whole numbers per trial that a question may ask to meet.

    `span` makes it from the trial's `columns`: both ends included, None for an open end, or nothing at all for a trial
    that is left out of every such question.
    """

    key: str
    columns: tuple[str, ...]
    span: Callable[..., Span | None]

    @property
    def source(self) -> Source:
        """Where the columns stand."""
        return Source(models.Trial, self.columns, trial="pk")

    def pairs(self) -> Iterable[tuple[int, Span]]:
        """(trial id, span) for every trial that has one, drafts too."""
        return ((trial, span) for trial, stored in self.source.pairs() if (span := self.spanned(stored)) is not None)

    def spanned(self, stored: Any) -> Span | None:
        """The span of a stored value of `source`."""
        return self.span(*(stored if len(self.columns) > 1 else (stored,)))
