"""What every section of the page is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from trials.models import Trial
from trials.models.choices import AbsenceReason
from trials.views._record.evidence import Ledger
from trials.views._record.facts import Facts, Gaps, Value


@dataclass(frozen=True)
class Source:
    """A trial with its lists read, the two books that its sections share, of evidence and of gaps, and the day."""

    trial: Trial
    ledger: Ledger
    gaps: Gaps
    today: dt.date

    @classmethod
    def of(cls, trial: Trial, today: dt.date) -> Source:
        return cls(trial, Ledger(trial), Gaps(trial), today)

    def facts(self) -> Facts:
        return Facts(self.ledger, self.gaps)


@dataclass(frozen=True)
class Section:
    """A part of the page. Where it has nothing, `empty` says why; `body` is None where there is nothing to show."""

    anchor: str
    title: str
    template: str
    body: object
    empty: str = ""

    @property
    def missing(self) -> str:
        """What the list of sections says of one that has nothing."""
        return "not kept" if self.empty == f"{AbsenceReason.NOT_KEPT.label}." else "not stated"


Maker = Callable[[Source], Section]


def term_value(text: str, facet: str, slug: str) -> Value:
    """A word that leads to the trials which share it."""
    return Value(text, f"{reverse('browse')}?{urlencode({facet: slug})}")
