"""Lets the quality rules look at trials again: after an upgrade of the rules, and when the calendar moves on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone

from trials.intake.editing import hold_all, wait_for_import
from trials.models import CatalogueState, Flag, Trial
from trials.quality import keeping
from trials.quality.rules import RULES, VERSION
from trials.quality.rules.conduct import MAY_ENROL
from trials.quality.rules.freshness import UNVERIFIED_AFTER
from trials.search.publishing import publishing, trials_changed

_BATCH = 200


def recheck(
    trials: QuerySet[Trial], told: Callable[[int, int], None] = lambda done, changed: None, today: dt.date | None = None
) -> int:
    """Checks these trials, a few hundred in each transaction; how many have other flags now.

    `told` hears how many are done, and how many of them have changed.
    """
    numbers = list(trials.order_by("pk").values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(numbers), _BATCH):
        batch = numbers[start : start + _BATCH]
        # Cards and words hold no flags; workers are told of the trials whose flags moved.
        with publishing(checks=False):
            wait_for_import()
            hold_all(batch)
            moved = keeping.check(batch, {}, today)
            trials_changed(*moved)
        changed += len(moved)
        told(start + len(batch), changed)
    return changed


def recheck_all(told: Callable[[int, int], None] = lambda done, changed: None) -> int:
    """Checks every trial, and notes that today's rules did."""
    changed = recheck(Trial.objects.all(), told)
    CatalogueState.objects.update(rules=VERSION)
    return changed


def is_behind() -> bool:
    """Whether other rules than today's last looked at all trials."""
    return Trial.objects.exists() and not CatalogueState.objects.filter(rules=VERSION).exists()


def due(today: dt.date | None = None) -> QuerySet[Trial]:
    """The trials of which the calendar alone may have made something true, or no longer so, since they were checked."""
    day = today or timezone.localdate()
    flags = Flag.objects.filter(rule__in=[rule.id for rule in RULES if rule.by_calendar]).order_by()
    past, unconfirmed = (flags.filter(rule=rule).values("trial") for rule in _OPEN)
    # Texts of dates sort as their first days; a few days too many cost nothing.
    long_ago = str(day - UNVERIFIED_AFTER)
    old = Q(status_verified__lt=long_ago) | Q(status_verified=None, last_update_posted__lt=long_ago)
    old |= Q(registrations__is_lead=True, registrations__fetched__lt=long_ago)
    opened = Q(status__in=sorted(MAY_ENROL))
    moved = Q(completion_date__lt=str(day)) & ~Q(pk__in=past) | old & ~Q(pk__in=unconfirmed)
    future = Q(pk__in=flags.filter(rule="date-in-future").values("trial"))
    found = Trial.objects.filter(opened & moved | future).order_by()
    return Trial.objects.filter(pk__in=found.values("pk"))


_OPEN = ("status-past-completion", "status-not-confirmed")
