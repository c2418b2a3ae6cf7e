"""What is done with an uploaded file or a scheduled fetch: checked, imported, noted record by record.

A job is worked on by whoever claimed it, in the web process for small files and in `manage.py work` for the rest. Its
claim is renewed with every batch; one whose holder is gone, or silent for too long, is done again from its beginning,
which an import allows at any time.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from trials.intake import fetching
from trials.intake.checking import DryRun, DrySaver, NoLease, add_differences
from trials.intake.fetching import Asked, in_words
from trials.intake.importing import BATCH, Import
from trials.intake.runs import Busy, Lease, LeaseLost, holder, is_gone, lease
from trials.intake.saving import Fate, Saver
from trials.intake.schedules import note_run
from trials.intake.sources import Meter, read_as
from trials.intake.uploading import remove, stored
from trials.models import Job, JobRecord, Registration
from trials.models.choices import Became, JobKind, JobState, JobStep, Keep
from trials.registries.download import DownloadError, Manners
from trials.registries.readers import READERS
from trials.registries.services import SERVICES, Question

logger = logging.getLogger(__name__)

# Longer than any batch takes, as for imports, and a good deal longer than the end of an import.
CLAIM = dt.timedelta(minutes=5)
# Records that are listed one by one, of those that something happens to and of the others.
MOST_LISTED, MOST_IDLE = 50_000, 2_000
_IDLE = (Became.UNCHANGED, Became.SKIPPED)
_MOST_NOTES = 100
REPEATED = (
    "An earlier attempt was broken off, so the import was run again from its beginning. What that attempt had saved "
    "counts as unchanged."
)
# What a job that stands at the key becomes while it is worked on.
_BEGINS = {JobState.QUEUED: JobState.CHECKING, JobState.APPROVED: JobState.IMPORTING}
_GOES_BACK = {JobState.CHECKING: JobState.QUEUED, JobState.IMPORTING: JobState.APPROVED}


class Stopped(Exception):  # noqa: N818 (says what happened)
    """The worker was told to stop; the job waits for the next one."""


class TakenAway(Exception):  # noqa: N818 (says what happened)
    """Somebody discarded the job, or another worker took it over."""


@dataclass
class Doing:
    """A claimed job, and what is counted and listed while it is worked on. `beat` is called after every batch."""

    job: Job
    step: JobStep
    beat: Callable[[], None] = lambda: None
    counts: Counter[str] = field(default_factory=Counter)
    listed: Counter[bool] = field(default_factory=Counter)
    order: int = 0
    is_repeated: bool = False

    def begin(self) -> None:
        """Forgets what an earlier attempt listed."""
        self.is_repeated = self.step in self.job.counts
        self.job.records.filter(step=self.step).delete()
        self.write(done=0, reason="", started=timezone.now())

    def alive(self, length: dt.timedelta = CLAIM) -> None:
        """Renews the claim; Stopped or TakenAway if the work should end here."""
        self.write(lease_until=timezone.now() + length)
        self.beat()

    def write(self, **values: object) -> None:
        mine = Job.objects.filter(pk=self.job.pk, holder=self.job.holder, state=self.job.state)
        if not mine.update(**values):
            raise TakenAway
        for name, value in values.items():
            setattr(self.job, name, value)

    def leave(self, state: JobState, **values: object) -> None:
        """Lets go of the job in this state, all in one: nobody may claim it half way. `job` stays as it was."""
        mine = Job.objects.filter(pk=self.job.pk, holder=self.job.holder, state=self.job.state)
        if not mine.update(state=state, holder="", lease_until=None, **values):
            raise TakenAway

    def told(self, running: Import, done: int, total: int) -> None:
        """Notes the records of a batch."""
        with transaction.atomic():
            counts = self.job.counts | {self.step.value: dict(self.counts + Counter(f.became for f in running.fates))}
            self.write(counts=counts, done=min(done, total) if total else done, total=total)
            if self.step == JobStep.IMPORT:
                add_differences(running.fates)
            _name(running.fates)
            JobRecord.objects.bulk_create(self._rows(running.fates))
        self.alive()

    def _rows(self, fates: Iterable[Fate]) -> Iterable[JobRecord]:
        for fate in fates:
            self.counts[fate.became] += 1
            self.order += 1
            is_idle = fate.became in _IDLE
            if self.listed[is_idle] >= (MOST_IDLE if is_idle else MOST_LISTED):
                continue
            self.listed[is_idle] += 1
            yield JobRecord(
                job=self.job,
                step=self.step,
                order=self.order,
                became=fate.became,
                number=_fitted(fate.number, 60),
                title=_fitted(fate.title, 300),
                place=_fitted(fate.place, 500),
                reason=_fitted(fate.why, 500),
                differs=fate.differs,
            )


def _fitted(text: str, most: int) -> str:
    return text.replace("\x00", "�")[:most]


def _name(fates: Iterable[Fate]) -> None:
    """Gives records that were not read the titles of their trials."""
    wanted = [fate for fate in fates if fate.number and not fate.title]
    found = Registration.objects.filter(number__in={fate.number for fate in wanted})
    titles = dict(found.values_list("number", "trial__title"))
    for fate in wanted:
        fate.title = titles.get(fate.number, "")


# Claiming --------------------------------------------------------------------------------------------------------


def waiting() -> list[Job]:
    """What there is to do, the oldest first: jobs that wait, and those whose worker died over them."""
    running = Job.objects.filter(state__in=_GOES_BACK).select_related("run")
    dead = [job for job in running if _is_dead(job)]
    return sorted([*Job.objects.filter(state__in=_BEGINS), *dead], key=lambda job: job.pk)


def _is_dead(job: Job) -> bool:
    """Whether nobody works on a running job any more. An import that renews its own lease is alive."""
    run = job.run
    if run and run.ended is None and run.lease_until > timezone.now() and not is_gone(job.holder):
        return False
    return job.lease_until is None or job.lease_until < timezone.now() or is_gone(job.holder)


def claim(job: Job) -> bool:
    """Takes a job that waits, or one that was left behind; whether nobody else was quicker. Changes `job`."""
    before = Job.objects.filter(pk=job.pk, state=job.state, holder=job.holder, lease_until=job.lease_until)
    wanted = _BEGINS.get(JobState(job.state), JobState(job.state))
    if job.kind == JobKind.FETCH:
        wanted = JobState.IMPORTING
    mine = {"state": wanted, "holder": holder(), "lease_until": timezone.now() + CLAIM}
    if not before.update(**mine):
        return False
    for name, value in mine.items():
        setattr(job, name, value)
    return True


def approve(job: Job) -> bool:
    """Lets a checked job be imported; whether it was there to be."""
    free = Job.objects.filter(pk=job.pk, state=JobState.CHECKED)
    return bool(free.update(state=JobState.APPROVED, holder="", lease_until=None, reason=""))


def discard(job: Job) -> bool:
    """Gives a job up, also one that is being checked; whether it was not too late. What was imported stays."""
    open_states = (JobState.QUEUED, JobState.CHECKING, JobState.CHECKED, JobState.APPROVED, JobState.FAILED)
    still = Job.objects.filter(pk=job.pk, state__in=open_states)
    if not still.update(state=JobState.DISCARDED, ended=timezone.now(), stored="", holder="", lease_until=None):
        return False
    remove(job.stored)
    return True


def again(job: Job) -> bool:
    """Puts a failed upload back to where it failed; whether its file is still there."""
    if not job.stored or not stored(job.stored).is_file():
        return False
    step = JobState.APPROVED if JobStep.CHECK in job.counts and "whole" in job.counts else JobState.QUEUED
    return bool(Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(state=step, ended=None, reason=""))


# Doing -----------------------------------------------------------------------------------------------------------


def do(job: Job, beat: Callable[[], None] = lambda: None) -> bool:
    """Does what a claimed job waits for; False if another import runs, and it has to wait on.

    `beat` may raise Stopped. Whatever else goes wrong is noted with the job.
    """
    step = JobStep.CHECK if job.state == JobState.CHECKING else JobStep.IMPORT
    doing = Doing(job, step, beat)
    try:
        doing.begin()
        if job.kind == JobKind.FETCH:
            _fetch(doing)
        elif not stored(job.stored or "nothing").is_file():
            raise ValueError("The file is no longer where it was kept: send it again.")
        elif step == JobStep.CHECK:
            _check(doing)
        else:
            _import(doing)
    except TakenAway:
        return True
    except Busy as error:
        _give_back(doing, str(error))
        return False
    except Stopped:
        _give_back(doing, "The worker was stopped; the next one begins with it again.")
        raise
    except (DownloadError, DatabaseError, LeaseLost, OSError, ValueError) as error:
        _fail(doing, f"{error}")
    except Exception as error:
        # Left as it is, it would be tried for ever.
        logger.exception("%s failed", job)
        _fail(doing, f"The program failed ({type(error).__name__}: {error}). More is in the log.")
    return True


def _give_back(doing: Doing, why: str) -> None:
    state = JobState.QUEUED if doing.job.kind == JobKind.FETCH else _GOES_BACK[JobState(doing.job.state)]
    with suppress(TakenAway):
        doing.leave(state, reason=why)
        doing.job.reason = why


def _fail(doing: Doing, why: str) -> None:
    with suppress(TakenAway, DatabaseError):
        _end(doing, JobState.FAILED, why[:2000] or "No reason was given.")
    if doing.job.schedule_id:
        note_run(doing.job, False, why)


def _end(doing: Doing, state: JobState, why: str = "") -> None:
    doing.leave(state, reason=why, ended=timezone.now())
    doing.job.reason = why


def _check(doing: Doing) -> None:
    job, meter = doing.job, Meter()
    saver = DrySaver(READERS, keep_all=job.keep == Keep.ALL, alive=doing.alive)
    dry = DryRun(job.registry, NoLease(), saver, BATCH, lambda running: doing.told(running, meter.read, job.size))
    dry.run(read_as(stored(job.stored), job.name, job.registry, meter))
    waiting_too = dry.again[Became.NEW] + dry.again[Became.CHANGED]
    counts = job.counts | {JobStep.CHECK.value: dict(doing.counts), "waiting": waiting_too, "whole": True}
    doing.write(counts=counts, notes=dry.lease.notes[:_MOST_NOTES])
    _end(doing, JobState.CHECKED)


def _import(doing: Doing) -> None:
    job, meter = doing.job, Meter()
    with lease(job.registry, job.name) as held:
        doing.write(run_id=held.run)
        saver = Saver(READERS, keep_all=job.keep == Keep.ALL)
        running = Import(job.registry, held, saver, BATCH, lambda now: doing.told(now, meter.read, job.size))
        running.run(read_as(stored(job.stored), job.name, job.registry, meter))
    _finish(doing, running, held)
    remove(job.stored)
    Job.objects.filter(pk=job.pk).update(stored="")


def _fetch(doing: Doing) -> None:
    job = doing.job
    schedule = job.schedule
    if schedule is None:
        raise ValueError("The schedule that this belonged to was deleted.")
    service = SERVICES[schedule.registry.lower()]
    question = Question(schedule.query.strip(), schedule.asks_since)
    if service.needs_narrowing and not question.query and not question.since:
        raise ValueError(f"{service.name} holds half a million records: name words to search for or a day.")
    with lease(service.source, in_words(question)) as held:
        doing.write(run_id=held.run)
        manners = Manners(pause=settings.FETCH_PAUSE)
        # What an earlier run was told to its end is old by now; what this one was told before it broke off is not.
        asked = Asked(service, question, reread=not doing.is_repeated, manners=manners, note=held.note)

        def alive() -> None:
            held.renew(fetching.LEASE)
            doing.alive(fetching.LEASE)

        def told(now: Import) -> None:
            total = asked.fetch.total or 0 if asked.fetch else 0
            doing.told(now, asked.fetch.read if asked.fetch else 0, total)

        with asked.pieces(alive) as pieces:
            saver = Saver(READERS, keep_all=job.keep == Keep.ALL)
            running = Import(service.source, held, saver, fetching.BATCH, told)
            running.run(pieces)
    _finish(doing, running, held)
    note_run(job, True, _in_a_line(doing.counts))


def _finish(doing: Doing, running: Import, held: Lease) -> None:
    counts = doing.job.counts | {doing.step.value: dict(doing.counts)}
    counts["waiting"] = running.again[Became.NEW] + running.again[Became.CHANGED]
    again_said = [REPEATED] if doing.is_repeated else []
    doing.write(counts=counts, notes=[*again_said, *held.notes[:_MOST_NOTES]])
    _end(doing, JobState.DONE)


def _in_a_line(counts: Counter[str]) -> str:
    said = [f"{counts[became.value]:,} {became.label.lower()}" for became in Became if counts[became.value]]
    return ", ".join(said) or "nothing new"
