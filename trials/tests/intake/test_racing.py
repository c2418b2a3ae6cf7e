"""An import that begins while an editor saves."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections

from trials.intake.editing import hold, hold_all, note, state_of
from trials.intake.remapping import remap
from trials.intake.runs import lease
from trials.models import Condition
from trials.search.publishing import publishing
from trials.tests.admin.importing import imported, locks


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
