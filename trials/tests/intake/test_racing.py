"""An import that begins while an editor saves."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, connections
from django.db.models import F

from trials.intake.editing import hold, hold_all, note, state_of, wait_for_import
from trials.intake.interpreting import Interpreter
from trials.intake.remapping import remap
from trials.intake.rereading import reread
from trials.intake.runs import lease
from trials.intake.staleness import mark_stale, readable
from trials.models import Condition, Trial, TrialReading
from trials.reading.facts import Reading
from trials.records import TrialRecord
from trials.registries.readers import READERS
from trials.search.publishing import publishing
from trials.tests.admin.importing import imported, locks
from trials.tests.fixtures.making import load
from trials.tests.fixtures.making import trial as fixture
from trials.tests.intake.readings import NOTHING


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one write at a time.")
@pytest.mark.django_db(transaction=True)
def test_an_import_that_begins_during_an_editors_save_keeps_the_edit():
    trial = imported()

    def run() -> None:
        try:
            # Of the same date, so that the registration itself stays as it is.
            imported(title="From the registry", criteria="Adults")
        finally:
            connections.close_all()

    with publishing():
        hold(trial.pk)
        before = state_of(trial.pk)
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(1.5)  # The import reaches the trial, or would have read its locks by then.
        type(trial).objects.filter(pk=trial.pk).update(title="By an editor")
        note(trial.pk, before, state_of(trial.pk), None)
    thread.join()
    trial.refresh_from_db()
    assert (trial.title, locks(trial)) == ("By an editor", {"title"})


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one write at a time.")
@pytest.mark.django_db(transaction=True)
def test_words_are_mapped_anew_between_the_batches_of_an_import_that_holds_trials_in_any_order():
    first, second = imported(number="NCT00000001"), imported(number="NCT00000002")
    Condition.objects.create(slug="lupus", label="Lupus")
    mapped: list[int] = []

    def run() -> None:
        try:
            mapped.append(remap().changed)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with lease("CTGOV", "records") as held:
        with publishing():
            held.renew()
            hold_all([second.pk])
            thread.start()
            time.sleep(1)  # The other would hold the first by now, and wait for the second.
            hold_all([first.pk])
        thread.join()
    assert mapped == [2]


@contextmanager
def at_the_same_time(work):
    """Begins the work in a connection of its own; it has to end well within the block or soon after."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join(timeout=30)
    assert (thread.is_alive(), errors) == (False, [])


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one write at a time.")
@pytest.mark.django_db(transaction=True)
def test_a_word_that_changes_while_texts_are_read_again_marks_them_afterwards():
    imported(title="Stem-cell exosomes")

    def save() -> None:
        with publishing():
            wait_for_import()
            mark_stale(["exosomes"])

    def read(record: TrialRecord) -> Reading:
        thread = saves.enter_context(at_the_same_time(save))
        thread.join(timeout=1)  # By then it would be done, had it not to wait.
        return NOTHING

    with ExitStack() as saves:
        assert reread(readable(), Interpreter(READERS, read)).read == 1
    assert TrialReading.objects.get().is_stale is True


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one write at a time.")
@pytest.mark.django_db(transaction=True)
def test_fixtures_wait_for_who_holds_trials_before_writing_them(tmp_path):
    load(tmp_path, fixture())
    with ExitStack() as loads, publishing():
        hold_all([Trial.objects.get().pk])
        thread = loads.enter_context(at_the_same_time(lambda: load(tmp_path, fixture(phase="PHASE1"))))
        thread.join(timeout=1)  # By then it would hold the table, and wait for the row.
        Trial.objects.update(version=F("version"))
    assert Trial.objects.get().phase == "PHASE1"
