"""Draft, in review, published: who may give which state, and what the public history tells of it."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from trials import models
from trials.admin.publishing import states_from
from trials.intake.editing import never_public
from trials.models.choices import State
from trials.tests.admin import making
from trials.tests.admin.making import change_url, opened, save

LIST = "/admin/trials/trial/"


@pytest.fixture
def writer(db):
    """A browser of somebody who may change trials and not publish them."""
    user = get_user_model().objects.create_user("writer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_trial", "change_trial"]))
    return making.signed_in(user)


def act(browser, action, *trials):
    return [str(message) for message in making.act(browser, LIST, action, trials).context["messages"]]


def states(*trials):
    return [models.Trial.objects.get(pk=trial.pk).state for trial in trials]


def edits_of_states():
    return list(models.Edit.objects.filter(name="state").order_by("pk").values_list("old", "new", "by__username"))


@pytest.mark.parametrize(
    ("state", "is_publisher", "offered"),
    [
        ("DRAFT", False, ["DRAFT", "IN_REVIEW"]),
        ("IN_REVIEW", False, ["DRAFT", "IN_REVIEW"]),
        ("PUBLISHED", False, ["PUBLISHED"]),
        ("DRAFT", True, ["DRAFT", "IN_REVIEW", "PUBLISHED"]),
        ("PUBLISHED", True, ["DRAFT", "IN_REVIEW", "PUBLISHED"]),
    ],
)
def test_the_states_that_an_editor_may_choose(state, is_publisher, offered):
    assert states_from(state, is_publisher) == offered


def test_an_editor_sends_a_draft_to_review_and_somebody_else_publishes_it(writer, editor, trial):
    assert act(writer, "send_to_review", trial) == [f"Sent to review: {trial}."]
    assert states(trial) == ["IN_REVIEW"]
    assert not models.Trial.objects.public().exists()
    assert act(writer, "publish", trial) == ["No action selected."]
    assert states(trial) == ["IN_REVIEW"]
    assert act(editor, "publish", trial) == [f"Published: {trial}."]
    assert edits_of_states() == [("DRAFT", "IN_REVIEW", "writer"), ("IN_REVIEW", "PUBLISHED", "editor")]


def test_only_who_may_publish_takes_a_public_trial_off_the_pages(writer, editor):
    public, waiting, draft = (making.trial(state, state=state) for state in ("PUBLISHED", "IN_REVIEW", "DRAFT"))
    told = act(writer, "withdraw", public, waiting, draft)
    assert told[0] == f"Withdrawn to draft: {waiting}."
    assert "which only who may publish can withdraw" in told[1]
    assert states(public, waiting, draft) == ["PUBLISHED", "DRAFT", "DRAFT"]
    act(editor, "withdraw", public)
    assert states(public) == ["DRAFT"]


def test_a_public_trial_is_not_sent_back_to_review_by_the_action(editor):
    public = making.trial(state="PUBLISHED")
    page = editor.post(LIST, {"action": "send_to_review", "_selected_action": [public.pk]})
    assert "1 trial is not in draft" in page.content.decode()
    assert states(public) == ["PUBLISHED"]


def test_the_form_of_who_may_not_publish_refuses_a_forged_state(writer, trial):
    sent = opened(writer, change_url(trial))
    (problem,) = save(writer, change_url(trial), sent | {"state": ["PUBLISHED"]})
    assert problem.startswith("Select a valid choice.")
    assert save(writer, change_url(trial), sent | {"state": ["IN_REVIEW"]}) == []
    assert states(trial) == ["IN_REVIEW"]


def test_a_public_trial_is_edited_without_the_permission_to_publish(writer):
    public = making.trial(state="PUBLISHED")
    sent = opened(writer, change_url(public))
    assert sent["state"] == ["PUBLISHED"]
    assert save(writer, change_url(public), sent | {"acronym": ["NEW"]}) == []
    assert states(public) == ["PUBLISHED"]


def test_a_trial_in_review_has_no_page_and_what_is_changed_in_it_stays_inside(editor, client):
    waiting = making.trial(state="IN_REVIEW")
    address = change_url(waiting)
    assert client.get(waiting.get_absolute_url()).status_code == 404
    assert "View on site" not in editor.get(address).content.decode()
    assert save(editor, address, opened(editor, address) | {"acronym": ["INSIDE"]}) == []
    assert never_public(waiting.pk)
    assert models.Edit.objects.get(name="acronym").before_public
    for state in (State.PUBLISHED, State.IN_REVIEW):
        assert save(editor, address, opened(editor, address) | {"state": [state]}) == []
    assert not never_public(waiting.pk)
    assert save(editor, address, opened(editor, address) | {"acronym": ["SEEN"]}) == []
    assert not models.Edit.objects.get(name="acronym", new="SEEN").before_public


def test_the_list_of_trials_is_filtered_by_review(editor, trial):
    making.trial("waiting", state="IN_REVIEW")
    text = editor.get(f"{LIST}?state__exact=IN_REVIEW").content.decode()
    assert "A trial called waiting" in text
    assert trial.title not in text
