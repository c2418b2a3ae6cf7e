"""Whether a status that promises enrolment may be out of date. No Django."""

from __future__ import annotations

import datetime as dt

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


def warnings_of(dates: Dates, today: dt.date) -> tuple[str, ...]:
    """Why a status may no longer hold, in a few words each. The caller asks only for one that promises enrolment."""
    found, confirmed_until = [], today.toordinal() - UNVERIFIED_AFTER.days
    # An old copy cannot know who has confirmed the status since.
    if dates.copied and dates.copied.last < confirmed_until:
        found.append(f"as copied {dates.copied.label}: look at the registry")
    elif dates.verified and dates.verified.last < confirmed_until:
        found.append("not confirmed for over two years")
    elif not dates.verified and dates.updated and dates.updated.last < confirmed_until:
        found.append("record not changed for over two years")
    if dates.completion and dates.completion.last < today.toordinal():
        found.append(f"stated completion, {dates.completion.label}, has passed")
    return tuple(found)
