"""Jobs and schedules: who claims what, what a broken attempt leaves, when a fetch is due."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from threading import Event
from typing import Any

import pytest
import stamina
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from trials.intake import jobs, uploading
from trials.intake.jobs import claim, waiting
from trials.intake.runs import LEASE, holder
from trials.intake.schedules import note_run, queue_due
from trials.intake.sources import Fault
from trials.intake.working import Working, is_seen
from trials.models import ImportRun, Job, LateCard, ScheduledFetch, Trial, Worker
from trials.tests.intake.making import lines, study
from trials.tests.registries.misbehaving import CtgovService, status

pytestmark = pytest.mark.django_db

GONE = f"999999999@{holder().partition('@')[2]}"


@pytest.fixture(autouse=True)
def data(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.FETCH_PAUSE = 0
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


def upload(*records: Any, **values: Any) -> Job:
    name, size = uploading.keep([lines(*records)])
    given = {"kind": "UPLOAD", "name": "a.ndjson", "stored": name, "size": size, "registry": "CTGOV", **values}
    return Job.objects.create(**given)


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def work() -> str:
    said = StringIO()
    call_command("work", "--once", stdout=said)
    return said.getvalue()


def test_one_job_is_claimed_once():
    job = upload(study(1))
    twin = Job.objects.get()
    assert claim(job)
    assert not claim(twin)
    assert waiting() == []


def test_a_job_whose_worker_was_killed_is_done_again_from_its_beginning():
    job = upload(study(1), study(2), state="APPROVED")
    jobs.BATCH, whole = 1, jobs.BATCH
    try:
        assert claim(job)
        with pytest.raises(Killed):
            jobs.do(job, beat=killed)
    finally:
        jobs.BATCH = whole
    assert (state(job), Trial.objects.count()) == ("IMPORTING", 1)
    # As it is after kill -9: nobody ended anything.
    Job.objects.update(holder=GONE)
    work()
    assert (state(job), Trial.objects.count()) == ("DONE", 2)
    assert job.counts["IMPORT"] == {"unchanged": 1, "new": 1}
    assert job.notes[0] == jobs.REPEATED
    assert list(job.records.values_list("became", "title")) == [("unchanged", "Stem cells"), ("new", "Stem cells")]


class Killed(BaseException):
    """Ends the process as nothing in it expects."""


def killed() -> None:
    raise Killed


def test_a_fault_of_the_program_ends_the_job_and_not_the_worker(monkeypatch, caplog):
    job = upload(study(1))
    monkeypatch.setattr(jobs, "read_as", lambda *_: 1 / 0)
    assert "Failed: a.ndjson: The program failed (ZeroDivisionError" in work()
    assert state(job) == "FAILED"
    assert "ZeroDivisionError" in caplog.text


def test_a_worker_that_is_told_to_stop_gives_its_job_back():
    job, stop = upload(study(1)), Event()
    working = Working(stop=stop)
    working.say = lambda line: stop.set()
    assert not working.round()
    assert (state(job), job.holder) == ("QUEUED", "")


def test_a_job_discarded_under_way_stays_discarded():
    job = upload(study(1))
    assert claim(job)

    def discarded() -> None:
        jobs.discard(job)

    jobs.do(job, beat=discarded)
    assert state(job) == "DISCARDED"
    assert not uploading.stored(job.stored or "x").exists()


def test_an_import_that_lives_is_not_taken_over_though_the_claim_is_old():
    run = ImportRun.objects.create(source="CTGOV", holder="1@elsewhere", lease_until=timezone.now() + LEASE)
    job = upload(state="IMPORTING", holder="1@elsewhere", lease_until=timezone.now() - LEASE, run=run)
    assert waiting() == []
    ImportRun.objects.update(ended=timezone.now())
    assert waiting() == [job]


def test_a_file_that_is_gone_is_a_failure_in_words():
    job = upload(study(1))
    uploading.remove(job.stored)
    assert "Failed: a.ndjson" in work()
    assert Job.objects.get().reason == "The file is no longer where it was kept: send it again."


def test_a_failed_import_is_tried_again_from_where_it_failed(monkeypatch):
    job = upload(study(1))
    work()
    assert jobs.approve(job)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "read_as", lambda *_: 1 / 0)
        work()
    job.refresh_from_db()
    assert (job.state, jobs.again(job), state(job)) == ("FAILED", True, "APPROVED")
    work()
    assert (state(job), Trial.objects.count()) == ("DONE", 1)
    assert not jobs.again(job)


def test_a_worker_shows_itself_and_leaves():
    working = Working()
    working.round()
    assert is_seen()
    Worker.objects.update(holder=GONE)
    assert not is_seen()
    work()
    assert not Worker.objects.filter(holder=holder()).exists()


def test_a_worker_does_now_and_then_what_time_asks_for():
    late = Trial.objects.create(slug="late", title="Late", status="RECRUITING", completion_date="2001")
    LateCard.objects.create(trial=late.pk)
    called = []
    working = Working(chores=(lambda: called.append(1),))
    assert not working.round()
    assert not working.round()
    assert called == [1]
    assert late.flags.filter(rule="status-past-completion").exists()
    assert not LateCard.objects.exists()


# Scheduled fetches


def schedule(**values: Any) -> ScheduledFetch:
    return ScheduledFetch.objects.create(**{"registry": "CTGOV", "query": "cells", **values})


def test_a_registry_of_half_a_million_records_is_asked_for_some_of_them():
    with pytest.raises(ValidationError, match="name words to search for or a day to begin with"):
        ScheduledFetch(registry="CTGOV").full_clean()
    ScheduledFetch(registry="CTGOV", since="2026-01-01").full_clean()
    ScheduledFetch(registry="CTIS").full_clean()


def test_a_fetch_that_was_missed_is_done_once_and_then_in_its_time():
    late = schedule(next_run=timezone.now() - dt.timedelta(days=9), every=6, unit="HOURS")
    schedule(next_run=timezone.now() + dt.timedelta(hours=1))
    schedule(enabled=False)
    assert queue_due() == 1
    assert queue_due() == 0
    late.refresh_from_db()
    assert dt.timedelta(hours=5) < late.next_run - timezone.now() <= dt.timedelta(hours=6)
    assert [job.name for job in Job.objects.all()] == ["ClinicalTrials.gov: “cells”, every 6 hours"]


def test_a_fetch_is_done_and_the_next_asks_for_what_came_since(settings):
    with CtgovService([study(1), study(2)]) as service:
        settings.CTGOV_URL = service.url
        plan = schedule()
        assert "Done: ClinicalTrials.gov" in work()
        plan.refresh_from_db()
        assert (plan.last_result, plan.failures, Trial.objects.count()) == ("2 new", 0, 2)
        ScheduledFetch.objects.update(next_run=timezone.now())
        work()
        assert plan.last_success is not None
        yesterday = plan.last_success.date() - dt.timedelta(days=1)
        assert "filter.advanced" not in service.asked[0].params
        assert service.asked[-1].params["filter.advanced"] == f"AREA[LastUpdatePostDate]RANGE[{yesterday},MAX]"


def test_a_fetch_that_failed_says_why_and_is_tried_at_its_next_time(settings):
    with CtgovService([study(1)]) as service, stamina.set_testing(True, attempts=2):
        settings.CTGOV_URL = service.url
        service.faults.extend([status(503), status(503)])
        plan = schedule()
        assert "Failed: ClinicalTrials.gov" in work()
        plan.refresh_from_db()
        assert (plan.failures, plan.last_success) == (1, None)
        assert "503" in plan.last_result
        assert plan.next_run > timezone.now()
        assert Job.objects.get().reason == plan.last_result
        ScheduledFetch.objects.update(next_run=timezone.now())
        work()
        plan.refresh_from_db()
        assert (plan.failures, plan.last_result) == (0, "1 new")


def test_a_fetch_that_is_run_again_on_the_same_day_asks_anew(settings):
    with CtgovService([study(1)]) as service:
        settings.CTGOV_URL = service.url
        schedule(since="2026-01-01")
        work()
        for _ in range(2):
            # Twice, as the second run's question is the first that stands on the success of another.
            asked = len(service.asked)
            ScheduledFetch.objects.update(next_run=timezone.now())
            work()
            assert len(service.asked) > asked


def test_another_question_begins_with_what_is_old():
    plan = schedule(last_success=timezone.now())
    plan.every = 3
    plan.full_clean()
    assert plan.last_success is not None
    plan.query = "stem"
    plan.full_clean()
    assert plan.last_success is None
    plan.query = ""
    with pytest.raises(ValidationError, match="name words to search for"):
        plan.full_clean()


def test_a_question_that_was_changed_while_it_was_asked_is_not_answered(settings):
    plan = schedule()
    job = Job.objects.create(kind="FETCH", registry="CTGOV", schedule=plan, started=timezone.now())
    ScheduledFetch.objects.update(query="stem")
    note_run(job, True, "2 new")
    plan.refresh_from_db()
    assert (plan.last_result, plan.last_success) == ("2 new", None)


def test_a_job_is_let_go_of_in_one_step(monkeypatch):
    job = upload(study(1))
    assert claim(job)
    free = []

    def leave(doing: jobs.Doing, *args: Any, **values: Any) -> None:
        free.append(len(waiting()))
        whole(doing, *args, **values)
        free.append(len(waiting()))

    whole = jobs.Doing.leave
    monkeypatch.setattr(jobs.Doing, "leave", leave)
    jobs.do(job)
    assert (state(job), free, job.lease_until) == ("CHECKED", [0, 0], None)


def test_faults_alone_are_told_of_in_batches_and_heed_who_says_stop(monkeypatch):
    monkeypatch.setattr(jobs, "read_as", lambda *_: (Fault(f"line {at}", "no record") for at in range(10**9)))
    job, beats = upload(study(1)), []

    def stops() -> None:
        beats.append(Job.objects.get().counts["CHECK"]["set_aside"])
        if len(beats) == 2:
            raise jobs.Stopped

    assert claim(job)
    with pytest.raises(jobs.Stopped):
        jobs.do(job, stops)
    assert (state(job), beats) == ("QUEUED", [jobs.BATCH, 2 * jobs.BATCH])
