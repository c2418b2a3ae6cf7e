"""One import at a time: the lease, who holds it, and who takes over."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys

import pytest
from django.utils import timezone

from trials.intake import runs
from trials.intake.runs import LEASE, Busy, LeaseLost, holder, is_gone, lease
from trials.models import ImportRun

pytestmark = pytest.mark.django_db

ELSEWHERE = "1@another-computer"


def held_by(name: str, seconds: float = 60) -> ImportRun:
    """An open run of somebody else's, with so much left of its lease."""
    until = timezone.now() + dt.timedelta(seconds=seconds)
    return ImportRun.objects.create(source="CTIS", what="records", holder=name, lease_until=until)


def test_a_run_counts_and_ends():
    with lease("CTGOV", "studies.json") as held:
        held.counts.update(new=2, set_aside=1)
        held.note("b.json: it is empty")
        held.renew()
        run = ImportRun.objects.get()
        assert (run.ended, run.new, run.set_aside, run.notes) == (None, 2, 1, ["b.json: it is empty"])
        assert run.holder == holder()
        held.counts.update(new=1)
    run.refresh_from_db()
    assert (run.source, run.what, run.new) == ("CTGOV", "studies.json", 3)
    assert run.ended is not None


def test_a_second_import_is_told_who_holds_the_lease_since_when_and_until_when():
    run = held_by(ELSEWHERE)
    with pytest.raises(Busy) as refused, lease("CTGOV", "studies.json"):
        pass
    since, until = (f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" for moment in (run.started, run.lease_until))
    assert str(refused.value) == (
        f"Another import is running: EU CTIS, records; 1@another-computer, since {since}. Its lease lasts until "
        f"{until} and is renewed while it works. Wait for it to end."
    )
    assert ImportRun.objects.count() == 1


def test_a_second_import_of_the_same_process_is_refused_too():
    with lease("CTGOV", "a"), pytest.raises(Busy), lease("CTGOV", "b"):
        pass


def test_a_lease_that_has_expired_is_taken_over():
    dead = held_by(ELSEWHERE, seconds=-1)
    with lease("CTGOV", "studies.json"):
        dead.refresh_from_db()
        assert dead.ended is not None
        assert dead.notes == ["It stopped without ending; the next import took over."]


def test_the_lease_of_a_process_that_is_gone_is_taken_over_at_once():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    dead = held_by(holder().replace(f"{os.getpid()}@", f"{process.pid}@"))
    with lease("CTGOV", "studies.json"):
        dead.refresh_from_db()
        assert dead.ended is not None


def test_a_process_is_gone_only_where_this_computer_can_know():
    assert not is_gone(holder())
    assert not is_gone(ELSEWHERE)
    assert not is_gone("")
    unused = 2**22 + 1  # above the highest number that Linux gives to a process
    assert is_gone(holder().replace(f"{os.getpid()}@", f"{unused}@"))
    assert not is_gone(f"{unused}@{socket.gethostname()}/another container")


def test_an_import_that_slept_too_long_writes_nothing_more():
    slept = lease("CTGOV", "first")
    held = slept.__enter__()
    ImportRun.objects.update(lease_until=timezone.now(), holder=ELSEWHERE)
    with lease("CTGOV", "second"):
        with pytest.raises(LeaseLost, match="silent for more than 90 seconds, and another took over"):
            held.renew()
        with pytest.raises(LeaseLost):
            slept.__exit__(None, None, None)
        assert [run.what for run in ImportRun.objects.filter(ended=None)] == ["second"]


def test_renewing_makes_the_lease_last():
    with lease("CTGOV", "a") as held:
        ImportRun.objects.update(lease_until=timezone.now())
        held.renew()
        left = ImportRun.objects.get().lease_until - timezone.now()
        assert LEASE - dt.timedelta(seconds=10) < left <= LEASE


def test_a_run_that_fails_ends_and_says_by_what():
    with pytest.raises(ZeroDivisionError), lease("CTGOV", "a"):
        1 / 0  # noqa: B018
    run = ImportRun.objects.get()
    assert run.ended is not None
    assert run.notes == ["It was broken off by ZeroDivisionError: division by zero"]


def test_notes_do_not_grow_without_bounds(monkeypatch):
    monkeypatch.setattr(runs, "_MOST_NOTES", 3)
    with lease("CTGOV", "a") as held:
        for number in range(10):
            held.note(str(number))
    assert ImportRun.objects.get().notes == ["0", "1", "2"]
