"""An import that begins while an editor saves."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections

from trials.intake.editing import hold, note, state_of
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
