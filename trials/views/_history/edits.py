"""What editors of the catalogue changed in a trial since it was first public, by day. Who it was is not told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from trials.models import Edit, Trial
from trials.models.choices import EditKind
from trials.phrases import count
from trials.views._history.values import heading, in_words, parts_of

# (What changed, its value before and after, whether it is a list; of one the values only say how many rows.)
Edited = tuple[str, str, str, bool]
_ADDED = {EditKind.EDITED: "", EditKind.TAKEN_BACK: " (the registry's value taken back)"}


def edited_days(trial: Trial) -> set[dt.date]:
    """The days on which editors changed something."""
    return {timezone.localdate(on) for on in _public(trial).order_by().values_list("on", flat=True)}


def edits_of(trial: Trial, days: Collection[dt.date]) -> dict[dt.date, list[Edited]]:
    """What they changed on these days, in the order of their doing."""
    found: defaultdict[dt.date, list[Edited]] = defaultdict(list)
    for edit in _between(trial, days) if days else ():
        day = timezone.localdate(edit.on)
        if day in days:
            found[day].append(_in_words(edit))
    return found


def _between(trial: Trial, days: Collection[dt.date]) -> Iterator[Edit]:
    # A day more on either side: the days of the database may be those of another time zone.
    around = (min(days) - dt.timedelta(days=1), max(days) + dt.timedelta(days=2))
    yield from _public(trial).filter(on__date__range=around).order_by("on", "pk")


def _public(trial: Trial) -> QuerySet[Edit]:
    """Not what was made ready before anybody could see it, nor when it was published or withdrawn, nor what editors
    think of contradictions: these are our notes, not the trial's."""
    return trial.edits.filter(before_public=False).exclude(name__in=("state", "flags"))


def _in_words(edit: Edit) -> Edited:
    name = heading(edit.name) + _ADDED.get(EditKind(edit.kind), "")
    if _is_rows(edit.old) or _is_rows(edit.new):
        return name, _rows(edit.old), _rows(edit.new), True
    return name, _value(edit.name, edit.old), _value(edit.name, edit.new), False


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def _rows(value: Iterable[Any] | None) -> str:
    """Rows are not told here: those that an editor took away may name people who asked for it."""
    return count(len(list(value or ())), "row")


def _value(name: str, value: Any) -> str:
    return in_words(name, parts_of(name, value))
