"""Deleting trials while others do, and what the way back says."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from trials import models
from trials.intake import deleting
from trials.intake.deleting import bring_back, delete_trials
from trials.intake.history import recorded
from trials.tests.admin.making import fill, trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return get_user_model().objects.create_user("robin", is_staff=True)


def test_trials_that_somebody_else_deletes_first_are_left_to_them(monkeypatch, editor):
    study, other = trial("one"), trial("two")
    hold_all = deleting.hold_all

    def held_late(keys):
        # What waits for a lock on PostgreSQL: somebody else holds the first trial, and deletes it.
        models.Trial.objects.filter(pk=study.pk).delete()
        hold_all(keys)

    monkeypatch.setattr(deleting, "hold_all", held_late)
    delete_trials(models.Trial.objects.filter(pk=study.pk), editor)
    delete_trials(models.Trial.objects.all(), editor)
    assert list(models.DeletedTrial.objects.values_list("slug", flat=True)) == [other.slug]


def test_trials_are_held_in_the_order_of_their_numbers(monkeypatch):
    keys = [trial(slug).pk for slug in ("one", "two", "three")]
    held: list[int] = []
    monkeypatch.setattr(deleting, "_TOGETHER", 1)
    monkeypatch.setattr(deleting, "hold_all", held.extend)
    delete_trials(models.Trial.objects.order_by("-pk"))
    assert held == keys


def test_what_a_deleted_trial_lost_meanwhile_is_said():
    study, other = trial("one"), trial("two")
    fill(study, 1)
    second = models.Registration.objects.create(trial=other, document="By hand")
    models.MatchSuggestion.objects.create(first=study.registrations.get(), second=second, why="TITLE")
    delete_trials(models.Trial.objects.filter(pk=study.pk))
    other.delete()
    models.Condition.objects.all().delete()
    _, lost = bring_back(models.DeletedTrial.objects.get().pk, None)
    assert lost == [
        "“ALS” is no longer there; conditions of a trial stand without it.",
        "Not brought back, because what they belong to is gone or has changed: 1 match suggestion.",
    ]


def test_a_trial_that_was_public_comes_back_in_review_for_who_may_not_publish(editor):
    study = trial(state="PUBLISHED")
    delete_trials(models.Trial.objects.all(), editor)
    back, lost = bring_back(models.DeletedTrial.objects.get().pk, editor, may_publish=False)
    assert (back.pk, back.state) == (study.pk, "IN_REVIEW")
    assert lost == ["The trial was public and is now in review: only who may publish trials can make it public again."]
    assert not models.Trial.objects.public().exists()
    assert list(models.Edit.objects.values_list("name", "old", "new")) == [("state", "PUBLISHED", "IN_REVIEW")]
    assert recorded([study.pk])[study.pk]["trial"][study.pk]["state"] == "IN_REVIEW"
