"""Bulk actions show what they would change, write it only when it is confirmed, and only what was shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.admin import bulk, publishing
from trials.models.choices import FindingState, Origin
from trials.tests.admin.importing import imported
from trials.tests.admin.making import as_sent, signed_in, trial

pytestmark = pytest.mark.django_db

LIST = "/admin/trials/trial/"


def select(client: Client, action: str, things: Any, address: str = LIST, **sent: Any) -> Any:
    keys = [thing.pk for thing in things]
    return client.post(address, {"action": action, "_selected_action": keys, **sent}, follow=True)


def confirm(client: Client, page: Any, **sent: Any) -> Any:
    """Presses the page's last button."""
    return client.post(page.wsgi_request.get_full_path(), as_sent(page) | {"confirmed": ["1"]} | sent, follow=True)


def told(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def rows(page: Any) -> list[tuple[str, str, str]]:
    return [(change.field, change.old, change.new) for change in page.context["plan"].changes]


def drafts(total: int) -> list[models.Trial]:
    return [trial(f"nct{at}") for at in range(total)]


def test_nothing_is_published_before_it_is_confirmed(editor):
    first, second = drafts(2)
    public = trial("public", state="PUBLISHED")
    page = select(editor, "publish", [first, second, public])
    assert rows(page) == [("State", "Draft", "Published")] * 2
    assert "1 trial is public already." in page.content.decode()
    assert set(models.Trial.objects.filter(state="DRAFT")) == {first, second}
    done = confirm(editor, page)
    assert told(done)[1] == "1 trial is public already."
    assert not models.Trial.objects.filter(state="DRAFT").exists()
    assert models.Edit.objects.filter(name="state").count() == 2
    assert set(models.Card.objects.values_list("trial", flat=True)) == {first.pk, second.pk}


def test_what_changed_since_is_shown_again(editor):
    first, second = drafts(2)
    page = select(editor, "publish", [first, second])
    models.Trial.objects.filter(pk=first.pk).update(title="Another", state="PUBLISHED")
    again = confirm(editor, page)
    assert told(again)[0].startswith("Nothing was changed: what you looked at is not so any more.")
    assert models.Trial.objects.get(pk=second.pk).state == "DRAFT"
    confirm(editor, again)
    assert models.Trial.objects.get(pk=second.pk).state == "PUBLISHED"


def test_a_whole_list_goes_through_in_parts_and_shows_its_beginning(editor, monkeypatch):
    monkeypatch.setattr(publishing, "MOST_PUBLISHED", 60)
    drafts(70)
    page = select(editor, "publish", models.Trial.objects.all()[:2], select_across="1")
    text = page.content.decode()
    assert text.count('<td data-label="Now"') == 50
    assert "… and 10 more." in text
    assert "10 more of the selected ones wait for the next" in text
    done = confirm(editor, page)
    assert models.Trial.objects.filter(state="DRAFT").count() == 10
    assert "10 more records would change too" in told(done)[-1]


def test_a_condition_is_added_where_it_is_lacking_and_the_list_is_locked(editor):
    term = models.Condition.objects.create(slug="als", label="ALS")
    has, lacks = drafts(2)
    has.conditions.create(order=1, wording="Motor disease", condition=term)
    lacks.conditions.create(order=1, wording="Weakness")
    page = select(editor, "add_term", [has, lacks])
    assert 'name="term"' in page.content.decode()
    assert "plan" in page.context
    assert page.context["plan"] is None
    page = editor.post(LIST, as_sent(page) | {"term": [str(term.pk)]})
    assert rows(page) == [("Conditions", "Weakness (no term)", "Weakness (no term)\nALS")]
    assert "1 trial has “ALS” already." in page.content.decode()
    version = lacks.version
    confirm(editor, page)
    assert [str(row) for row in lacks.conditions.all()] == ["Weakness", "ALS"]
    assert has.conditions.count() == 1
    lacks.refresh_from_db()
    assert (lacks.version > version, lacks.locks.get().name) == (True, "conditions")
    assert lacks.edits.get().new == [{"order": 2, "wording": "ALS", "condition": "ALS"}]
    assert LogEntry.objects.get().change_message == "Condition “ALS” added."


def test_a_condition_is_taken_away_and_the_words_stay(editor):
    term = models.Condition.objects.create(slug="als", label="ALS")
    (has,) = drafts(1)
    has.conditions.create(order=1, wording="Motor disease", condition=term)
    page = select(editor, "take_term", [has], asked="1", term=str(term.pk))
    assert rows(page) == [("Conditions", "Motor disease (ALS)", "Motor disease (no term)")]
    confirm(editor, page)
    row = has.conditions.get()
    assert (row.wording, row.condition) == ("Motor disease", None)
    assert has.locks.get().name == "conditions"


def test_what_was_read_is_accepted_but_for_conflicts_and_nothing_is_locked(editor):
    study, other = drafts(2)
    read: dict[str, Any] = {"trial": study, "origin": Origin.TEXT}
    product = models.CellProduct.objects.create(**read, order=1, name="Cells")
    models.CellProduct.objects.create(**read, order=2, name="Doubt", evidence_state=FindingState.CONFLICTING)
    models.CellProduct.objects.create(trial=study, order=3, name="Mine")
    models.PlanNote.objects.create(**read, order=1, kind="HARVEST", text="Apheresis")
    said = models.Statement.objects.create(**read, order=1, field="donors", value="Self", product=product)
    page = select(editor, "accept", [study, other])
    assert [(what, old) for what, old, _ in rows(page)] == [
        ("Cell product", "Cells\nnot reviewed"),
        ("Plan note", "Harvest of cells: Apheresis\nnot reviewed"),
    ]
    text = page.content.decode()
    assert "1 fact is in conflict, to be looked at one by one." in text
    assert "1 trial has nothing to accept in this way." in text
    confirm(editor, page)
    by = {row.name: str(row.reviewed_by) for row in study.products.all()}
    assert by == {"Cells": "editor", "Doubt": "None", "Mine": "None"}
    said.refresh_from_db()
    assert str(said.reviewed_by) == "editor"
    assert not study.locks.exists()
    assert set(study.edits.values_list("name", flat=True)) == {"products", "plannotes"}


def test_more_trials_than_a_request_edits_are_left_for_the_next(editor, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_EDITED", 1)
    term = models.Condition.objects.create(slug="als", label="ALS")
    studies = drafts(3)
    page = select(editor, "add_term", studies, asked="1", term=str(term.pk))
    done = confirm(editor, page)
    assert models.TrialCondition.objects.count() == 1
    assert "2 more records would change too: one request changes at most 1." in told(done)[-1]


def test_looking_costs_the_same_for_few_and_many(editor):
    term = models.Condition.objects.create(slug="als", label="ALS")
    studies = drafts(30)
    sent = {"asked": "1", "term": str(term.pk)}
    for action in ("publish", "add_term", "accept"):
        asked = []
        for some in (studies[:2], studies):
            for study in some:
                kept = {"order": 1, "name": "Cells"}
                models.CellProduct.objects.get_or_create(trial=study, origin=Origin.TEXT, defaults=kept)
            select(editor, action, some, **sent)
            with CaptureQueriesContext(connection) as queries:
                select(editor, action, some, **sent)
            asked.append(len(queries))
        # Session, account and second factor take four of them.
        assert asked[0] == asked[1] < 34, action


def test_who_may_only_change_trials_is_not_offered_their_lists(db):
    (study,) = drafts(1)
    user = get_user_model().objects.create_user("helper", password="p", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_trial", "change_trial"]))
    client = signed_in(user)
    text = client.get(LIST).content.decode()
    actions = ("send_to_review", "publish", "withdraw", "add_term", "take_term", "accept")
    assert [name for name in actions if f'"{name}"' in text] == ["send_to_review", "withdraw"]
    select(client, "accept", [study], confirmed="1", seen="x")
    assert not models.Edit.objects.exists()


def test_locks_are_given_back_with_both_values_in_view(editor):
    study = imported()
    registrys = study.title
    models.Trial.objects.update(title="By the editor")
    lock = models.Lock.objects.create(trial=study, name="title")
    address = "/admin/trials/lock/"
    page = select(editor, "give_back", [lock], address)
    assert rows(page) == [("Title", "By the editor", registrys)]
    assert models.Lock.objects.exists()
    confirm(editor, page)
    study.refresh_from_db()
    assert (study.title, models.Lock.objects.exists()) == (registrys, False)
    assert 'value="delete_selected"' not in editor.get(address).content.decode()
