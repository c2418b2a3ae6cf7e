"""Locked fields and lists of which the registry says something else by now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trials.intake import interpreting
from trials.intake.editing import lock
from trials.intake.moving import keep_ours
from trials.models import Lock, Trial
from trials.tests.admin.importing import ONE, THREE, imported
from trials.tests.intake.readings import at, dose, product, reading, vocabulary


def moved() -> set[str]:
    return set(Lock.objects.filter(moved_on__isnull=False).values_list("name", flat=True))


@pytest.fixture
def study(db):
    return imported()


def test_a_locked_field_and_a_locked_list_move(study):
    lock(study.pk, ["status", "sites", "arms", "min_age"], None)
    imported("2024-06-01", status="COMPLETED", sites=[ONE, THREE], age="21 Years")
    assert moved() == {"status", "sites", "min_age"}


def test_a_lock_on_what_the_registry_does_not_state_cannot_move(study):
    lock(study.pk, ["display_title", "absences"], None)
    imported("2024-06-01", status="COMPLETED")
    assert moved() == set()


def test_the_registry_that_comes_to_say_what_stands_is_no_news(study):
    Trial.objects.filter(pk=study.pk).update(status="COMPLETED")
    lock(study.pk, ["status"], None)
    imported("2024-06-01", status="COMPLETED")
    assert moved() == set()


def test_a_registry_that_comes_back_to_what_stands_needs_nobody_any_longer(study):
    lock(study.pk, ["status", "min_age"], None)
    imported("2024-06-01", status="COMPLETED", age="21 Years")
    assert moved() == {"status", "min_age"}
    imported("2024-07-01", status="RECRUITING", age="22 Years")
    assert moved() == {"min_age"}


def test_an_older_version_that_comes_late_moves_nothing(study):
    lock(study.pk, ["status"], None)
    imported("2023-06-01", status="COMPLETED")
    assert moved() == set()


def test_who_looks_or_edits_again_has_seen_it(study):
    lock(study.pk, ["status"], None)
    imported("2024-06-01", status="COMPLETED")
    assert keep_ours(study.pk, "status")
    assert not keep_ours(study.pk, "status")
    imported("2024-07-01", status="TERMINATED")
    assert moved() == {"status"}
    lock(study.pk, ["status"], None)
    assert moved() == set()


def test_what_is_read_elsewhere_in_the_text_has_not_moved(db, monkeypatch):
    elsewhere = replace(product(), passage=at("Stem cells", "briefTitle", 7))
    readings = {
        "2024-01-01": reading(product(), doses=(dose(1),)),
        "2024-06-01": reading(elsewhere, doses=(dose(1),)),
        "2024-07-01": reading(product(donor="allogeneic"), doses=(dose(1),)),
    }
    monkeypatch.setattr(interpreting, "load_reader", lambda: lambda record: readings[str(record.updated)])
    vocabulary()
    study = imported()
    lock(study.pk, ["products", "doses"], None)
    imported("2024-06-01")
    assert moved() == set()
    imported("2024-07-01")
    assert moved() == {"products"}
