"""The list of condition words that mean no term yet."""

from __future__ import annotations

import pytest
from django.urls import reverse

from trials.models import Condition
from trials.tests.admin.making import trial

pytestmark = pytest.mark.django_db

WORDS = reverse("admin:trials_trialcondition_changelist")


@pytest.fixture(autouse=True)
def words():
    """“Bad knees” in two trials, “Lupus & co” in one, and a word that is mapped."""
    term = Condition.objects.create(slug="als", label="ALS")
    for slug, wordings in (("one", ["Bad knees", "Lupus & co"]), ("two", ["Bad knees"])):
        made = trial(slug)
        for order, wording in enumerate(wordings, 1):
            made.conditions.create(order=order, wording=wording)
        made.conditions.create(order=9, wording="MND", condition=term)


def listed(client, query=""):
    return [(row.wording, row.total) for row in client.get(WORDS + query).context["cl"].result_list]


def test_each_word_stands_once_with_its_trials_the_commonest_first(editor):
    assert listed(editor) == [("Bad knees", 2), ("Lupus & co", 1)]
    assert listed(editor, "?q=lupus") == [("Lupus & co", 1)]
    assert listed(editor, "?o=1") == [("Lupus & co", 1), ("Bad knees", 2)]


def test_a_word_leads_to_the_trials_that_bear_it(editor):
    assert '<a href="/admin/trials/trial/?unmapped=Lupus+%26+co">1</a>' in editor.get(WORDS).content.decode()
    page = editor.get("/admin/trials/trial/?unmapped=Lupus+%26+co")
    assert [found.slug for found in page.context["cl"].result_list] == ["one"]
