"""An editor's terms, and the trials whose words they are."""

from __future__ import annotations

import pytest

from trials.admin import vocabulary
from trials.models import Area, Condition, Trial, TrialArea, TrialCondition
from trials.tests.admin.making import change_url, opened, save
from trials.tests.intake.test_remapping import BLASTS, record, run

pytestmark = pytest.mark.django_db


def terms():
    return [row.condition and row.condition.slug for row in TrialCondition.objects.order_by("trial", "order")]


@pytest.mark.django_db(transaction=True)
def test_a_new_term_and_a_synonym_find_the_words_that_waited_for_them(editor):
    run(record(1, "Blast disease"), record(2, "Blasts"))
    assert terms() == [None, None]
    sent = opened(editor, "/admin/trials/condition/add/") | {"label": ["Blasts"], "slug": ["blasts"]}
    save(editor, "/admin/trials/condition/add/", sent)
    assert terms() == [None, "blasts"]
    address = change_url(Condition.objects.get())
    save(editor, address, opened(editor, address) | {"synonyms": ["Blast disease"]})
    assert terms() == ["blasts", "blasts"]
    assert "The conditions of 1 trial were mapped anew." in editor.get(address).content.decode()


def test_a_name_that_an_editor_takes_away_leaves_its_words(editor, django_capture_on_commit_callbacks):
    own = Condition.objects.create(slug="own", label="Own", synonyms=["Blast disease"])
    run(record(1, "Blast disease"), record(2, "Own"), record(3, meshes=[BLASTS]))
    assert terms() == ["own", "own", "disease-blast"]
    address = change_url(own)
    with django_capture_on_commit_callbacks(execute=True):
        save(editor, address, opened(editor, address) | {"synonyms": [""]})
    assert terms() == ["disease-blast", "own", "disease-blast"]


def test_an_area_gets_the_words_that_waited_for_its_name(editor, django_capture_on_commit_callbacks):
    own = Area.objects.create(slug="blood", label="Own")
    run(record(1, "Blasts", meshes=[BLASTS], ancestors=["Blood"]))
    address = change_url(own)
    assert not TrialArea.objects.exists()
    TrialArea.objects.create(trial=Trial.objects.get(), order=1, wording="Blood")
    with django_capture_on_commit_callbacks(execute=True):
        save(editor, address, opened(editor, address) | {"synonyms": ["Blood"]})
    assert TrialArea.objects.get().area == own


@pytest.mark.django_db(transaction=True)
def test_trials_beyond_what_one_request_maps_are_told_and_left(editor, monkeypatch):
    monkeypatch.setattr(vocabulary, "MOST_MAPPED", 2)
    run(*(record(number, "Blast disease") for number in (1, 2, 3)))
    sent = opened(editor, "/admin/trials/condition/add/") | {"label": ["Blast disease"], "slug": ["blast"]}
    save(editor, "/admin/trials/condition/add/", sent)
    assert terms() == ["blast", "blast", None]
    page = editor.get("/admin/trials/condition/").content.decode()
    assert "The conditions of 2 trials were mapped anew." in page
    assert "1 more trial with such words is not looked at yet" in page
    assert "The next import does it by itself" in page
