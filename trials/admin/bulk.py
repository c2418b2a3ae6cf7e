"""Actions on the list of trials that edit all of the selected ones alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from trials.admin.logged import logged
from trials.admin.preview import Bulk, Change, Plan, previewed
from trials.admin.publishing import named, trial_url
from trials.intake.bulk_edits import CERTAIN, accept_facts, add_condition, open_facts, remove_condition
from trials.intake.editing import hold_all
from trials.intake.reviewing import LISTS
from trials.models import Condition, Statement, Trial, TrialCondition
from trials.models.choices import FindingState
from trials.phrases import count
from trials.search.publishing import publishing

# How many trials one request edits: each costs some ten to thirty queries, for its edits, its card and its words.
MOST_EDITED = 100

_Rows = QuerySet[Trial]
_KEPT = "The registry’s own list stays on the registration. The lists are locked: imports leave them alone."


@admin.action(description="Add a condition to the selected trials…", permissions=["edit_conditions"])
def add_term(modeladmin: Any, request: HttpRequest, trials: _Rows) -> HttpResponse | None:
    bulk = Bulk(
        title="Add a condition to trials",
        button="Add the condition",
        plan=_plan_to_add,
        carry_out=partial(_with_term, modeladmin, request, add_condition, "Condition “{}” added"),
        most=MOST_EDITED,
        notes=(_KEPT,),
        form=_term_form(modeladmin),
    )
    return previewed(modeladmin, request, trials, bulk)


@admin.action(description="Take a condition from the selected trials…", permissions=["edit_conditions"])
def take_term(modeladmin: Any, request: HttpRequest, trials: _Rows) -> HttpResponse | None:
    bulk = Bulk(
        title="Take a condition from trials",
        button="Take the condition away",
        plan=_plan_to_take,
        carry_out=partial(_with_term, modeladmin, request, remove_condition, "Condition “{}” taken away"),
        most=MOST_EDITED,
        notes=("The words stay as the source wrote them; they no longer count as this condition.", _KEPT),
        form=_term_form(modeladmin),
    )
    return previewed(modeladmin, request, trials, bulk)


@admin.action(description="Accept what was read in the selected trials…", permissions=["review"])
def accept(modeladmin: Any, request: HttpRequest, trials: _Rows) -> HttpResponse | None:
    bulk = Bulk(
        title="Accept what was read",
        button="Accept all of these",
        plan=_plan_to_accept,
        carry_out=partial(_accepted, modeladmin, request),
        most=MOST_EDITED,
        notes=(
            "Accepting says that you have looked at the passages. What sources disagree on is left to be looked at by "
            "itself. Nothing is locked by this.",
        ),
    )
    return previewed(modeladmin, request, trials, bulk)


def may_edit_conditions(request: HttpRequest) -> bool:
    return request.user.has_perms(("trials.change_trial", "trials.add_trialcondition", "trials.change_trialcondition"))


def may_review(request: HttpRequest) -> bool:
    models: tuple[type[Any], ...] = (Trial, Statement, *LISTS.values())
    names = (f"trials.change_{model._meta.model_name}" for model in models)
    return request.user.has_perms(tuple(names))


# A condition ------------------------------------------------------------------------------------------------------


def _term_form(modeladmin: Any) -> type[forms.Form]:
    column: Any = TrialCondition._meta.get_field("condition")
    widget = AutocompleteSelect(column, modeladmin.admin_site)
    term = forms.ModelChoiceField(Condition.objects.all(), label="Condition", widget=widget)
    return type("TermForm", (forms.Form,), {"term": term})


def _has(term: Condition) -> Exists:
    return Exists(TrialCondition.objects.filter(trial=OuterRef("pk"), condition=term))


def _plan_to_add(trials: _Rows, asked: Any, hold: bool) -> Plan:
    term = asked["term"]

    def change(trial: Trial, rows: Sequence[TrialCondition]) -> tuple[str, str]:
        return _words(rows), _words([*rows, TrialCondition(wording=term.label, condition=term)])

    return _plan(trials, trials.exclude(_has(term)), hold, change, term, f"“{term}” already")


def _plan_to_take(trials: _Rows, asked: Any, hold: bool) -> Plan:
    term = asked["term"]

    def change(trial: Trial, rows: Sequence[TrialCondition]) -> tuple[str, str]:
        own = [row for row in rows if row.condition == term]
        return _words(own), _words([TrialCondition(wording=row.wording) for row in own])

    return _plan(trials, trials.filter(_has(term)), hold, change, term, f"no “{term}”")


def _plan(
    trials: _Rows,
    changing: _Rows,
    hold: bool,
    change: Callable[[Trial, Sequence[TrialCondition]], tuple[str, str]],
    term: Condition,
    why: str,
) -> Plan:
    total, waiting = trials.count(), changing.count()
    keys = list(changing.order_by("pk").values_list("pk", flat=True)[:MOST_EDITED])
    if hold:
        hold_all(keys)
    rows: dict[int, list[TrialCondition]] = {}
    for row in TrialCondition.objects.filter(trial__in=keys).select_related("condition").order_by("order", "pk"):
        rows.setdefault(row.trial_id, []).append(row)
    changes = []
    for trial in Trial.objects.filter(pk__in=keys).order_by("slug"):
        old, new = change(trial, rows.get(trial.pk, []))
        changes.append(Change(trial.pk, str(trial), trial_url(trial.pk), "Conditions", old, new))
    same = total - waiting
    unchanged = ((same, f"{'trial has' if same == 1 else 'trials have'} {why}"),) if same else ()
    return Plan(tuple(changes), unchanged, waiting - len(keys), data=term)


def _words(rows: Sequence[TrialCondition]) -> str:
    """A line each: the words, and the term that they mean where it is called otherwise."""
    return "\n".join(_line(row) for row in rows)


def _line(row: TrialCondition) -> str:
    if row.condition is None:
        return f"{row.wording} (no term)"
    return row.wording if row.wording == row.condition.label else f"{row.wording} ({row.condition})"


def _with_term(modeladmin: Any, request: HttpRequest, edit: Callable[..., None], done: str, plan: Plan) -> None:
    with publishing():
        edit(plan.records, plan.data, request.user)
        done = done.format(plan.data)
        _told(modeladmin, request, plan, done, f"{done}.")


# Facts ------------------------------------------------------------------------------------------------------------


def _plan_to_accept(trials: _Rows, asked: Any, hold: bool) -> Plan:
    total = trials.count()
    open_ones = trials.filter(_has_open_facts())
    waiting = open_ones.count()
    keys = list(open_ones.order_by("pk").values_list("pk", flat=True)[:MOST_EDITED])
    if hold:
        hold_all(keys)
    changes, conflicts = [], 0
    for name, row in sorted(open_facts(keys), key=lambda fact: fact[1].trial.slug):
        if row.evidence_state == FindingState.CONFLICTING:
            conflicts += 1
            continue
        what = capfirst(str(LISTS[name]._meta.verbose_name))
        old = f"{row}\nnot reviewed"
        changes.append(
            Change(row.trial_id, str(row.trial), trial_url(row.trial_id), what, old, "accepted by you, today")
        )
    unchanged = []
    if same := total - waiting:
        unchanged.append((same, f"{'trial has' if same == 1 else 'trials have'} nothing to accept in this way"))
    if conflicts:
        unchanged.append(
            (conflicts, f"{'fact is' if conflicts == 1 else 'facts are'} in conflict, to be looked at one by one")
        )
    return Plan(tuple(changes), tuple(unchanged), waiting - len(keys))


def _has_open_facts() -> Any:
    found = Q()
    for model in LISTS.values():
        rows: Any = model._default_manager.filter(CERTAIN, trial=OuterRef("pk"))
        found |= Q(Exists(rows))
    return found


def _accepted(modeladmin: Any, request: HttpRequest, plan: Plan) -> None:
    with publishing():
        accept_facts(plan.records, request.user)
        done = f"Accepted {count(len(plan.changes), 'fact')}"
        _told(modeladmin, request, plan, done, "Accepted what was read.")


def _told(modeladmin: Any, request: HttpRequest, plan: Plan, done: str, log: str) -> None:
    """Logs what was done on each trial's own history, and says it."""
    trials = list(Trial.objects.filter(pk__in=plan.records).order_by("slug"))
    logged(request, trials, log)
    modeladmin.message_user(request, f"{done}: {named(trials)}.", messages.SUCCESS)
    for total, why in plan.unchanged:
        modeladmin.message_user(request, f"{total} {why}.", messages.INFO)
