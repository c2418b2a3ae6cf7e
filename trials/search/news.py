"""What is new and what changed in the catalogue, counted from its newest copy.

Copies of registry records may be months old. Counted from today nothing would be new; counted from the day of the
newest copy, which the page names, the lists say what was new when the registries were last asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from trials.models import Registration, Trial
from trials.quality.rules.freshness import warnings_of
from trials.records import PartialDate
from trials.search.cards import dates_of, status_kind

DAYS = 31
SHOWN = 5
# A trial may have several registrations, and all of them may have changed lately.
_READ = 4 * SHOWN
# Before it there is no partial date.
_EARLIEST = dt.date(1000, 1, 1)


@dataclass(frozen=True)
class Item:
    """A trial with the day that puts it on a list; `warnings` say why its status may no longer hold today."""

    url: str
    title: str
    status: str
    status_kind: str
    date: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """The latest trials of both kinds. `since` and `until` bound the days counted, in words; empty without any copy.

    `before` are the latest posted ones where none is new. The oldest copy here is of `oldest`.
    """

    since: str = ""
    until: str = ""
    oldest: str = ""
    new: tuple[Item, ...] = ()
    before: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()


def news() -> News:
    """Public trials first posted, and those that their registry changed, in the month up to the newest copy.

    Five queries, each along an index. A change is the registry's own date of its record, not that of a copy
    elsewhere; a record that is dated after the newest copy counts too.
    """
    public = Trial.objects.public()
    documents = Registration.objects.filter(trial__in=public)
    copied = documents.exclude(fetched=None).values_list("fetched", flat=True)
    newest, oldest = copied.order_by("-fetched").first(), copied.order_by("fetched").first()
    if newest is None or oldest is None:
        return News()
    start = max(newest.first_day - dt.timedelta(days=DAYS), _EARLIEST)
    since = PartialDate(start.year, start.month, start.day)
    posted = public.exclude(first_posted=None).order_by("-first_posted", "pk")[:SHOWN]
    changed = documents.filter(updated__gte=since, publisher="").select_related("trial").order_by("-updated", "pk")
    latest: dict[int, tuple[Trial, PartialDate | None]] = {}
    for row in changed[:_READ]:
        latest.setdefault(row.trial_id, (row.trial, row.updated))
    first, last = [(trial, trial.first_posted) for trial in posted], list(latest.values())[:SHOWN]
    copies = _copies([trial.pk for trial, _ in (*first, *last)])
    listed = [_item(trial, date, copies.get(trial.pk)) for trial, date in first]
    new = tuple(item for item, (_, date) in zip(listed, first, strict=True) if str(date) >= str(since))
    return News(
        since=since.label,
        until=newest.label,
        oldest=oldest.label,
        new=new,
        before=() if new else tuple(listed),
        changed=tuple(_item(trial, date, copies.get(trial.pk)) for trial, date in last),
    )


def _copies(trials: list[int]) -> dict[int, PartialDate | None]:
    """When the leading document of each of these trials was copied."""
    leading = Registration.objects.filter(trial__in=trials, is_lead=True).order_by()
    return dict(leading.values_list("trial_id", "fetched"))


def _item(trial: Trial, date: PartialDate | None, copied: PartialDate | None) -> Item:
    return Item(
        url=trial.get_absolute_url(),
        title=trial.display_title or trial.title,
        status=trial.get_status_display() if trial.status else "",
        status_kind=status_kind(trial.status),
        date=date.label if date else "",
        warnings=warnings_of(dates_of(trial, copied), timezone.localdate()),
    )
