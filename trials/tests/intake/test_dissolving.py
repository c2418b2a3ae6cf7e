"""What editors own goes along when trials are joined, and stays when they are parted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from trials.intake.deciding import decide
from trials.models import Edit, Lock, PreviewLink, Trial
from trials.tests.admin.importing import ONE, TWO, cities, imported, locks

pytestmark = pytest.mark.django_db

A, B = "NCT00000001", "NCT00000002"


@pytest.fixture
def two():
    """Two trials with one site each; the first is the one that stays when they are joined."""
    return imported(number=A, sites=[ONE]), imported(number=B, sites=[TWO])


def join() -> Any:
    decide(A, B, True, None)
    return Trial.objects.get()


def own(trial: Trial, name: str) -> None:
    editor, _ = get_user_model().objects.get_or_create(username="editor")
    Lock.objects.create(trial=trial, name=name, by=editor)


def test_a_field_an_age_and_a_list_come_with_their_locks_and_their_owner(two):
    first, second = two
    own(first, "acronym")
    Trial.objects.filter(pk=second.pk).update(title="Ours", min_age_value=6, min_age_unit="MONTHS")
    second.sites.update(city="Bern")
    for name in ("title", "min_age", "sites"):
        own(second, name)
    since = second.locks.get(name="title").since
    home = join()
    assert (home.pk, home.title, home.min_age_value, home.min_age_unit) == (first.pk, "Ours", 6, "MONTHS")
    assert cities(home) == ["Bern"]
    assert locks(home) == {"acronym", "title", "min_age", "sites"}
    assert (home.locks.get(name="title").by.username, home.locks.get(name="title").since) == ("editor", since)


def test_of_two_owners_of_one_field_one_stands_and_the_other_is_noted(two):
    first, second = two
    for trial, title in ((first, "Stands"), (second, "Gives way")):
        Trial.objects.filter(pk=trial.pk).update(title=title)
        own(trial, "title")
    home = join()
    assert home.title == "Stands"
    assert Edit.objects.filter(kind="GAVE_WAY").values_list("name", "old", "new").get() == (
        "title",
        "Gives way",
        "Stands",
    )


def test_of_two_owners_of_one_list_the_rows_of_the_other_are_noted(two):
    for trial in two:
        own(trial, "sites")
    home = join()
    assert cities(home) == ["Milan"]
    assert [row["city"] for row in Edit.objects.get(kind="GAVE_WAY").old or ()] == ["Paris"]


def test_a_contact_brings_the_site_that_it_names(two):
    first, second = two
    own(first, "title")
    second.contacts.create(order=1, name="Doctor", site=second.sites.get())
    own(second, "contacts")
    home = join()
    assert home.contacts.get().site.city == "Paris"
    imported("2024-06-01", number=A, sites=[ONE])
    assert home.contacts.get().site.city == "Paris"


def test_an_arm_finds_its_treatment_in_the_other_trial(two):
    first, second = two
    own(first, "title")
    own(second, "arms")
    home = join()
    assert [given.pk for given in home.arms.get(label="A").interventions.all()] == [home.interventions.get().pk]


def test_contacts_of_an_editor_survive_that_the_sites_are_replaced(two):
    first, second = two
    first.contacts.create(order=1, name="Doctor", site=first.sites.get())
    own(first, "contacts")
    own(second, "sites")
    home = join()
    assert (cities(home), home.contacts.get().site) == (["Paris"], None)


def test_statements_pages_and_edits_come_along(two):
    first, second = two
    own(first, "title")
    page = second.registrations.create(order=2, document="A page")
    second.statements.create(order=1, field="status", value="Recruiting", registration=page, arm=second.arms.first())
    Edit.objects.create(trial=second, name="title", kind="EDITED", old="A", new="B")
    home = join()
    statement = home.statements.get()
    assert (statement.registration.document, statement.arm.label) == ("A page", "A")
    assert statement.arm.trial == home
    assert home.edits.count() == 1
    assert home.registrations.filter(document="A page").count() == 1


def test_a_preview_link_leads_to_the_trial_that_stays(two):
    PreviewLink.objects.make(two[1], None, 7)
    home = join()
    assert PreviewLink.objects.get().trial == home


def test_locks_stay_where_they_are_when_trials_are_parted_again(two):
    first, second = two
    own(first, "acronym")
    Trial.objects.filter(pk=second.pk).update(title="Ours")
    own(second, "title")
    home = join()
    version = home.version
    decide(A, B, False, None)
    home.refresh_from_db()
    assert (home.title, locks(home)) == ("Ours", {"acronym", "title"})
    assert home.version > version
    other = Trial.objects.exclude(pk=home.pk).get()
    assert (other.title, locks(other)) == ("Stem cells", set())
