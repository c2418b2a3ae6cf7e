"""Study objects that say in `_note` that they were made from another form."""

from __future__ import annotations

import json

import pytest

from trials.registries import ctgov

TABLE = "converted from a table of API fields of 2026-08-22; filled up from registry text of 2018 (title, summary)"


def read(note=None, version="", **modules):
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "Cells"}} | modules}
    if note:
        study["_note"] = note
    if version:
        study["derivedSection"] = {"miscInfoModule": {"versionHolder": version}}
    return ctgov.parse(json.dumps(study).encode())


@pytest.mark.parametrize(
    ("note", "date"),
    [
        (TABLE, "2026-08-22"),
        ("converted from registry text of 2018 (title, summary, description)", "2018"),
        ("converted from a 9-column registry CSV export of 2025; filled up from a table of 2026-08-22", "2025"),
        ("converted from the legacy XML", "None"),
    ],
)
def test_the_form_that_leads_dates_the_copy(note, date):
    assert str(read(note).copied) == date


def test_the_date_of_the_data_itself_counts_for_more():
    assert str(read(TABLE, version="2026-02-04").copied) == "2026-02-04"


def test_what_a_table_left_empty_is_not_known_to_be_empty():
    left_out = read(TABLE, conditionsModule={"conditions": ["Lupus"]}).not_kept
    assert {"brief_summary", "phase", "max_age", "arms", "criteria", "sites"} <= set(left_out)
    assert not {"title", "conditions", "number", "problems"} & set(left_out)


def test_columns_that_a_table_lacked_are_named_where_there_are_rows():
    sites = {"locations": [{"city": "Rome", "country": "Italy"}]}
    assert {"facilities", "site_statuses"} <= set(read(TABLE, contactsLocationsModule=sites).not_kept)
    assert not {"facilities", "site_statuses"} & set(read(TABLE).not_kept)


def test_forms_that_held_the_whole_record_leave_out_what_did_not_fit_together():
    assert read("converted from the legacy XML").not_kept == ()
    note = "converted from the retired StudyFields API; arms may be partial"
    assert read(note).not_kept == ("interventions", "arms", "outcomes")


def test_a_record_as_the_registry_gave_it_leaves_nothing_out():
    assert read().not_kept == ()
