"""Whether a status that promises enrolment may be out of date. No Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum

import msgspec

from trials.records import PartialDate

# A status that nobody has confirmed for this long may no longer hold.
UNVERIFIED_AFTER = dt.timedelta(days=2 * 365)


class Day(msgspec.Struct, frozen=True, array_like=True):
    """A date as a source gives it, and the last day that it may mean, as an ordinal of the proleptic calendar."""

    label: str
    last: int

    @classmethod
    def of(cls, date: PartialDate | None) -> Day | None:
        return cls(date.label, date.last_day.toordinal()) if date else None


class Dates(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a status was last verified, when the leading document was copied, and when the trial is to be complete.

    `updated` is when the registry's record last changed, for a copy that does not say when the status was verified.
    """

    verified: Day | None = None
    copied: Day | None = None
    completion: Day | None = None
    updated: Day | None = None


class Doubt(Enum):
    """Why a status may no longer hold; the value says so in a few words, of the date's label."""

    OLD_COPY = "as copied {}: look at the registry"
    NOT_CONFIRMED = "not confirmed for over two years"
    NOT_CHANGED = "record not changed for over two years"
    PAST_COMPLETION = "stated completion, {}, has passed"


def doubts_of(dates: Dates, today: dt.date) -> Iterator[tuple[Doubt, str]]:
    """Each doubt with the label of its date. The caller asks only for a status that promises enrolment."""
    confirmed_until = today.toordinal() - UNVERIFIED_AFTER.days
    # An old copy cannot know who has confirmed the status since.
    if dates.copied and dates.copied.last < confirmed_until:
        yield Doubt.OLD_COPY, dates.copied.label
    elif dates.verified and dates.verified.last < confirmed_until:
        yield Doubt.NOT_CONFIRMED, dates.verified.label
    elif not dates.verified and dates.updated and dates.updated.last < confirmed_until:
        yield Doubt.NOT_CHANGED, dates.updated.label
    if dates.completion and dates.completion.last < today.toordinal():
        yield Doubt.PAST_COMPLETION, dates.completion.label


def warnings_of(dates: Dates, today: dt.date) -> tuple[str, ...]:
    """The same in a few words each."""
    return tuple(doubt.value.format(label) for doubt, label in doubts_of(dates, today))
