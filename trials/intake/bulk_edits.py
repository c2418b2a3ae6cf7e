"""One edit made to many trials: a condition added or taken away, facts accepted. Each trial's by the one door of edits.

The caller holds the trials (`editing.hold_all`) and has planned which of them change, in its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from trials.intake.editing import note, state_of
from trials.intake.fact_lists import READ
from trials.models import CellProduct, Condition, Dose, PlanNote, Statement, TrialCondition
from trials.models.choices import FindingState, Origin

# What is read from texts, by the names of its lists.
FACTS: dict[str, type[Any]] = {
    "products": CellProduct,
    "doses": Dose,
    "plannotes": PlanNote,
    "statements": Statement,
}
# What was read and nobody has reviewed, and what of it can be accepted without choosing between sources.
_OPEN = Q(reviewed_on=None) & ~Q(origin=Origin.EDITOR)
CERTAIN = _OPEN & ~Q(evidence_state=FindingState.CONFLICTING)


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
    for name, model in FACTS.items():
        if model is not Statement:
            rows = model.objects.filter(_OPEN, trial__in=trials).order_by("trial", "order", "pk")
            yield from ((name, row) for row in rows.select_related("trial"))


def accept_facts(trials: Iterable[int], by: Any) -> None:
    """Notes that `by` accepts all that was read and is not reviewed yet, but for what sources disagree on.

    Looking at a fact does not make it an editor's, so no list is locked by this.
    """
    reviewed = {"reviewed_by": by, "reviewed_on": timezone.localdate()}

    def accept(trial: int) -> None:
        for name, column in (("products", "product"), ("doses", "dose"), ("plannotes", "")):
            rows = FACTS[name].objects.filter(CERTAIN, trial=trial)
            if column:
                of = {f"{column}__in": list(rows.values_list("pk", flat=True))}
                Statement.objects.filter(READ, **of).update(**reviewed)
            rows.update(**reviewed)

    # Not the statements: they are noted only where somebody edits what they say, which would lock what they are of.
    _edit(trials, [name for name in FACTS if name != "statements"], accept, by)


def _edit(trials: Iterable[int], names: Collection[str], change: Callable[[int], Any], by: Any) -> None:
    for trial in sorted(trials):
        before = state_of(trial, names)
        change(trial)
        note(trial, before, state_of(trial, names), by)
