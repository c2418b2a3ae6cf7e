"""Which states an editor may give to trials, and the actions on the list of trials that do it.

Whoever may change a trial sends a draft to review and takes it back. What the public sees, and what it no longer sees,
is decided by who has the permission `publish_trial`, of their own work too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from trials.admin.logged import logged
from trials.admin.preview import Bulk, Change, Plan, previewed
from trials.intake.editing import hold_all, note_states
from trials.models import Trial
from trials.models.choices import State
from trials.phrases import count
from trials.search.publishing import publishing, trials_changed

PERMISSION = "trials.publish_trial"
# More names than this make a message nobody reads.
NAMED = 10
# How many trials one request publishes or withdraws.
MOST_PUBLISHED = 500


def may_publish(user: Any) -> bool:
    return bool(user.has_perm(PERMISSION))


def states_from(state: str, is_publisher: bool) -> list[State]:
    """The states that a trial in `state` may be given, its own among them, by somebody who may change it."""
    if is_publisher:
        return list(State)
    return [State.PUBLISHED] if state == State.PUBLISHED else [State.DRAFT, State.IN_REVIEW]


@dataclass(frozen=True)
class Move:
    """A new state for trials that are in one of `sources`. `done` and `before` say what became of them, and what the
    others are; `title` and `button` head and end the page that shows it before."""

    sources: frozenset[State]
    state: State
    title: str
    button: str
    done: str
    before: str


_REVIEW = Move(
    frozenset({State.DRAFT}),
    State.IN_REVIEW,
    "Send drafts to review",
    "Send to review",
    "Sent to review",
    "not in draft",
)
_PUBLISH = Move(
    frozenset({State.DRAFT, State.IN_REVIEW}),
    State.PUBLISHED,
    "Publish trials",
    "Publish",
    "Published",
    "public already",
)
_WITHDRAW = Move(
    frozenset({State.IN_REVIEW, State.PUBLISHED}),
    State.DRAFT,
    "Withdraw trials to drafts",
    "Withdraw",
    "Withdrawn to draft",
    "in draft already",
)
_TAKE_BACK = replace(
    _WITHDRAW,
    sources=frozenset({State.IN_REVIEW}),
    before="in draft already, or public, which only who may publish can withdraw",
)


@admin.action(description="Send the selected drafts to review…", permissions=["change"])
def send_to_review(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> HttpResponse | None:
    """Hands drafts over to those who publish, and says which."""
    return _moved(modeladmin, request, trials, _REVIEW)


@admin.action(description="Publish the selected trials…", permissions=["publish"])
def publish(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> HttpResponse | None:
    """Makes trials public and says which."""
    return _moved(modeladmin, request, trials, _PUBLISH)


@admin.action(description="Withdraw the selected trials to drafts…", permissions=["change"])
def withdraw(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial]) -> HttpResponse | None:
    """Takes trials back from review, or off the public pages, and says which."""
    return _moved(modeladmin, request, trials, _WITHDRAW if may_publish(request.user) else _TAKE_BACK)


def _moved(modeladmin: Any, request: HttpRequest, trials: QuerySet[Trial], move: Move) -> HttpResponse | None:
    bulk = Bulk(
        title=move.title,
        button=move.button,
        plan=partial(_plan, move=move),
        carry_out=partial(_carry_out, modeladmin, request, move),
        most=MOST_PUBLISHED,
    )
    return previewed(modeladmin, request, trials, bulk)


def _plan(trials: QuerySet[Trial], asked: Any, hold: bool, move: Move) -> Plan:
    total = trials.count()
    moving = trials.filter(state__in=move.sources)
    left = max(0, (waiting := moving.count()) - MOST_PUBLISHED)
    keys = list(moving.order_by("pk").values_list("pk", flat=True)[:MOST_PUBLISHED])
    if hold:
        # Held in the order in which others hold several.
        hold_all(keys)
    # Told by their addresses.
    held = [trial for trial in Trial.objects.filter(pk__in=keys).order_by("slug") if trial.state in move.sources]
    changes = tuple(
        Change(trial.pk, str(trial), trial_url(trial.pk), "State", State(trial.state).label, move.state.label)
        for trial in held
    )
    same = total - waiting
    unchanged = ((same, f"{'trial is' if same == 1 else 'trials are'} {move.before}"),) if same else ()
    return Plan(changes, unchanged, left, data=held)


def trial_url(key: int) -> str:
    return reverse("admin:trials_trial_change", args=[key])


def _carry_out(modeladmin: Any, request: HttpRequest, move: Move, plan: Plan) -> None:
    moved: list[Trial] = plan.data
    with publishing():
        keys = [trial.pk for trial in moved]
        note_states({trial.pk: trial.state for trial in moved}, move.state, request.user)
        Trial.objects.filter(pk__in=keys).update(state=move.state, version=F("version") + 1, updated=timezone.now())
        trials_changed(*keys)
        logged(request, moved, f"{move.done}.")
    modeladmin.message_user(request, f"{move.done}: {named(moved)}.", messages.SUCCESS)
    for total, why in plan.unchanged:
        modeladmin.message_user(request, f"{total} {why}.", messages.INFO)


def named(trials: list[Trial]) -> str:
    """The names of the first of these trials, and how many more there are."""
    names = ", ".join(str(trial) for trial in trials[:NAMED])
    return f"{names} and {count(len(trials) - NAMED, 'more trial')}" if len(trials) > NAMED else names
