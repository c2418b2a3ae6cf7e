"""Makes what rules look at: from the tables, in one query for each, or from rows that were written just now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from trials import models
from trials.models.choices import AbsenceReason
from trials.quality.rules import facts
from trials.quality.rules.facts import Facts
from trials.records import PartialDate

Row = Mapping[str, Any]

# The lists of `Facts` with their tables.
_LISTS: Mapping[str, tuple[type[Any], type[Any]]] = {
    "registrations": (models.Registration, facts.RegistrationFields),
    "identifiers": (models.Identifier, facts.IdentifierFields),
    "related": (models.RelatedRecord, facts.RelatedFields),
    "conditions": (models.TrialCondition, facts.ConditionFields),
    "areas": (models.TrialArea, facts.AreaFields),
    "interventions": (models.Intervention, facts.InterventionFields),
    "products": (models.CellProduct, facts.ProductFields),
    "arms": (models.Arm, facts.ArmFields),
    "doses": (models.Dose, facts.DoseFields),
    "criteria": (models.Criterion, facts.CriterionFields),
    "outcomes": (models.Outcome, facts.OutcomeFields),
    "sites": (models.Site, facts.SiteFields),
    "statements": (models.Statement, facts.StatementFields),
}
# What this copy leaves out, or had not loaded when it was made.
_NOT_KEPT = (AbsenceReason.NOT_KEPT, AbsenceReason.NOT_LOADED)
# Not a column: whether some cell type stands for a product.
_HAS_CELL_TYPE = "has_cell_type"
_DATES = (
    "status_verified", "start_date", "primary_completion_date", "completion_date", "first_posted", "last_update_posted",
)  # fmt: skip


def read(trials: Collection[int]) -> dict[int, Facts]:
    """These trials by their numbers; those that are gone are left out."""
    own = models.Trial.objects.filter(pk__in=trials).values_list(*facts.TrialFields._fields)
    rows = {row.id: row for row in map(facts.TrialFields._make, own)}
    lists: dict[int, dict[str, list[Any]]] = {pk: {name: [] for name in _LISTS} for pk in rows}
    for name, (model, kind) in _LISTS.items():
        columns = [column for column in kind._fields if column != _HAS_CELL_TYPE]
        held = model._default_manager.filter(trial__in=list(rows)).order_by(*model._meta.ordering)
        # Only what texts disagree on is looked at.
        held = held.filter(evidence_state="CONFLICTING") if model is models.Statement else held
        for trial, *values in held.values_list("trial_id", *columns):
            lists[trial][name].append(kind(*values))
    _mark_cell_types(lists.values())
    gaps: dict[int, set[str]] = {}
    absent = models.Absence.objects.filter(trial__in=list(rows), reason__in=_NOT_KEPT).order_by()
    for trial, name in absent.values_list("trial_id", "field"):
        gaps.setdefault(trial, set()).add(name)
    return {pk: _facts(row, lists[pk], gaps.get(pk, ())) for pk, row in rows.items()}


def _facts(row: facts.TrialFields, lists: dict[str, Any], gaps: Iterable[str]) -> Facts:
    return Facts(row, **lists, not_kept=frozenset(gaps))


def _mark_cell_types(lists: Iterable[dict[str, list[Any]]]) -> None:
    """Says of every product whether a cell type stands for it."""
    with_products = [own for own in lists if own["products"]]
    numbers = [product.id for own in with_products for product in own["products"]]
    through: Any = models.CellProduct.cell_types.through
    known = set(through.objects.filter(cellproduct__in=numbers).order_by().values_list("cellproduct_id", flat=True))
    for own in with_products:
        own["products"] = [product._replace(has_cell_type=product.id in known) for product in own["products"]]


def handed(trial: Row, lists: Mapping[type[Any], Sequence[Row]]) -> Facts:
    """A trial from what was just written: see `search.rows.handed`."""
    own: dict[str, Any] = {name: _made(name, lists.get(model, ())) for name, (model, _) in _LISTS.items()}
    dates = {name: PartialDate.parse(text) for name in _DATES if (text := trial.get(name))}
    row = facts.TrialFields._make(map({**trial, **dates}.get, facts.TrialFields._fields, _defaults(facts.TrialFields)))
    gaps = (row["field"] for row in lists.get(models.Absence, ()) if row["reason"] in _NOT_KEPT)
    return _facts(row, own, gaps)


def _made(name: str, written: Sequence[Row]) -> Sequence[Any]:
    if not written:
        return ()
    model, kind = _LISTS[name]
    columns: Any = kind
    names, defaults = columns._fields, _defaults(columns)
    if model is models.Statement:
        written = [row for row in written if row["evidence_state"] == "CONFLICTING"]
    elif model is models.Criterion:
        # Inclusion before exclusion, as the table is read.
        written = sorted(written, key=itemgetter("kind"), reverse=True)
    elif model is models.CellProduct:
        written = [{**row, _HAS_CELL_TYPE: bool(row.get("cell_types"))} for row in written]
    elif model is models.Registration:
        written = [{**row, "fetched": _date(row.get("fetched"))} for row in written]
    return [kind._make(map(row.get, names, defaults)) for row in written]


@cache
def _defaults(kind: Any) -> tuple[Any, ...]:
    return tuple(kind._field_defaults[name] for name in kind._fields)


def _date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None
