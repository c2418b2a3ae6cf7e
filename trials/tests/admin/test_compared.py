"""Two editors of one term, organisation or cue: the second sees both versions and chooses."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections, transaction

from trials import models
from trials.tests.admin import making
from trials.tests.admin.making import as_sent, change_url, opened, problems, save

REFUSED = "Nothing was saved: somebody else changed this after you opened the page"


@pytest.fixture
def condition(db):
    return models.Condition.objects.create(slug="als", label="ALS", synonyms=["Lou Gehrig’s disease"])


@pytest.mark.parametrize(("choice", "label"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_a_term_that_two_renamed(editor, condition, choice, label):
    address = change_url(condition)
    first, second = (opened(editor, address) for _ in range(2))
    assert save(editor, address, first | {"label": ["Theirs"], "note": ["A note"]}) == []
    page = editor.post(address, second | {"label": ["Mine"]})
    assert problems(page)[0].startswith(REFUSED)
    again = as_sent(page)
    assert (again["choice:label"], again["choice:note"], again["note"]) == (["mine"], ["theirs"], ["A note"])
    condition.refresh_from_db()
    assert condition.label == "Theirs"
    assert save(editor, address, again | {"choice:label": [choice]}) == []
    condition.refresh_from_db()
    assert (condition.label, condition.note) == (label, "A note")


def test_areas_of_a_condition_are_told_by_their_labels(editor, condition):
    nervous = models.Area.objects.create(slug="nervous", label="Nervous system")
    address = change_url(condition)
    first, second = (opened(editor, address) for _ in range(2))
    assert save(editor, address, first | {"areas": [str(nervous.pk)]}) == []
    page = editor.post(address, second | {"note": ["Typed"]})
    (side,) = page.context["meanwhile"].sides
    assert (side.name, side.sent, side.now) == ("Areas", (("", ""),), (("", "Nervous system"),))
    assert save(editor, address, as_sent(page)) == []
    assert (list(condition.areas.all()), models.Condition.objects.get().note) == ([nervous], "Typed")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: models.Organisation.objects.create(name="A hospital"), "name"),
        (lambda: models.Cue.objects.create(kind="PLACEBO", phrase="dummy"), "phrase"),
        (lambda: models.KnownProduct.objects.create(slug="a-cel", label="A-cel"), "label"),
    ],
)
def test_other_things_that_trials_share(editor, make, name):
    thing = make()
    address = change_url(thing)
    first, second = (opened(editor, address) for _ in range(2))
    assert save(editor, address, first | {name: ["Theirs"]}) == []
    again = as_sent(editor.post(address, second | {name: ["Mine"]}))
    thing.refresh_from_db()
    assert getattr(thing, name) == "Theirs"
    assert save(editor, address, again) == []
    thing.refresh_from_db()
    assert getattr(thing, name) == "Mine"


def test_what_both_changed_alike_is_saved_without_asking(editor, condition):
    address = change_url(condition)
    first, second = (opened(editor, address) for _ in range(2))
    assert save(editor, address, first | {"label": ["Alike"]}) == []
    assert save(editor, address, second | {"label": ["Alike"]}) == []


def test_a_page_of_a_term_that_is_gone_or_never_was_is_no_error(editor, condition):
    sent = opened(editor, change_url(condition))
    condition.delete()
    for key in (condition.pk, "nonsense"):
        assert editor.post(f"/admin/trials/condition/{key}/change/", sent).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory, as in tests, has one connection")
def test_who_saves_while_another_writes_the_term_waits_and_is_asked():
    editor = making.signed_in(making.superuser())
    condition = models.Condition.objects.create(slug="als", label="ALS")
    sent = opened(editor, change_url(condition)) | {"label": ["Second"]}
    answers = []

    def save_second():
        answers.append(problems(editor.post(change_url(condition), sent)))
        connections.close_all()

    with transaction.atomic():
        models.Condition.objects.filter(pk=condition.pk).update(label="First")
        thread = threading.Thread(target=save_second)
        thread.start()
        time.sleep(0.5)
        assert answers == []
    thread.join()
    assert answers[0][0].startswith(REFUSED)
    condition.refresh_from_db()
    assert condition.label == "First"
