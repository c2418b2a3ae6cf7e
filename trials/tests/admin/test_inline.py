"""Mistakes in a row of a list, each with the sentence that an editor reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError

from trials import models
from trials.admin.rows import LISTS
from trials.admin.rowset import RowFormSet
from trials.admin.trial import FIELDSETS
from trials.fixtures import load_fixtures
from trials.models.trial import TrialRow
from trials.tests.admin.making import add_row, change_url, opened, rows_url, save, signed_in, superuser
from trials.tests.admin.test_rowset import all_rows

pytestmark = pytest.mark.page

DOSE = "A dose needs a number above 0 and what it is counted per, or neither."
INTERVAL = "An interval needs a number and a unit, or neither."
SPAN = "The passage must end after it starts."
PLACE = "Give latitude (-90 to 90) and longitude (-180 to 180), or neither."
REQUIRED = "This field is required."


def no_choice(value):
    return f"Select a valid choice. {value} is not one of the available choices."


@pytest.mark.parametrize(
    ("rows", "values", "message"),
    [
        ("doses", {"amount_low": "5"}, DOSE),
        ("doses", {"basis": "FLAT"}, DOSE),
        ("doses", {"amount_high": "5", "basis": "FLAT"}, DOSE),
        ("doses", {"amount_low": "0", "basis": "FLAT"}, DOSE),
        (
            "doses",
            {"amount_low": "5", "amount_high": "4", "basis": "FLAT"},
            "The upper end of the dose cannot be below the lower end.",
        ),
        (
            "doses",
            {"amount_low": "lots", "basis": "FLAT"},
            "Write the number of cells as 1500000, 1.5e6 or 1.5 million.",
        ),
        ("doses", {"interval_low": "1"}, INTERVAL),
        ("doses", {"interval_unit": "DAYS"}, INTERVAL),
        ("doses", {"days": "1, x"}, "“x” is no day. Write whole numbers with commas between: 1, 8, 15."),
        ("doses", {"basis": "PER_CAT"}, no_choice("PER_CAT")),
        ("doses", {"span_start": "3"}, SPAN),
        ("doses", {"span_start": "3", "span_end": "2"}, SPAN),
        ("products", {"name": "P", "span_end": "2"}, SPAN),
        ("products", {"name": "P", "modification": "MAGIC"}, no_choice("MAGIC")),
        ("products", {}, REQUIRED),
        ("statements", {"field": "status", "value": "x", "span_end": "2"}, SPAN),
        ("statements", {"field": "statuss", "value": "x"}, "“statuss” is no field or list of a trial."),
        ("sites", {"city": "Rome", "latitude": "41"}, PLACE),
        ("sites", {"city": "Rome", "latitude": "91", "longitude": "12"}, PLACE),
        ("sites", {"state": "Lazio"}, "A site needs at least a facility, a city or a country."),
        ("sites", {"country": "Itly"}, "“Itly” is no country with an ISO code."),
        ("sites", {"city": "Rome", "status": "NOT_RECRUITING"}, no_choice("NOT_RECRUITING")),
        ("sites", {"city": "Rome", "status_date": "May"}, "“May” is not a date: write 2028, 2028-04 or 2028-04-30"),
        ("registrations", {"document": "D", "number": "NCT1"}, "Say which registry the number belongs to."),
        ("registrations", {"document": "D", "says": "Phase 2"}, "“Phase 2” lacks a field or a value."),
        ("registrations", {"document": "D", "fetched": "2026-13"}, "“2026-13” is not a date in the calendar"),
        ("registrations", {"document": "D", "url": "not an address"}, "Enter a valid URL."),
        ("criteria", {"kind": "INCLUSION", "text": " "}, REQUIRED),
        ("criteria", {"kind": "MAYBE", "text": "T"}, no_choice("MAYBE")),
        ("criteria", {"kind": "INCLUSION", "text": "T", "group_rule": "SOME"}, no_choice("SOME")),
        ("arms", {"label": "A", "type": "BEST"}, no_choice("BEST")),
        ("arms", {"label": "A", "order": "2147483647"}, "Ensure this value is less than or equal to 100000."),
        ("arms", {"label": "A", "participants": "-1"}, "Ensure this value is greater than or equal to 0."),
        ("interventions", {"name": "N", "type": "MAGIC"}, no_choice("MAGIC")),
        ("outcomes", {"kind": "TERTIARY", "measure": "M"}, no_choice("TERTIARY")),
        ("contacts", {"role": "FRIEND", "name": "N"}, no_choice("FRIEND")),
        ("contacts", {"name": "N", "email": "n at example"}, "Enter a valid email address."),
        ("sponsorships", {"role": "LEAD_SPONSOR"}, REQUIRED),
        ("identifiers", {"kind": "PASSPORT", "value": "1"}, no_choice("PASSPORT")),
        ("references", {"kind": "RUMOUR", "label": "L"}, no_choice("RUMOUR")),
        ("relatedrecords", {"kind": "FRIEND", "number": "NCT1"}, no_choice("FRIEND")),
        ("absences", {"field": "sites", "reason": "LOST"}, no_choice("LOST")),
        ("flags", {"rule": "r", "sentence": "S", "severity": "FATAL"}, no_choice("FATAL")),
        ("flags", {"rule": "two words", "sentence": "S"}, "Enter a valid “slug” consisting of letters"),
        ("conditions", {"condition": ""}, None),
        ("areas", {"wording": "x" * 301}, "Ensure this value has at most 300 characters (it has 301)."),
    ],
)
def test_a_mistake_in_a_row_is_explained(editor, trial, rows, values, message):
    address = rows_url(trial, rows)
    sent = opened(editor, address)
    add_row(sent, rows, **({"remark": "so that the row is not empty"} | values))
    problems = save(editor, address, sent)
    if message is None:
        assert problems == []  # nothing but the remark, which this list does not have: the row is empty
    else:
        assert problems[0].startswith(message)
        assert not any(model.objects.exists() for model in TrialRow.__subclasses__() if not model._meta.abstract)


def test_what_the_database_refuses_comes_back_as_an_error_of_the_rows(editor, trial, monkeypatch):
    """Somebody takes a number between the form's checks and its save."""
    address = rows_url(trial, "registrations")
    sent = opened(editor, address)
    add_row(sent, "registrations", document="Mine", registry="CTGOV", number="NCT1")
    other = models.Trial.objects.create(slug="other", title="Other")
    unpatched = RowFormSet.save

    def overtaken(self, commit=True):
        theirs: dict[str, Any] = {"trial": other, "registry": "CTGOV", "number": "NCT1", "document": "Theirs"}
        models.Registration.objects.get_or_create(**theirs)
        return unpatched(self, commit)

    monkeypatch.setattr(RowFormSet, "save", overtaken)
    problems = save(editor, address, sent)
    assert problems
    assert "Nothing was saved" in problems[0]
    assert not trial.registrations.exists()


def test_a_refusal_without_a_name_still_says_what_to_do(editor, trial, monkeypatch):
    def refuse(self, commit=True):
        raise IntegrityError("FOREIGN KEY constraint failed")

    monkeypatch.setattr(RowFormSet, "save", refuse)
    sent = opened(editor, rows_url(trial, "arms"))
    assert save(editor, rows_url(trial, "arms"), sent) == [
        "Nothing was saved: somebody changed the same rows at the same moment, or a value is more than the catalogue "
        "can hold. Look through the form and save again."
    ]


@pytest.fixture
def seeds(db):
    load_fixtures(Path(settings.FIXTURE_DIRS[0]), demo=False)
    return models.Trial.objects.all()


def test_saving_a_seed_trial_untouched_changes_nothing_and_locks_nothing(seeds):
    """What nobody touched must stay as the fixtures wrote it, or the next fixture would take it for an edit."""
    editor = signed_in(superuser())
    for trial in seeds:
        before = all_rows(trial)
        sent = opened(editor, change_url(trial))
        assert save(editor, change_url(trial), sent) == []
        for rows in LISTS:
            if f"{rows}-TOTAL_FORMS" not in sent:
                assert save(editor, rows_url(trial, rows), opened(editor, rows_url(trial, rows))) == []
        assert all_rows(trial) == before
    assert not models.Lock.objects.exists()
    assert not models.Edit.objects.exists()


def fields_of(fieldsets):
    for _, options in fieldsets:
        for line in options["fields"]:
            yield from [line] if isinstance(line, str) else line


@pytest.mark.parametrize("rows", LISTS)
def test_every_column_of_a_list_can_be_edited(rows):
    inline = LISTS[rows]
    columns = {*inline.model._meta.fields, *inline.model._meta.many_to_many}
    # A flag is dismissed in the list of flags, where who and when are noted.
    others = {"id", "trial", "dismissed"}
    assert set(fields_of(inline.fieldsets)) == {column.name for column in columns if column.editable} - others


def test_every_column_of_a_trial_can_be_edited():
    columns = {column.name for column in models.Trial._meta.fields if column.editable} - {"id"}
    assert set(fields_of(FIELDSETS)) == columns | {"created", "updated"}
