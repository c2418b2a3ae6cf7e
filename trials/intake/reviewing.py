"""Facts that were read from texts, accepted or rejected by an editor, one or many: the same as in the trial's form."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from trials.intake.applying import FACTS
from trials.intake.editing import hold, note, state_of
from trials.intake.fact_lists import READ
from trials.intake.registry import Meanwhile
from trials.models import CellProduct, Dose, Statement
from trials.models.finding import UNREVIEWED
from trials.models.trial import TrialRow
from trials.search.publishing import publishing

# The lists that hold facts, by name: `products`.
LISTS: Mapping[str, type[TrialRow]] = {name: model for model, name in FACTS.items()}  # type: ignore[misc]
# What read attributes are stated of.
_OWNS: Mapping[type[TrialRow], str] = {CellProduct: "product", Dose: "dose"}


class FactId(NamedTuple):
    """A row of one of the lists of facts; `products.12` in addresses and forms."""

    name: str
    pk: int

    def __str__(self) -> str:
        return f"{self.name}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> FactId | None:
        name, _, pk = text.partition(".")
        return cls(name, int(pk)) if name in LISTS and pk.isascii() and pk.isdecimal() and len(pk) < 19 else None


class Named(Exception):  # noqa: N818 (says what is so)
    """A fact cannot be rejected by itself; the sentence says why and what to do."""


def accept_all(ids: Iterable[FactId], by: Any) -> int:
    """Notes that `by` looked at these facts, trial by trial, each in its own transaction; how many were accepted.

    What is gone, was reviewed or corrected meanwhile is passed over. An accepted row stays as it is, and is nobody's.
    """
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for name, pk in ids:
        wanted[name].add(pk)
    by_trial: defaultdict[int, dict[str, list[int]]] = defaultdict(dict)
    for name, keys in wanted.items():
        for trial, pk in LISTS[name]._base_manager.filter(UNREVIEWED, pk__in=keys).values_list("trial", "pk"):
            by_trial[trial].setdefault(name, []).append(pk)
    return sum(_accept(trial, lists, by) for trial, lists in sorted(by_trial.items()))


def _accept(trial: int, lists: Mapping[str, list[int]], by: Any) -> int:
    with publishing():
        if hold(trial) is None:
            return 0
        before = state_of(trial, lists)
        rows = (LISTS[name]._base_manager.filter(UNREVIEWED, trial=trial, pk__in=keys) for name, keys in lists.items())
        accepted = sum(accept_rows(some, by) for some in rows)
        note(trial, before, state_of(trial, lists), by)
        return accepted


def accept_rows(rows: QuerySet[Any], by: Any) -> int:
    """Writes that `by` looked at these facts of one list; how many. The caller holds their trials, and notes it."""
    keys, on = list(rows.values_list("pk", flat=True)), timezone.localdate()
    accept_statements(rows.model, keys, by, on)
    return rows.model._base_manager.filter(pk__in=keys).update(reviewed_by=by, reviewed_on=on)


def accept_statements(model: type[Any], keys: Collection[int], by: Any, on: dt.date) -> None:
    """Who accepts a product or a dose accepts what was read of its attributes."""
    if owner := _OWNS.get(model):
        Statement.objects.filter(READ, **{f"{owner}__in": keys}).update(reviewed_by=by, reviewed_on=on)


def goes_with(row: TrialRow) -> list[Dose]:
    """The doses that are rejected with a product."""
    return list(row.doses.select_related("route")) if isinstance(row, CellProduct) else []


def reject(fact: FactId, by: Any, version: int | None) -> int:
    """Deletes a fact, a product with its doses; `by` owns the lists from now on, so that none comes back. Rows gone.

    Meanwhile if the trial is not at `version` any longer, or the fact is gone; Named if an editor's statement is of it.
    """
    with publishing():
        found = LISTS[fact.name]._base_manager.filter(pk=fact.pk).first()
        trial = hold(found.trial_id) if found else None
        row = LISTS[fact.name]._base_manager.filter(pk=fact.pk, trial=trial).first() if trial else None
        if trial is None or row is None or trial.version != version:
            raise Meanwhile
        doses = goes_with(row)
        _refuse_losses([row, *doses])
        names = [fact.name, *(["doses"] if doses else [])]
        before = state_of(trial.pk, names)
        for gone in (*doses, row):
            gone.delete()
        note(trial.pk, before, state_of(trial.pk, names), by)
        return 1 + len(doses)


def _refuse_losses(rows: Iterable[Any]) -> None:
    """What people stated of a row would go with it, unseen."""
    for row in rows:
        owner = _OWNS.get(type(row))
        said = Statement.objects.filter(**{owner: row}).exclude(READ).first() if owner else None
        if said:
            raise Named(
                f"Nothing was rejected: an editor stated something of “{row}” ({said.words}). Delete that statement in "
                "the trial’s form first, or let it name another."
            )
