"""Cards and words of more trials than a request can write: the first at once, the others by whoever comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trials.intake.editing import wait_for_import
from trials.models import LateCard
from trials.search.publishing import publishing, trials_changed

# How many trials one request publishes; others wait for `prepare` or the next import.
MOST_PUBLISHED = 200
_CHUNK = 200


def publish_some(trials: Iterable[int]) -> int:
    """Publishes the first of these trials in the caller's transaction and notes the others; how many these are."""
    trials = sorted(trials)
    trials_changed(*trials[:MOST_PUBLISHED])
    late = [LateCard(trial=pk) for pk in trials[MOST_PUBLISHED:]]
    LateCard.objects.bulk_create(late, ignore_conflicts=True, batch_size=1_000)
    return len(late)


def publish_late(begin: Callable[[], None] | None = None) -> int:
    """Publishes all trials that wait for it, some hundreds at once; how many there were.

    An import gives its own `begin`, called first in every transaction; others wait for the batch of a running import.
    """
    done = 0
    while True:
        with publishing():
            (begin or wait_for_import)()
            waiting = list(LateCard.objects.order_by("trial").values_list("trial", flat=True)[:_CHUNK])
            trials_changed(*waiting)
            LateCard.objects.filter(trial__in=waiting).delete()
        done += len(waiting)
        if len(waiting) < _CHUNK:
            return done
