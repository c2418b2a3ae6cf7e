"""Actions on the list of trials that change what the public sees."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from trials.admin.preview import Bulk, Change, Plan, previewed
from trials.intake.editing import hold_all, note_states
from trials.models import Trial
from trials.models.choices import State
from trials.phrases import count
from trials.search.publishing import publishing, trials_changed

# More names than this make a message nobody reads.
NAMED = 10
# How many trials one request publishes or withdraws.
MOST_PUBLISHED = 500


@admin.action(description="Publish the selected trials…", permissions=["change"])
def publish(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> HttpResponse | None:
    """Makes drafts public and says which."""
    return _moved(modeladmin, request, trials, State.PUBLISHED, "Published", "public already")


@admin.action(description="Withdraw the selected trials to drafts…", permissions=["change"])
def withdraw(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> HttpResponse | None:
    """Takes public trials off the public pages and says which."""
    return _moved(modeladmin, request, trials, State.DRAFT, "Withdrawn to draft", "drafts already")


def _moved(
    modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial], state: State, done: str, before: str
) -> HttpResponse | None:
    bulk = Bulk(
        title="Publish trials" if state == State.PUBLISHED else "Withdraw trials to drafts",
        button="Publish" if state == State.PUBLISHED else "Withdraw",
        plan=partial(_plan, state=state, before=before),
        carry_out=partial(_carry_out, modeladmin, request, state, done),
        most=MOST_PUBLISHED,
    )
    return previewed(modeladmin, request, trials, bulk)


def _plan(trials: QuerySet[Trial], asked: Any, hold: bool, state: State, before: str) -> Plan:
    total = trials.count()
    moving = trials.exclude(state=state)
    left = max(0, (waiting := moving.count()) - MOST_PUBLISHED)
    keys = list(moving.order_by("pk").values_list("pk", flat=True)[:MOST_PUBLISHED])
    if hold:
        # Held in the order in which others hold several.
        hold_all(keys)
    # Told by their addresses.
    held = [trial for trial in Trial.objects.filter(pk__in=keys).order_by("slug") if trial.state != state]
    changes = tuple(
        Change(trial.pk, str(trial), trial_url(trial.pk), "State", State(trial.state).label, state.label)
        for trial in held
    )
    same = total - waiting
    unchanged = ((same, f"{'trial is' if same == 1 else 'trials are'} {before}"),) if same else ()
    return Plan(changes, unchanged, left, data=held)


def trial_url(key: int) -> str:
    return reverse("admin:trials_trial_change", args=[key])


def _carry_out(modeladmin: Any, request: HttpRequest, state: State, done: str, plan: Plan) -> None:
    moved: list[Trial] = plan.data
    with publishing():
        keys = [trial.pk for trial in moved]
        note_states({trial.pk: trial.state for trial in moved}, state, request.user)
        Trial.objects.filter(pk__in=keys).update(state=state, version=F("version") + 1, updated=timezone.now())
        trials_changed(*keys)
        LogEntry.objects.log_actions(request.user.pk, moved, CHANGE, change_message=f"{done}.")  # type: ignore[arg-type]
    modeladmin.message_user(request, f"{done}: {named(moved)}.", messages.SUCCESS)
    for total, why in plan.unchanged:
        modeladmin.message_user(request, f"{total} {why}.", messages.INFO)


def named(trials: list[Trial]) -> str:
    """The names of the first of these trials, and how many more there are."""
    names = ", ".join(str(trial) for trial in trials[:NAMED])
    return f"{names} and {count(len(trials) - NAMED, 'more trial')}" if len(trials) > NAMED else names
