"""What an editor saves is locked, noted and kept; what nobody touched is not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from trials import models
from trials.intake.digest import catalogue_digest
from trials.tests.admin import making
from trials.tests.admin.importing import ONE, THREE, TWO, cities, edits, imported, locks
from trials.tests.admin.making import act, add_row, change_url, opened, rows_url, save

ADD = "/admin/trials/trial/add/"


@pytest.fixture
def study(db):
    return imported()


def edited(editor, trial, **values):
    """Opens the trial's form, changes these inputs and saves."""
    sent = opened(editor, change_url(trial))
    assert save(editor, change_url(trial), sent | {name.replace("__", "-"): [v] for name, v in values.items()}) == []
    trial.refresh_from_db()


# Fields


def test_a_field_that_was_changed_is_locked_and_noted_and_no_other(editor, study):
    edited(editor, study, title="By an editor")
    assert locks(study) == {"title"}
    assert study.locks.filter(by__username="editor").exists()
    assert edits(study) == [("title", "EDITED", "Stem cells", "By an editor")]
    assert models.Edit.objects.filter(by__username="editor").exists()


def test_an_import_after_an_edit_of_a_field_leaves_it_and_brings_the_rest(editor, study):
    edited(editor, study, title="By an editor")
    imported("2024-06-01", title="Stem cells anew", status="COMPLETED")
    study.refresh_from_db()
    assert (study.title, study.status) == ("By an editor", "COMPLETED")


def test_a_form_that_shows_what_stands_and_is_saved_unchanged_locks_nothing(editor, study):
    before, digest = study.version, catalogue_digest()
    edited(editor, study)
    assert locks(study) == set()
    assert edits(study) == []
    assert (study.version, catalogue_digest()) == (before, digest)


def test_blanks_around_a_stored_text_do_not_make_an_untouched_form_an_edit(editor, trial):
    models.Trial.objects.update(title=" A title ", status_raw="Open  ", brief_summary="a\nb ")
    edited(editor, trial)
    assert (locks(trial), trial.title, trial.status_raw) == (set(), " A title ", "Open  ")


def test_an_age_is_locked_as_one_and_an_import_leaves_number_and_unit(editor, study):
    edited(editor, study, min_age_value="6", min_age_unit="MONTHS")
    assert locks(study) == {"min_age"}
    assert edits(study) == [
        ("min_age", "EDITED", {"value": 18, "unit": "YEARS"}, {"value": 6, "unit": "MONTHS"}),
    ]
    imported("2024-06-01", age="21 Years")
    study.refresh_from_db()
    assert (study.min_age_value, study.min_age_unit) == (6, "MONTHS")


def test_an_address_and_a_state_are_no_values_of_a_registry(editor, study):
    before = study.version
    edited(editor, study, slug="another", state="DRAFT")
    assert (study.slug, study.state, study.version) == ("another", "DRAFT", before + 1)
    assert locks(study) == set()


def test_a_later_editor_of_a_field_is_named_as_its_owner(editor, study):
    study.locks.create(name="title")
    edited(editor, study, title="By an editor")
    assert study.locks.get().by.username == "editor"


def test_a_trial_made_by_hand_belongs_to_its_editor_when_a_record_of_it_comes(editor):
    sent = opened(editor, ADD)
    sent["title"], sent["acronym"] = ["By hand"], ["HAND"]
    add_row(sent, "registrations", document="Page", registry="CTGOV", number="NCT00000001", is_lead="on")
    add_row(sent, "sites", city="Rome")
    assert save(editor, ADD, sent) == []
    made = models.Trial.objects.get()
    assert locks(made) == {"title", "acronym", "sites"}
    imported(status="COMPLETED")
    made.refresh_from_db()
    assert (made.title, made.status, cities(made)) == ("By hand", "COMPLETED", ["Rome"])


def test_a_trial_without_any_record_is_edited_and_locked_too(editor, trial):
    edited(editor, trial, title="Another title")
    assert locks(trial) == {"title"}


# Lists


def edit_a_row(sent):
    sent["sites-0-city"] = ["Rome"]


def add_a_row(sent):
    add_row(sent, "sites", city="Rome")


def remove_a_row(sent):
    sent["sites-0-DELETE"] = ["on"]


def move_a_row(sent):
    sent["sites-0-order"] = ["3"]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (edit_a_row, ["Rome", "Paris"]),
        (add_a_row, ["Milan", "Paris", "Rome"]),
        (remove_a_row, ["Paris"]),
        (move_a_row, ["Paris", "Milan"]),
    ],
)
@pytest.mark.parametrize("page", ["form", "rows"])
def test_an_import_after_an_edit_of_a_list_leaves_it_whole(editor, study, change, kept, page):
    address = change_url(study) if page == "form" else rows_url(study, "sites")
    sent = opened(editor, address)
    change(sent)
    assert save(editor, address, sent) == []
    assert locks(study) == {"sites"}
    assert cities(study) == kept
    imported("2024-06-01", sites=[ONE, TWO, THREE], status="COMPLETED")
    study.refresh_from_db()
    assert (cities(study), study.status) == (kept, "COMPLETED")


def test_the_history_of_a_list_holds_the_rows_that_differ(editor, study):
    address = rows_url(study, "sites")
    sent = opened(editor, address)
    sent["sites-0-city"] = ["Rome"]
    assert save(editor, address, sent) == []
    (name, kind, old, new) = edits(study)[0]
    assert (name, kind) == ("sites", "EDITED")
    assert [(row["facility"], row["city"]) for row in old] == [("One", "Milan")]
    assert [(row["facility"], row["city"]) for row in new] == [("One", "Rome")]


def test_a_list_that_no_import_writes_is_noted_and_not_locked(editor, study):
    address = rows_url(study, "flags")
    sent = opened(editor, address)
    add_row(sent, "flags", rule="a-rule", sentence="Odd")
    before = study.version
    assert save(editor, address, sent) == []
    study.refresh_from_db()
    assert locks(study) == set()
    assert [edit[0] for edit in edits(study)] == ["flags"]
    assert study.version == before + 1


def test_a_site_that_a_locked_contact_names_stays_with_it(editor, study):
    site = study.sites.get(city="Milan")
    study.contacts.create(order=1, name="Doctor", site=site)
    study.locks.create(name="contacts")
    imported("2024-06-01", sites=[TWO])
    assert study.contacts.get().site == site


def test_contacts_that_an_import_brings_find_their_site_in_an_editors_list(editor, study):
    sent = opened(editor, rows_url(study, "sites"))
    sent["sites-0-remark"] = ["By an editor"]
    assert save(editor, rows_url(study, "sites"), sent) == []
    with_contact = ONE | {"contacts": [{"name": "Doctor", "role": "CONTACT"}]}
    imported("2024-06-01", sites=[with_contact, TWO])
    assert study.contacts.get(name="Doctor").site == study.sites.get(remark="By an editor")


def test_a_contact_stays_with_the_site_that_an_editor_moved_to_another_town(editor, study):
    with_contact = ONE | {"contacts": [{"name": "Doctor", "role": "CONTACT"}]}
    imported("2024-05-01", sites=[with_contact, TWO])
    sent = opened(editor, rows_url(study, "sites"))
    sent["sites-0-city"] = ["Turin"]
    assert save(editor, rows_url(study, "sites"), sent) == []
    imported("2024-06-01", title="Newer", sites=[with_contact, TWO])
    call_command("reread_trials", stdout=StringIO(), stderr=StringIO())
    assert study.contacts.get(name="Doctor").site == study.sites.get(city="Turin")


def test_an_arm_keeps_the_treatment_that_only_the_editors_list_has(editor, study):
    arm = study.arms.get(label="A")
    arm.interventions.add(study.interventions.create(order=9, name="Placebo"))
    study.locks.create(name="interventions")
    imported("2024-06-01", arms=["A", "C"])
    names = {row.label: {given.name for given in row.interventions.all()} for row in study.arms.all()}
    assert names == {"A": {"Stem cells", "Placebo"}, "C": {"Stem cells"}}


def test_a_treatment_that_a_locked_arm_names_stays(editor, study):
    study.locks.create(name="arms")
    imported("2024-06-01", interventions=["Other cells"])
    assert {given.name for given in study.arms.get(label="A").interventions.all()} == {"Stem cells"}


# Versions and the digest


def test_everything_that_changes_a_trial_gives_it_a_new_version(editor, study):
    versions = [study.version]

    def grown():
        study.refresh_from_db()
        versions.append(study.version)
        return versions[-1] > versions[-2]

    edited(editor, study, acronym="ONE")
    assert grown()
    for name, row in (
        ("statements", {"field": "status", "value": "Recruiting"}),
        ("registrations", {"document": "A page"}),
        ("absences", {"field": "sites", "reason": "BLANK"}),
        ("criteria", {"kind": "INCLUSION", "text": "Adults"}),
    ):
        sent = opened(editor, rows_url(study, name))
        add_row(sent, name, **row)
        assert save(editor, rows_url(study, name), sent) == []
        assert grown(), name
    act(editor, "/admin/trials/trial/", "withdraw", [study])
    assert grown()
    imported("2024-06-01", status="COMPLETED")
    assert grown()


def test_an_import_that_changes_nothing_but_a_document_gives_a_new_version(study):
    imported("2024-06-01")
    before = study.version
    study.refresh_from_db()
    assert study.version > before


def test_an_edit_and_a_lock_count_in_the_digest(editor, study):
    before = catalogue_digest()
    edited(editor, study, title="By an editor")
    after = catalogue_digest()
    models.Trial.objects.update(title="Stem cells")
    assert len({before, after, catalogue_digest()}) == 3


# Fixtures


def test_fixtures_that_are_loaded_again_leave_what_editors_own(editor, db, tmp_path):
    """The city of one row is edited: no other row of the list changes, goes or comes."""
    from trials.tests.fixtures.making import load, site, trial

    load(tmp_path, trial(title="Before"), site(1, "Bari"), site(2, "Pisa"), site(3, "Rome"))
    made = models.Trial.objects.get()
    sent = opened(editor, change_url(made))
    sent |= {"title": ["By an editor"], "sites-0-city": ["Milan"]}
    assert save(editor, change_url(made), sent) == []
    load(tmp_path, trial(title="After"), site(1, "Bari"), site(2, "Siena"), site(4, "Trento"))
    made.refresh_from_db()
    assert (made.title, cities(made)) == ("By an editor", ["Milan", "Pisa", "Rome"])


def test_a_field_that_an_editor_set_back_still_belongs_to_the_editor(editor, db, tmp_path):
    from trials.tests.fixtures.making import load, trial

    load(tmp_path, trial(title="Before"))
    made = models.Trial.objects.get()
    edited(editor, made, title="By an editor")
    edited(editor, made, title="Before")
    load(tmp_path, trial(title="After"))
    made.refresh_from_db()
    assert made.title == "Before"


def test_a_fixture_does_not_take_a_new_version_for_an_edit(editor, db, tmp_path):
    from trials.tests.fixtures.making import load, site, trial

    load(tmp_path, trial(title="Before"), site(1, "Bari"))
    made = models.Trial.objects.get()
    sent = opened(editor, rows_url(made, "arms"))
    add_row(sent, "arms", label="Cells")
    assert save(editor, rows_url(made, "arms"), sent) == []
    load(tmp_path, trial(title="After"), site(1, "Rome"))
    before = made.version
    made.refresh_from_db()
    assert (made.title, cities(made)) == ("After", ["Rome"])
    assert made.version > before


# Numbers of rows that cannot be


@pytest.mark.parametrize("count", ["TOTAL_FORMS", "INITIAL_FORMS"])
@pytest.mark.parametrize("number", ["999999999", "9" * 5000, "501"])
def test_a_forged_number_of_rows_is_refused_without_drawing_them(editor, trial, count, number):
    making.sites(trial, 2)
    sent = opened(editor, rows_url(trial, "sites"))
    sent["sites-0-city"], sent[f"sites-{count}"] = ["Typed"], [number]
    page = editor.post(rows_url(trial, "sites"), sent)
    text = page.content.decode()
    assert page.status_code == 200
    assert "The page was sent with wrong numbers of rows, and nothing was saved." in text
    assert 'value="Typed"' in text
    assert text.count('class="inline-related') < 10
    assert not trial.sites.filter(city="Typed").exists()


# What a registry's record made


def test_a_registration_that_an_import_made_can_only_be_noted_on(editor, study):
    address = rows_url(study, "registrations")
    sent = opened(editor, address)
    before = study.registrations.values().get()
    forged = {"document": "Ours", "url": "https://example.org/", "number": "NCT00000009", "registry": "CTIS"}
    forged |= {"says": "phase: Phase 4", "updated": "1999", "order": "7", "note": "A note", "fetched_note": "By hand"}
    sent |= {f"registrations-0-{name}": [value] for name, value in forged.items()}
    sent.pop("registrations-0-is_lead", None)
    assert save(editor, address, sent) == []
    after = study.registrations.values().get()
    assert after == before | {"note": "A note", "fetched_note": "By hand"}


@pytest.mark.parametrize("is_whole_form", [True, False])
def test_a_registration_that_an_import_made_is_not_deleted(editor, study, is_whole_form):
    address = change_url(study) if is_whole_form else rows_url(study, "registrations")
    sent = opened(editor, address)
    assert save(editor, address, sent | {"registrations-0-DELETE": ["on"]}) == []
    assert study.registrations.count() == 1


def test_a_document_that_an_editor_entered_beside_an_import_can_be_changed_and_deleted(editor, study):
    address = rows_url(study, "registrations")
    sent = opened(editor, address)
    add_row(sent, "registrations", document="A poster")
    assert save(editor, address, sent) == []
    sent = opened(editor, address)
    assert save(editor, address, sent | {"registrations-1-document": ["Another poster"]}) == []
    assert study.registrations.last().document == "Another poster"
    assert save(editor, address, opened(editor, address) | {"registrations-1-DELETE": ["on"]}) == []
    assert study.registrations.get().number == "NCT00000001"


def test_an_editors_statement_outlives_the_arm_that_a_registry_takes_back(study):
    study.statements.create(order=1, field="phase", value="Phase 2", arm=study.arms.get(label="B"))
    imported("2024-06-01", arms=["A"])
    assert study.statements.values_list("value", "arm").get() == ("Phase 2", None)


def test_who_deletes_an_imported_trial_is_told_that_imports_do_not_bring_it_back(editor, study):
    address = f"/admin/trials/trial/{study.pk}/delete/"
    assert "Imports will not bring back" in editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})
    with pytest.raises(models.Trial.DoesNotExist):
        imported("2024-06-01")


@pytest.mark.parametrize("number", ["-1", "1", "0", "x", ""])
def test_a_forged_number_of_standing_rows_does_not_double_them(editor, trial, number):
    making.sites(trial, 2)
    sent = opened(editor, rows_url(trial, "sites"))
    sent["sites-0-city"], sent["sites-INITIAL_FORMS"] = ["Typed"], [number]
    page = editor.post(rows_url(trial, "sites"), sent)
    assert "The page was sent with wrong numbers of rows, and nothing was saved." in page.content.decode()
    assert cities(trial) == ["Milan", "Milan"]
