"""What editors own beside what the registry says, and the ways back."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trials import models
from trials.tests.admin.importing import ONE, THREE, TWO, cities, edits, imported, locks
from trials.tests.admin.making import add_row, change_url, opened, rows_url, save, signed_in

pytestmark = pytest.mark.page


@pytest.fixture
def study(db):
    return imported(sites=[ONE, TWO, THREE])


def page_of(trial):
    return reverse("admin:trials_trial_locks", args=[trial.pk])


def lock_of(editor, trial, name):
    """The view of one lock on the page."""
    return next(lock["view"] for lock in editor.get(page_of(trial)).context["locks"] if lock["view"].name == name)


def take(editor, trial, name, **more):
    """Presses a button of the page; the message that follows."""
    trial.refresh_from_db()
    sent = {"name": name, "version": trial.version, **(more or {"whole": "1"})}
    answer = editor.post(page_of(trial), sent, follow=True)
    return str(list(answer.context["messages"])[-1])


def edit(editor, trial, rows="", **values):
    """Changes inputs of the trial's form, or of one list's page."""
    address = rows_url(trial, rows) if rows else change_url(trial)
    sent = opened(editor, address) | {name.replace("__", "-"): [value] for name, value in values.items()}
    assert save(editor, address, sent) == []


def test_a_locked_field_shows_both_values_and_is_taken_back_at_once(editor, study):
    edit(editor, study, title="By an editor")
    imported("2024-06-01", title="By the registry", sites=[ONE, TWO, THREE])
    view = lock_of(editor, study, "title")
    assert (view.own, view.registry, view.by) == ("By an editor", "By the registry", "editor")
    study.refresh_from_db()
    before = study.version
    assert take(editor, study, "title") == "Title: The registry’s value stands again."
    study.refresh_from_db()
    assert (study.title, locks(study)) == ("By the registry", set())
    assert study.version > before
    assert edits(study)[-1] == ("title", "TAKEN_BACK", "By an editor", "By the registry")


def test_a_text_that_is_taken_back_is_no_longer_in_our_words(editor, study):
    models.Trial.objects.update(our_wording=["title", "objectives"])
    edit(editor, study, title="In our words")
    take(editor, study, "title")
    study.refresh_from_db()
    assert study.our_wording == ["objectives"]


def test_an_age_is_taken_back_with_its_unit(editor, study):
    edit(editor, study, min_age_value="6", min_age_unit="MONTHS")
    view = lock_of(editor, study, "min_age")
    assert (view.own, view.registry) == ("6 months", "18 years")
    take(editor, study, "min_age")
    study.refresh_from_db()
    assert (study.min_age_value, study.min_age_unit) == (18, "YEARS")


def test_what_another_lock_covers_is_left_alone(editor, study):
    edit(editor, study, title="By an editor", status="COMPLETED")
    take(editor, study, "title")
    study.refresh_from_db()
    assert (study.title, study.status, locks(study)) == ("Stem cells", "COMPLETED", {"status"})


def test_the_form_marks_what_is_locked_and_names_the_registrys_value(editor, study):
    edit(editor, study, title="By an editor", sites__0__city="Turin")
    text = editor.get(change_url(study)).content.decode()
    assert "<b>Locked</b> by editor" in text
    assert "The registry says: Stem cells." in text
    assert f'href="{page_of(study)}#lock-title"' in text
    assert "Locks and the registry’s values</a>" not in text
    assert f'<a href="{page_of(study)}">Locks and the registry’s values (2)</a>' in text
    assert f'href="{page_of(study)}#lock-sites"' in editor.get(rows_url(study, "sites")).content.decode()


def test_a_trial_without_a_lock_reads_no_record_for_its_form(editor, study):
    with CaptureQueriesContext(connection) as queries:
        editor.get(change_url(study))
    assert not [query for query in queries if '"body"' in query["sql"]]


# Lists


def test_a_whole_list_is_taken_back_with_what_was_edited_added_removed_and_moved(editor, study):
    numbers = list(study.sites.values_list("pk", flat=True))
    sent = opened(editor, rows_url(study, "sites"))
    sent |= {"sites-0-remark": ["Ours"], "sites-1-DELETE": ["on"], "sites-2-order": ["9"]}
    add_row(sent, "sites", city="Bern")
    assert save(editor, rows_url(study, "sites"), sent) == []
    view = lock_of(editor, study, "sites")
    assert [row.title for row in view.missing] == ["Two"]
    assert [row.own for row in view.changed] == [(("Remark", "Ours"),), (("Place", "9"),)]
    assert [row.title for row in view.added] == ["Bern"]
    take(editor, study, "sites")
    assert list(study.sites.values_list("city", "order", "remark")) == [
        ("Milan", 1, ""),
        ("Paris", 2, ""),
        ("Rome", 3, ""),
    ]
    assert study.sites.get(city="Milan").pk == numbers[0]
    assert locks(study) == set()
    assert edits(study)[-1][:2] == ("sites", "TAKEN_BACK")


def test_one_row_is_put_back_and_the_list_stays_locked_while_it_differs(editor, study):
    sent = opened(editor, rows_url(study, "sites"))
    sent |= {"sites-0-city": ["Turin"], "sites-1-DELETE": ["on"]}
    assert save(editor, rows_url(study, "sites"), sent) == []
    view = lock_of(editor, study, "sites")
    message = take(editor, study, "sites", rows="1", row=[view.missing[0].key])
    assert message == "Sites: The rows stand again. The list still differs from the registry’s and stays locked."
    assert cities(study) == ["Turin", "Paris", "Rome"]
    assert locks(study) == {"sites"}
    imported("2024-06-01", sites=[ONE])
    assert cities(study) == ["Turin", "Paris", "Rome"]


def test_the_last_row_that_is_put_back_unlocks_the_list(editor, study):
    sent = opened(editor, rows_url(study, "sites"))
    # The rows behind the one that goes move up, as people do it.
    sent |= {"sites-1-DELETE": ["on"], "sites-2-order": ["2"]}
    assert save(editor, rows_url(study, "sites"), sent) == []
    view = lock_of(editor, study, "sites")
    message = take(editor, study, "sites", rows="1", row=[view.missing[0].key])
    assert message == "Sites: The registry’s value stands again."
    assert list(study.sites.values_list("city", "order")) == [("Milan", 1), ("Paris", 2), ("Rome", 3)]
    assert locks(study) == set()


def test_a_corrected_city_is_a_change_of_its_row(editor, study):
    edit(editor, study, "sites", sites__0__city="Turin")
    view = lock_of(editor, study, "sites")
    assert [(row.own, row.registry) for row in view.changed] == [((("City", "Turin"),), (("City", "Milan"),))]
    assert (view.missing, view.added, view.same) == ((), (), 2)
    take(editor, study, "sites", rows="1", row=[view.changed[0].key])
    assert (cities(study), locks(study)) == (["Milan", "Paris", "Rome"], set())


def test_an_edited_row_is_put_back_in_its_place(editor, study):
    edit(editor, study, "arms", arms__0__description="Ours")
    view = lock_of(editor, study, "arms")
    assert ("Description", "Ours") in view.changed[0].own
    take(editor, study, "arms", rows="1", row=[view.changed[0].key])
    arm = study.arms.get(label="A")
    assert (arm.description, arm.origin) == ("", "REGISTRY_FIELD")
    assert [given.name for given in arm.interventions.all()] == ["Stem cells"]
    assert locks(study) == set()


def test_the_treatments_of_an_arm_are_compared_and_put_back(editor, study):
    sent = opened(editor, rows_url(study, "arms")) | {"arms-0-interventions": []}
    assert save(editor, rows_url(study, "arms"), sent) == []
    row = lock_of(editor, study, "arms").changed[0]
    assert (row.own[-1], row.registry[-1]) == (("Interventions", ""), ("Interventions", "Stem cells"))
    take(editor, study, "arms", rows="1", row=[row.key])
    assert [given.name for given in study.arms.get(label="A").interventions.all()] == ["Stem cells"]


def test_an_arm_that_was_deleted_comes_back_with_its_treatments(editor, study):
    edit(editor, study, "arms", arms__1__DELETE="on")
    view = lock_of(editor, study, "arms")
    take(editor, study, "arms", rows="1", row=[view.missing[0].key])
    assert [given.name for given in study.arms.get(label="B").interventions.all()] == ["Stem cells"]
    assert locks(study) == set()


def test_criteria_come_back_below_the_row_that_they_belong_to(editor, db):
    text = "Inclusion Criteria:\n\n* Either of:\n  * Adult\n  * Child\n"
    study = imported(criteria=text)
    parent = study.criteria.get(text__startswith="Either")
    edit(editor, study, "criteria", **{f"criteria__{at}__DELETE": "on" for at in range(study.criteria.count())})
    view = lock_of(editor, study, "criteria")
    take(editor, study, "criteria", rows="1", row=[row.key for row in view.missing])
    assert {row.text: row.parent and row.parent.text for row in study.criteria.all()} == {
        parent.text: None,
        "Adult": parent.text,
        "Child": parent.text,
    }
    assert locks(study) == set()


def test_two_rows_that_say_the_same_are_put_back_one_by_one(editor, db):
    study = imported(sites=[ONE, ONE])
    edit(editor, study, "sites", sites__0__DELETE="on", sites__1__DELETE="on")
    keys = [row.key for row in lock_of(editor, study, "sites").missing]
    assert len(set(keys)) == 2
    take(editor, study, "sites", rows="1", row=keys)
    assert cities(study) == ["Milan", "Milan"]
    assert locks(study) == set()


def test_sponsors_and_conditions_have_their_names_on_both_sides(editor, study):
    edit(editor, study, "sponsorships", sponsorships__0__wording="Ours")
    edit(editor, study, "conditions", conditions__0__wording="SLE")
    assert lock_of(editor, study, "sponsorships").changed[0].title == "A hospital"
    row = lock_of(editor, study, "conditions").changed[0]
    assert (row.own, row.registry) == (
        (("As the source writes it", "SLE"),),
        (("As the source writes it", "Lupus"),),
    )


def test_the_page_writes_nothing(editor, study):
    edit(editor, study, "sponsorships", sponsorships__0__DELETE="on")
    models.Organisation.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        assert editor.get(page_of(study)).status_code == 200
    assert not [
        query
        for query in queries
        if not query["sql"].startswith(("SELECT", "DECLARE", "BEGIN", "SAVEPOINT", "RELEASE"))
    ]
    take(editor, study, "sponsorships")
    assert study.sponsorships.get().organisation.name == "A hospital"


# What has no registry behind it


def test_a_field_that_registries_do_not_state_is_only_unlocked(editor, study):
    edit(editor, study, display_title="An easier title")
    assert not lock_of(editor, study, "display_title").knows
    assert "stays as it is" in take(editor, study, "display_title")
    study.refresh_from_db()
    assert (study.display_title, locks(study)) == ("An easier title", set())


def test_a_trial_without_a_record_is_only_unlocked(editor, trial):
    edit(editor, trial, title="Another title")
    assert "No registry’s record is stored for this trial" in editor.get(page_of(trial)).content.decode()
    take(editor, trial, "title")
    trial.refresh_from_db()
    assert (trial.title, locks(trial)) == ("Another title", set())


def test_a_stored_record_that_cannot_be_read_is_no_error(editor, study):
    edit(editor, study, title="By an editor")
    models.RawRecord.objects.update(body=b"damaged")
    assert not lock_of(editor, study, "title").knows
    assert editor.get(change_url(study)).status_code == 200
    take(editor, study, "title")
    study.refresh_from_db()
    assert (study.title, locks(study)) == ("By an editor", set())


# Who, and when


def test_a_page_that_is_out_of_date_takes_nothing_back(editor, study):
    edit(editor, study, title="By an editor")
    for version in ("1", "", "x"):
        answer = editor.post(page_of(study), {"name": "title", "version": version, "whole": "1"}, follow=True)
        assert "Nothing was taken back" in str(list(answer.context["messages"])[-1])
    study.refresh_from_db()
    assert (study.title, locks(study)) == ("By an editor", {"title"})


@pytest.mark.parametrize("name", ["", "nothing", "slug", "\x00", "products", "title"])
def test_nonsense_takes_nothing_back(editor, study, name):
    assert "Nothing was taken back" in take(editor, study, name)


def test_rows_must_be_ticked(editor, study):
    edit(editor, study, "sites", sites__0__DELETE="on")
    assert take(editor, study, "sites", rows="1") == "Nothing was taken back: tick the rows to put back first."
    assert take(editor, study, "sites", rows="1", row=["nonsense"]).endswith("stays locked.")
    assert cities(study) == ["Paris", "Rome"]


def test_who_may_not_change_sites_takes_no_sites_back(editor, study):
    edit(editor, study, "sites", sites__0__DELETE="on")
    some = get_user_model().objects.create_user("some", password="p", is_staff=True)
    some.user_permissions.set(Permission.objects.filter(codename__in=["view_trial", "change_trial", "view_site"]))
    helper = signed_in(some)
    assert "Take the whole list back" not in helper.get(page_of(study)).content.decode()
    assert helper.post(page_of(study), {"name": "sites", "version": study.version}).status_code == 403


@pytest.mark.parametrize("pk", ["0", "abc", "99999999999999999999999"])
def test_a_trial_that_is_not_there(editor, db, pk):
    assert editor.get(f"/admin/trials/trial/{pk}/locks/").status_code == 404


def test_deleting_a_lock_in_the_list_of_locks_gives_the_value_back_too(editor, study):
    edit(editor, study, title="By an editor", sites__0__city="Turin")
    for lock in study.locks.all():
        editor.post(reverse("admin:trials_lock_delete", args=[lock.pk]), {"post": "yes"})
    study.refresh_from_db()
    assert (study.title, cities(study), locks(study)) == ("Stem cells", ["Milan", "Paris", "Rome"], set())
