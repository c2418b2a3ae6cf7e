"""The dates of a trial drawn on one axis: a day as a point, a month or year without its day as a band."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Trial
from trials.models.choices import DateType
from trials.phrases import count
from trials.records import PartialDate

# In units of the drawing; on a phone one unit is about one pixel.
WIDTH, LEFT, RIGHT, ROW, HEAD, FOOT, BAND = 340, 8, 332, 34, 4, 28, 10
_MOST_TICKS = 7
_EVENTS = (
    ("first_posted", "First posted"),
    ("start_date", "Start"),
    ("primary_completion_date", "Primary completion"),
    ("completion_date", "Completion"),
    ("status_verified", "Status verified"),
    ("last_update_posted", "Last update posted"),
)


@dataclass(frozen=True)
class Event:
    """A date with its name. `kind` is `actual`, `estimated`, or empty where that is not stated."""

    name: str
    date: PartialDate
    kind: str = ""

    @property
    def words(self) -> str:
        return f"{self.date.label} ({self.kind})" if self.kind else self.date.label


@dataclass(frozen=True)
class Row:
    """An event in its place: a band over `width`, or a point at `x` where the day is known."""

    label: str
    words: str
    label_y: int
    y: int
    x: float
    width: float
    is_band: bool
    is_estimated: bool

    @property
    def middle(self) -> float:
        return self.y + BAND / 2

    @property
    def point(self) -> str:
        """The corners of a diamond, for a polygon."""
        half = BAND / 2
        top, bottom = self.y, self.y + BAND
        return f"{self.x},{top} {self.x + half:.1f},{self.middle} {self.x},{bottom} {self.x - half:.1f},{self.middle}"


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """`today` is its place on the axis; None where the axis does not reach it."""

    description: str
    height: int
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today: float | None

    width, band = WIDTH, BAND

    @property
    def axis_y(self) -> int:
        return self.height - FOOT + 6

    @property
    def label_y(self) -> int:
        return self.height - 8

    @property
    def has_bands(self) -> bool:
        return any(row.is_band for row in self.rows)

    @property
    def has_estimates(self) -> bool:
        return any(row.is_estimated for row in self.rows)


def events_of(trial: Trial) -> tuple[Event, ...]:
    """What happened or is planned, in the order of the calendar; equal dates in the order of a trial's life."""
    found = []
    for field, name in _EVENTS:
        date: PartialDate | None = getattr(trial, field)
        if date is not None:
            kind = getattr(trial, f"{field}_type", "")
            found.append(Event(name, date, DateType(kind).label.lower() if kind in DateType.values else ""))
    return tuple(sorted(found, key=lambda event: event.date.first_day))


def timeline_of(events: Iterable[Event], today: dt.date) -> Timeline | None:
    """The drawing; None of fewer than two dates, which a line of text says better."""
    held = tuple(events)
    if len(held) < 2:
        return None
    first, last = _span(held)
    axis = _Axis(first, last)
    told = "; ".join(f"{event.name} {event.words}" for event in held)
    return Timeline(
        description=f"{count(len(held), 'date')} on one axis, from {first.year} to {last.year}: {told}.",
        height=HEAD + ROW * len(held) + FOOT,
        rows=tuple(_row(place, event, axis) for place, event in enumerate(held)),
        ticks=_ticks(axis),
        today=axis.x(today) if first <= today <= last else None,
    )


@dataclass(frozen=True)
class _Axis:
    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / (self.last - self.first).days, 1)


def _span(events: tuple[Event, ...]) -> tuple[dt.date, dt.date]:
    """From the first day of the first year to the last of the last: a whole year at least."""
    first = min(event.date.first_day for event in events)
    last = max(event.date.last_day for event in events)
    return dt.date(first.year, 1, 1), dt.date(last.year, 12, 31)


def _row(place: int, event: Event, axis: _Axis) -> Row:
    top = HEAD + ROW * place
    start = axis.x(event.date.first_day)
    is_band = event.date.precision != "day"
    return Row(
        label=event.name,
        words=event.words,
        label_y=top + 12,
        y=top + 18,
        x=start,
        # The band ends where the day after it begins; a month on a long axis stays visible.
        width=max(3.0, round(axis.x(event.date.last_day) - start, 1)) if is_band else 0,
        is_band=is_band,
        is_estimated=event.kind == DateType.ESTIMATED.label.lower(),
    )


def _ticks(axis: _Axis) -> tuple[Tick, ...]:
    """The first of January of some years, evenly; labels stand right of their line."""
    years = axis.last.year - axis.first.year + 1
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000) if years / one <= _MOST_TICKS)
    first = axis.first.year if step == 1 else -(-axis.first.year // step) * step
    return tuple(
        Tick(axis.x(dt.date(year, 1, 1)), str(year)) for year in range(first, axis.last.year + 1, step) if year < 10_000
    )
