"""Which row of a list that a trial holds is which row of its record, so that a row that changed keeps its number."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Model, Q

from trials.intake.content import CELL_TYPES, IDENTITY, NAMELESS, Row
from trials.models import CellProduct, Dose, PlanNote, Sponsorship, Statement, TrialArea, TrialCondition

_PLAIN = {type(None), bool, int, float, str}
# By what rows are told apart where they are not the same in everything: the first that fits decides.
_TOLD_BY: dict[type[Model], tuple[tuple[str, ...], ...]] = {model: (names,) for model, names in IDENTITY.items()} | {
    TrialCondition: (("wording",),),
    TrialArea: (("wording",),),
    Sponsorship: (("organisation_id", "role"),),
    # Another product in the same place is another product.
    CellProduct: (("name", CELL_TYPES), ("name",), ("order", CELL_TYPES)),
    Dose: (("label", "as_written", "route_id"), ("order",)),
    PlanNote: (("kind", "text"), ("kind",)),
    Statement: (("field", "value"), ("field",)),
}


def held_rows(model: type[Model], trials: Collection[int], where: Q | None = None) -> dict[int, list[Row]]:
    """The rows of one list of some trials, as columns, in their order; products with their cell types."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    if trials:
        columns = [column.attname for column in model._meta.concrete_fields]
        rows = model._base_manager.filter(where or Q(), trial__in=trials).order_by("order", "pk").values(*columns)
        for row in rows:
            found[row["trial_id"]].append(row)
    if model is CellProduct:
        _add_cell_types([row for rows in found.values() for row in rows])
    return found


def _add_cell_types(products: Sequence[Row]) -> None:
    by_number = {row["id"]: row for row in products}
    for row in products:
        row[CELL_TYPES] = []
    links = CellProduct.cell_types.through.objects.filter(cellproduct__in=list(by_number)).order_by("celltype_id")
    for product, term in links.values_list("cellproduct_id", "celltype_id"):
        by_number[product][CELL_TYPES].append(term)


def paired(
    model: type[Model], wanted: Sequence[Row], held: Sequence[Row]
) -> tuple[list[tuple[Row, Row | None]], list[int]]:
    """Pairs every wanted row with a held one: the same row, else one of the same identity, else none; and the numbers
    of the unused ones."""
    content = [name for name in wanted[0] if _is_content(name)] if wanted else []
    pairs: list[Row | None] = [None] * len(wanted)
    left = list(held)
    for names in (content, *_TOLD_BY[model]):
        if not left or not wanted:
            break
        by_key: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for own in reversed(left):
            by_key[_key(own, names)].append(own)
        for place, row in enumerate(wanted):
            if pairs[place] is None and (found := by_key.get(_key(row, names))) and _tells(model, row, names):
                pairs[place] = found.pop()
        left = [own for rows in by_key.values() for own in rows]
        left.sort(key=_place)
    return list(zip(wanted, pairs, strict=True)), [own["id"] for own in left]


def _is_content(name: str) -> bool:
    return name == CELL_TYPES or (name[0] != "@" and name not in ("order", "trial_id"))


def _tells(model: type[Model], row: Row, names: Sequence[str]) -> bool:
    """Whether these columns tell a row from others. Two products without a name, or without cell types, may differ."""
    if model is not CellProduct or names not in _TOLD_BY[CellProduct][1:]:
        return True
    return bool(row[CELL_TYPES]) if CELL_TYPES in names else row["name"] != NAMELESS


def _place(row: Row) -> tuple[int, int]:
    return row["order"], row["id"]


def _key(row: Row, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple([comparable(row[name]) for name in names])


def comparable(value: Any) -> Any:
    """A value as both the record and the table can have it: dates as text, lists as JSON."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True)
    return str(value)


def is_reviewed(row: Row) -> bool:
    """Whether an editor looked at a row of what was read."""
    return row.get("reviewed_on") is not None or row.get("reviewed_by_id") is not None
