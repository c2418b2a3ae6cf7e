"""What giving locked fields and lists back to the registry would change."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from trials.admin.locks import LockView, locks_url, views_of
from trials.admin.preview import Change, Plan
from trials.admin.words import lock_name
from trials.intake.editing import hold_all
from trials.intake.registry import original_of
from trials.models import Lock

# How many locks one request gives back: for each the trial's record is read anew.
MOST_GIVEN = 50


def plan_to_give_back(locks: QuerySet[Lock], asked: Any, hold: bool) -> Plan:
    """A line for each lock: what an editor made of the field or list, and what the registry makes of it."""
    total = locks.count()
    some = list(locks.select_related("trial").order_by("trial", "name")[:MOST_GIVEN])
    if hold:
        hold_all([lock.trial_id for lock in some])
    views: dict[tuple[int, str], LockView] = {}
    for trial in {lock.trial_id: lock.trial for lock in some}.values():
        views |= {(trial.pk, view.name): view for view in views_of(trial, original_of(trial))}
    # Those that somebody else gave back meanwhile have no view.
    changes = tuple(
        Change(lock.pk, str(lock.trial), locks_url(lock.trial), lock_name(lock.name), *_sides(view))
        for lock in some
        if (view := views.get((lock.trial_id, lock.name)))
    )
    return Plan(changes, (), total - len(some), data=[lock for lock in some if (lock.trial_id, lock.name) in views])


def _sides(view: LockView) -> tuple[str, str]:
    if not view.knows:
        return view.own or "locked", "unlocked: no registry’s value is stored, so it stays as it is"
    if not view.is_list:
        return view.own, view.registry
    rows = [f"changed: {row.title}" for row in view.changed] + [f"only here: {row.title}" for row in view.added]
    back = [f"as in the registry: {row.title}" for row in view.changed] + [f"back: {row.title}" for row in view.missing]
    return "\n".join([*rows, f"{view.same} the same"]), "\n".join([*back, f"{view.same} the same"])
