"""The worker's round: what is due is queued, one waiting thing is done, and that the worker lives is noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from threading import Event

from django.utils import timezone

from trials.intake.jobs import Stopped, claim, do, waiting
from trials.intake.late import publish_late
from trials.intake.rechecking import due, recheck
from trials.intake.runs import holder, is_gone
from trials.intake.schedules import queue_due
from trials.intake.uploading import clear_forgotten
from trials.models import Job, JobRecord, LateCard, Worker

# How long a worker that has nothing to do, or is at a job, is believed to live after it was seen.
IDLE, BUSY = dt.timedelta(seconds=30), dt.timedelta(minutes=10)
# It shows itself that often while nothing happens.
_BEAT = dt.timedelta(seconds=10)
_CLEARING = dt.timedelta(hours=6)
# Lists of single records are kept so long after their job ended.
_KEPT = dt.timedelta(days=90)


def is_seen() -> bool:
    """Whether some worker runs, as far as can be told."""
    alive = Worker.objects.filter(until__gt=timezone.now()).values_list("holder", flat=True)
    return any(not is_gone(name) for name in alive)


class Working:
    """One worker. `say` is told what it does; once `stop` is set it ends after the batch that it is at. `chores` are
    what else is to be done every few hours."""

    def __init__(
        self,
        say: Callable[[str], None] = lambda _: None,
        stop: Event | None = None,
        chores: Sequence[Callable[[], object]] = (),
    ) -> None:
        self.say = say
        self.stop = stop or Event()
        self.chores = chores
        self.name = holder()
        self._seen = self._cleared = dt.datetime.min.replace(tzinfo=dt.UTC)

    def round(self) -> bool:
        """Does the oldest thing that can be done; whether there was one."""
        self.show("", IDLE)
        self._clear()
        if LateCard.objects.exists():
            publish_late()
        queue_due()
        for job in waiting():
            if self.stop.is_set():
                return False
            if claim(job) and self._did(job):
                return True
        return False

    def _did(self, job: Job) -> bool:
        self.say(f"{job.get_state_display()}: {job.name}")
        self.show(f"{job.get_state_display()}: {job.name}", BUSY, now=True)
        try:
            if not do(job, self._beat):
                self.say(job.reason)
                return False
        except Stopped:
            self.say(f"Stopped: {job.name} goes on when the worker does.")
            return False
        finally:
            self.show("", IDLE, now=True)
        job.refresh_from_db()
        self.say(f"{job.get_state_display()}: {job.name}{f': {job.reason}' if job.reason else ''}")
        return True

    def _beat(self) -> None:
        if self.stop.is_set():
            raise Stopped
        self.show(None, BUSY)

    def show(self, doing: str | None, believed: dt.timedelta, now: bool = False) -> None:
        """Notes that this worker lives, unless it did a moment ago. With None it does what it did before."""
        moment = timezone.now()
        if not now and moment - self._seen < _BEAT:
            return
        self._seen = moment
        values = {"seen": moment, "until": moment + believed} | ({} if doing is None else {"doing": doing[:200]})
        Worker.objects.update_or_create(
            holder=self.name, defaults=values, create_defaults={"started": moment, **values}
        )

    def leave(self) -> None:
        """Takes this worker off the list of those that run."""
        Worker.objects.filter(holder=self.name).delete()

    def _clear(self) -> None:
        """Now and then takes away what nobody needs any more."""
        now = timezone.now()
        if now - self._cleared < _CLEARING:
            return
        self._cleared = now
        clear_forgotten()
        JobRecord.objects.filter(job__ended__lt=now - _KEPT).delete()
        Worker.objects.filter(until__lt=now - dt.timedelta(days=1)).delete()
        # Of some, time alone has changed what does not fit.
        recheck(due())
        for chore in self.chores:
            chore()
