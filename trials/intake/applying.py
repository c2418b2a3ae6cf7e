"""Makes trials and their lists what their records say, writing only what differs and nothing that an editor owns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q
from django.utils import timezone

from trials.intake.content import CELL_TYPES, Content, Row
from trials.intake.pairing import comparable, held_rows, is_reviewed, paired
from trials.models import (
    Absence,
    Arm,
    CellProduct,
    Contact,
    Criterion,
    Dose,
    Identifier,
    Intervention,
    Outcome,
    PlanNote,
    Reference,
    RelatedRecord,
    Site,
    Sponsorship,
    Statement,
    Trial,
    TrialArea,
    TrialCondition,
    bulk,
)
from trials.search.publishing import trials_changed

# Every list of a trial, in the order of writing (a row comes after those it points to), with the name of its lock.
LISTS: dict[type[Model], str] = {
    Intervention: "interventions",
    Arm: "arms",
    Criterion: "criteria",
    Outcome: "outcomes",
    Site: "sites",
    Contact: "contacts",
    Identifier: "identifiers",
    Reference: "references",
    RelatedRecord: "relatedrecords",
    Absence: "absences",
    TrialCondition: "conditions",
    TrialArea: "areas",
    Sponsorship: "sponsorships",
}
# The lists that are read from a record's texts. A record whose texts were not read says nothing of them.
FACTS: dict[type[Model], str] = {CellProduct: "products", Dose: "doses", PlanNote: "plannotes"}
LINKS: dict[str, type[Model]] = {
    "@parent_id": Criterion,
    "@site_id": Site,
    "@intervention_id": Intervention,
    "@arm_id": Arm,
    "@product_id": CellProduct,
    "@dose_id": Dose,
}
# Rows that go with the one they are of.
_GO_WITH: dict[type[Model], tuple[tuple[type[Model], str], ...]] = {
    CellProduct: ((Dose, "product"), (Statement, "product")),
    Dose: ((Statement, "dose"),),
}
# Who names rows of a list, and how.
_NAMED_BY: dict[type[Model], tuple[tuple[type[Model], str], ...]] = {
    Intervention: ((Arm, "interventions"), (CellProduct, "intervention")),
    Arm: ((Dose, "arm"), (PlanNote, "arm")),
    CellProduct: ((Dose, "product"),),
    Site: ((Contact, "site"),),
}


@dataclass
class Target:
    """A trial and what it should hold. `locked` names the fields and lists that belong to an editor.

    `reviewed` are the rows that an editor looked at: they stay as they are, whatever the record says.
    """

    trial: int
    content: Content
    is_new: bool
    locked: frozenset[str] = frozenset()
    changed: bool = False
    # Numbers of the rows of each list, by their place; None where an editor's list lacks a row of the record.
    numbers: dict[type[Model], list[Any]] = field(default_factory=dict)
    reviewed: set[tuple[type[Model], int]] = field(default_factory=set)


def write_lists(targets: Sequence[Target]) -> None:
    """Writes the columns and lists that differ; `changed` says for each target whether anything did."""
    _write_columns([target for target in targets if not target.is_new])
    for model, name in LISTS.items():
        find_owned(model, [target for target in targets if name in target.locked])
        write_list(model, [target for target in targets if name not in target.locked])
    write_arm_interventions([target for target in targets if "arms" not in target.locked])


def apply_lists(targets: Sequence[Target], models: Iterable[type[Model]]) -> None:
    """Writes what differs in these lists alone. No row of a list that is not among them points to their rows."""
    for model in models:
        find_owned(model, [target for target in targets if LISTS[model] in target.locked])
        write_list(model, [target for target in targets if LISTS[model] not in target.locked])
    publish(targets)


def publish(targets: Sequence[Target]) -> None:
    trials_changed(*(target.trial for target in targets if target.changed or target.is_new))
    touched = [target.trial for target in targets if target.changed and not target.is_new]
    Trial.objects.filter(pk__in=touched).update(version=F("version") + 1, updated=timezone.now())


def _write_columns(targets: Sequence[Target]) -> None:
    if not targets:
        return
    names = list(targets[0].content.columns)
    held = {row.pop("pk"): row for row in Trial.objects.filter(pk__in=numbers_of(targets)).values("pk", *names)}
    rows: list[tuple[int, Row]] = []
    for target in targets:
        own = held[target.trial]
        changed = {
            name: value
            for name, value in target.content.columns.items()
            if not _is_locked(name, target.locked) and comparable(own[name]) != comparable(value)
        }
        if changed:
            rows.append((target.trial, changed))
            target.changed = True
    bulk.update(Trial, rows)


def _is_locked(column: str, locked: Collection[str]) -> bool:
    """An age is locked as one, its number with its unit."""
    return column in locked or (column[4:7] == "age" and column[:7] in locked)


def write_list(model: type[Model], targets: Sequence[Target], held: Mapping[int, Sequence[Row]] | None = None) -> None:
    if held is None:
        held = held_rows(model, numbers_of(target for target in targets if not target.is_new))
    fresh: list[Row] = []
    gone: list[int] = []
    standing: list[tuple[Target, Row, Row]] = []
    for target in targets:
        wanted = target.content.lists.get(model, [])
        for row in wanted:
            row["trial_id"] = target.trial
        if target.is_new:
            fresh += wanted
            continue
        own_rows = held.get(target.trial, [])
        target.reviewed |= {(model, own["id"]) for own in own_rows if is_reviewed(own)}
        pairs, unused = paired(model, wanted, own_rows)
        unused = [pk for pk in _without_named(model, unused, target) if (model, pk) not in target.reviewed]
        gone += unused
        fresh_before = len(fresh)
        for row, own in pairs:
            if own is None or _is_of_another_product(row, own, target):
                fresh.append(row)
            else:
                row["id"] = own["id"]
                standing.append((target, row, own))
        target.changed = target.changed or bool(unused) or len(fresh) > fresh_before
    for row, number in zip(fresh, bulk.reserve(model, len(fresh)), strict=True):
        row["id"] = number
    for target in targets:
        rows = target.content.lists.get(model, [])
        target.numbers[model] = [row["id"] for row in rows]
        _resolve_links(rows, target)
    if gone:
        model._base_manager.filter(pk__in=gone).delete()
    changes: list[tuple[int, Row]] = []
    for target, row, own in standing:
        changed = _difference(row, own)
        if changed and (model, own["id"]) not in target.reviewed:
            changes.append((row["id"], changed))
            target.changed = True
    bulk.update(model, changes)
    bulk.insert(model, fresh)


def _difference(row: Row, own: Row) -> Row:
    """The columns of a row whose values are not those that its table has."""
    return {
        name: value
        for name, value in row.items()
        if (held := own[name]) != value and comparable(held) != comparable(value)
    }


def find_owned(model: type[Model], targets: Sequence[Target]) -> None:
    """In lists that editors own, finds the rows that rows of other lists point to; writes nothing."""
    if not targets or model not in (Intervention, *LINKS.values()):
        return
    held = held_rows(model, numbers_of(targets))
    for target in targets:
        own_rows = held.get(target.trial, [])
        target.reviewed |= {(model, own["id"]) for own in own_rows if is_reviewed(own)}
        pairs, _ = paired(model, target.content.lists.get(model, []), own_rows)
        target.numbers[model] = [own["id"] if own else None for _, own in pairs]


def _without_named(model: type[Model], gone: list[int], target: Target) -> list[int]:
    """Rows that may go: a row that an editor's list names stays, or the editor's row would lose it or go with it.

    So does one that a row which an editor reviewed would go with.
    """
    named: set[int] = set()
    for owner, field_name in _GO_WITH.get(model, ()) if gone else ():
        reviewed = owner._base_manager.filter(Q(reviewed_on__isnull=False) | Q(reviewed_by__isnull=False))
        named |= set(reviewed.filter(**{f"{field_name}__in": gone}).values_list(f"{field_name}_id", flat=True))
    for owner, field_name in _NAMED_BY.get(model, ()) if gone else ():
        if str(owner._meta.get_field("trial").remote_field.get_accessor_name()) in target.locked:  # type: ignore[union-attr]
            rows = owner._base_manager.filter(trial=target.trial, **{f"{field_name}__in": gone})
            named |= set(rows.values_list(field_name, flat=True))
    return [pk for pk in gone if pk not in named]


def _is_of_another_product(row: Row, own: Row, target: Target) -> bool:
    """Whether a dose that an editor reviewed is of one product and the record's of another."""
    if "@product_id" not in row or own.get("product_id") is None or not is_reviewed(own):
        return False
    place, products = row["@product_id"], target.numbers.get(CellProduct, [])
    return place is not None and place < len(products) and products[place] != own["product_id"]


def _resolve_links(rows: Sequence[Row], target: Target) -> None:
    """All rows of a list have the same columns."""
    for row in rows if rows and CELL_TYPES in rows[0] else ():
        del row[CELL_TYPES]
    for mark, linked in LINKS.items():
        if rows and mark in rows[0]:
            numbers, column = target.numbers.get(linked, []), mark[1:]
            for row in rows:
                place = row.pop(mark)
                found = numbers[place] if place is not None and place < len(numbers) else None
                # A contact stays with its site though an editor moved that to another town.
                if found is not None or place is None or not (linked is Site and LISTS[Site] in target.locked):
                    row[column] = found


def write_arm_interventions(targets: Sequence[Target]) -> None:
    through = Arm.interventions.through
    wanted: set[tuple[int, int]] = set()
    # Arms beside interventions that an editor owns stay linked with those that only the editor's list has.
    beside_editors: set[int] = set()
    recorded: set[int | None] = set()
    for target in targets:
        arms, interventions = target.numbers[Arm], target.numbers[Intervention]
        pairs = {(arms[arm], interventions[linked]) for arm, linked in target.content.arm_interventions}
        wanted |= {(arm, linked) for arm, linked in pairs if linked is not None}
        if "interventions" in target.locked:
            beside_editors.update(arms)
            recorded.update(interventions)
    older = [number for target in targets if not target.is_new for number in target.numbers[Arm]]
    held = {
        (arm, linked): pk
        for pk, arm, linked in through.objects.filter(arm__in=older).values_list("pk", "arm_id", "intervention_id")
    }
    gone = [
        pk
        for (arm, linked), pk in held.items()
        if (arm, linked) not in wanted and (arm not in beside_editors or linked in recorded)
    ]
    if gone:
        through.objects.filter(pk__in=gone).delete()
    fresh = sorted(wanted - held.keys())
    numbers = bulk.reserve(through, len(fresh))
    bulk.insert(
        through,
        [
            {"id": number, "arm_id": arm, "intervention_id": linked}
            for number, (arm, linked) in zip(numbers, fresh, strict=True)
        ],
    )
    moved = {arm for arm, _ in fresh} | {arm for (arm, _), pk in held.items() if pk in set(gone)}
    for target in targets:
        target.changed = target.changed or bool(moved.intersection(target.numbers[Arm]))


def numbers_of(targets: Iterable[Target]) -> list[int]:
    return [target.trial for target in targets]
