"""Scheduled fetches: when each is due, and how its runs went."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trials.models import Job, ScheduledFetch
from trials.models.choices import JobKind, JobState

_OPEN = (JobState.QUEUED, JobState.IMPORTING)


def queue_due() -> int:
    """Makes a job of every scheduled fetch whose time has come and that is not being done; how many.

    The next time counts from now: what was missed while no worker ran is done once.
    """
    queued, now = 0, timezone.now()
    for schedule in ScheduledFetch.objects.filter(enabled=True, next_run__lte=now):
        still = ScheduledFetch.objects.filter(pk=schedule.pk, next_run=schedule.next_run)
        with transaction.atomic():
            if not still.update(next_run=now + schedule.pause):
                continue
            if schedule.jobs.filter(state__in=_OPEN).exists():
                continue
            since = f", updated since {schedule.asks_since}" if schedule.asks_since else ""
            Job.objects.create(
                kind=JobKind.FETCH,
                name=f"{schedule}{since}"[:200],
                registry=schedule.registry,
                keep=schedule.keep,
                schedule=schedule,
            )
            queued += 1
    return queued


def note_run(job: Job, well: bool, how: str) -> None:
    """Notes how a run of a scheduled fetch went."""
    values: dict[str, Any] = {"last_run": timezone.now(), "last_result": how[:2000]}
    values |= {"failures": 0} if well else {"failures": F("failures") + 1}
    ScheduledFetch.objects.filter(pk=job.schedule_id or 0).update(**values)
    if well and (asked := job.schedule) is not None:
        # Somebody may have changed the question meanwhile, and that one was not answered.
        same = {"registry": asked.registry, "query": asked.query, "since": asked.since, "keep": job.keep}
        ScheduledFetch.objects.filter(pk=asked.pk, **same).update(last_success=job.started)
