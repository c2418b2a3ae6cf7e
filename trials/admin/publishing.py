"""Which states an editor may give to trials, and the actions on the list of trials that do it.

Whoever may change a trial sends a draft to review and takes it back. What the public sees, and what it no longer sees,
is decided by who has the permission `publish_trial`, of their own work too.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from trials.intake.editing import note_states
from trials.models import Trial
from trials.models.choices import State
from trials.phrases import count
from trials.search.publishing import publishing, trials_changed

PERMISSION = "trials.publish_trial"
# More names than this make a message nobody reads.
NAMED = 10


def may_publish(user: Any) -> bool:
    return bool(user.has_perm(PERMISSION))


def states_from(state: str, is_publisher: bool) -> list[State]:
    """The states that a trial in `state` may be given, its own among them, by somebody who may change it."""
    if is_publisher:
        return list(State)
    return [State.PUBLISHED] if state == State.PUBLISHED else [State.DRAFT, State.IN_REVIEW]


@admin.action(description="Send the selected drafts to review", permissions=["change"])
def send_to_review(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> None:
    """Hands drafts over to those who publish, and says which."""
    _move(modeladmin, request, trials, {State.DRAFT}, State.IN_REVIEW, "Sent to review", "no draft")


@admin.action(description="Publish the selected trials", permissions=["publish"])
def publish(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> None:
    """Makes trials public and says which."""
    _move(modeladmin, request, trials, {State.DRAFT, State.IN_REVIEW}, State.PUBLISHED, "Published", "public already")


@admin.action(description="Withdraw the selected trials to drafts", permissions=["change"])
def withdraw(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> None:
    """Takes trials back from review, or off the public pages, and says which."""
    if may_publish(request.user):
        sources, before = {State.IN_REVIEW, State.PUBLISHED}, "drafts already"
    else:
        sources, before = {State.IN_REVIEW}, "drafts already, or public ones, which only who may publish can withdraw"
    _move(modeladmin, request, trials, sources, State.DRAFT, "Withdrawn to draft", before)


def _move(
    modeladmin: Any,
    request: HttpRequest,
    trials: QuerySet[Trial],
    sources: set[State],
    state: State,
    done: str,
    not_: str,
) -> None:
    """Gives `state` to those trials that are in one of the `sources`; `not_`: what the others are."""
    with publishing():
        total = trials.count()
        moving = trials.filter(state__in=sources)
        # Held in the order in which others hold several; told by their addresses.
        moved = sorted(moving.select_for_update(of=("self",)).order_by("pk"), key=lambda trial: trial.slug)
        moving.order_by().update(state=state, version=F("version") + 1, updated=timezone.now())
        note_states({trial.pk: trial.state for trial in moved}, state, request.user)
        trials_changed(*(trial.pk for trial in moved))
        LogEntry.objects.log_actions(request.user.pk, moved, CHANGE, change_message=f"{done}.")  # type: ignore[arg-type]
    if moved:
        names = ", ".join(str(trial) for trial in moved[:NAMED])
        more = f" and {count(len(moved) - NAMED, 'more trial')}" if len(moved) > NAMED else ""
        modeladmin.message_user(request, f"{done}: {names}{more}.", messages.SUCCESS)
    if left := total - len(moved):
        verb = "was" if left == 1 else "were"
        modeladmin.message_user(request, f"{count(left, 'trial')} {verb} {not_}.", messages.INFO)
