"""Actions on the list of trials that change what the public sees."""

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

# More names than this make a message nobody reads.
NAMED = 10


@admin.action(description="Publish the selected trials", permissions=["change"])
def publish(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> None:
    """Makes drafts public and says which."""
    _move(modeladmin, request, trials, State.PUBLISHED, "Published", "public already")


@admin.action(description="Withdraw the selected trials to drafts", permissions=["change"])
def withdraw(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> None:
    """Takes public trials off the public pages and says which."""
    _move(modeladmin, request, trials, State.DRAFT, "Withdrawn to draft", "drafts already")


def _move(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial], state: State, done: str, before: str) -> None:
    with publishing():
        total = trials.count()
        moving = trials.exclude(state=state)
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
        modeladmin.message_user(request, f"{count(left, 'trial')} {verb} {before}.", messages.INFO)
