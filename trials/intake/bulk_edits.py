"""One edit made to many trials: a condition added or taken away, facts accepted. Each trial's by the one door of edits.

The caller holds the trials (`editing.hold_all`) and has planned which of them change, in its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Max

from trials.intake.editing import note, state_of
from trials.intake.history import look, record
from trials.intake.reviewing import LISTS, accept_rows
from trials.models import Condition, TrialCondition
from trials.models.choices import MomentKind
from trials.models.finding import IN_CONFLICT, UNREVIEWED

# What can be accepted without choosing between sources.
CERTAIN = UNREVIEWED & ~IN_CONFLICT


def add_condition(trials: Iterable[int], condition: Condition, by: Any) -> None:
    """Adds a condition to the end of each trial's list, in the term's own words; the lists are `by`'s from now on."""

    def add(trial: int) -> None:
        last = TrialCondition.objects.filter(trial=trial).aggregate(last=Max("order"))["last"] or 0
        TrialCondition.objects.create(trial_id=trial, order=last + 1, wording=condition.label, condition=condition)

    _edit(trials, ["conditions"], add, by)


def remove_condition(trials: Iterable[int], condition: Condition, by: Any) -> None:
    """Takes a term from the words of each trial; the words stay as the source wrote them."""
    _edit(
        trials,
        ["conditions"],
        lambda trial: TrialCondition.objects.filter(trial=trial, condition=condition).update(condition=None),
        by,
    )


def open_facts(trials: Collection[int]) -> Iterator[tuple[str, Any]]:
    """(name of its list, row) of all that was read in these trials and that nobody has reviewed, trial by trial.

    Conflicts are among them. Whoever accepts a product or a dose accepts the statements of it, which are no facts here.
    """
    for name, model in LISTS.items():
        rows = model._default_manager.filter(UNREVIEWED, trial__in=trials).order_by("trial", "order", "pk")
        yield from ((name, row) for row in rows.select_related("trial"))


def accept_facts(trials: Iterable[int], by: Any) -> None:
    """Notes that `by` accepts all that was read and is not reviewed yet, but for what sources disagree on.

    Looking at a fact does not make it an editor's, so no list is locked by this.
    """

    def accept(trial: int) -> None:
        for model in LISTS.values():
            accept_rows(model._base_manager.filter(CERTAIN, trial=trial), by)

    # Not the statements: they are noted only where somebody edits what they say, which would lock what they are of.
    _edit(trials, LISTS, accept, by)


def _edit(trials: Iterable[int], names: Collection[str], change: Callable[[int], Any], by: Any) -> None:
    """One look at all of the trials before and one after, for their history: it costs dozens of queries."""
    keys = sorted(trials)
    wholes = look(keys)
    before = {trial: state_of(trial, names, whole=False) for trial in keys}
    for trial in keys:
        change(trial)
    moments = record(wholes, look(keys), by, MomentKind.EDITED)
    for trial in keys:
        note(trial, before[trial], state_of(trial, names, whole=False), by, moment=moments.get(trial))
