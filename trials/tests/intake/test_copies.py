"""Copies that leave things out, and that do not say when they were made."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Absence, RawRecord, Registration, Trial
from trials.records import PartialDate
from trials.registries import ctgov
from trials.tests.intake.test_saving import study

pytestmark = pytest.mark.django_db


def save(body, copied=None):
    Saver({"CTGOV": ctgov.parse}).save([Incoming("CTGOV", body, copied=copied and PartialDate.parse(copied))])


def noted(body, note="converted from a table of API fields of 2026-08-22"):
    return json.dumps(json.loads(body) | {"_note": note}).encode()


def test_the_date_given_with_the_files_dates_a_record_that_bears_none():
    save(study(), copied="2023-02")
    assert str(Registration.objects.get().fetched) == str(RawRecord.objects.get().copied) == "2023-02"


def test_a_record_that_bears_a_date_keeps_it():
    save(noted(study()), copied="2023-02")
    assert str(Registration.objects.get().fetched) == "2026-08-22"


def test_the_date_still_stands_when_a_later_version_comes():
    save(study(updated="2024-01-01"), copied="2024-02-02")
    save(study(updated="2023-01-01"), copied="2023-02-02")
    assert str(Registration.objects.get().fetched) == "2024-02-02"


def test_a_text_that_cannot_be_read_keeps_the_date_for_the_next_run():
    save(b'{"protocolSection": {}}', copied="2023-02")
    assert str(RawRecord.objects.get().copied) == "2023-02"


def test_the_date_is_given_on_the_command_line(tmp_path):
    (tmp_path / "one.json").write_bytes(study())
    call_command("import_trials", "ctgov", str(tmp_path), "--copied", "2022-10-18", verbosity=0)
    assert str(Registration.objects.get().fetched) == "2022-10-18"


def test_what_a_copy_left_out_is_told_under_the_names_that_pages_use():
    save(noted(study()))
    told = set(Absence.objects.filter(reason="NOT_KEPT").values_list("field", flat=True))
    assert {"brief_summary", "inclusion_criteria", "primary_outcomes", "sponsorships", "max_age"} <= told
    assert {"related_records", "identifiers"} <= told
    assert not {"criteria", "outcomes", "condition_meshes", "title", "sites"} & told
    for absence in Absence.objects.all():
        absence.full_clean()


def test_a_newer_copy_that_left_things_out_does_not_blank_what_an_older_one_stated():
    save(study(updated="2020-01-01", descriptionModule__briefSummary="Cells for lupus."))
    save(noted(study(updated="2024-01-01", statusModule__overallStatus="COMPLETED")))
    trial = Trial.objects.get()
    assert (trial.status, trial.brief_summary) == ("COMPLETED", "Cells for lupus.")
    assert not trial.absences.filter(field="brief_summary").exists()
