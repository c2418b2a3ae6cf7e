"""Makes trials and their lists what their records say, writing only what differs and nothing that an editor owns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q
from django.utils import timezone

from trials.intake.content import IDENTITY, Content, Row
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
_PLAIN = {type(None), bool, int, float, str}
LINKS: dict[str, type[Model]] = {
    "@parent_id": Criterion,
    "@site_id": Site,
    "@intervention_id": Intervention,
    "@arm_id": Arm,
    "@product_id": CellProduct,
    "@dose_id": Dose,
}
# Who names rows of a list, and how.
_NAMED_BY: dict[type[Model], tuple[tuple[type[Model], str], ...]] = {
    Intervention: ((Arm, "interventions"), (CellProduct, "intervention")),
    Arm: ((Dose, "arm"), (PlanNote, "arm")),
    CellProduct: ((Dose, "product"),),
    Site: ((Contact, "site"),),
}
_IDENTITY: dict[type[Model], tuple[str, ...]] = IDENTITY | {
    TrialCondition: ("wording",),
    TrialArea: ("wording",),
    Sponsorship: ("organisation_id", "role"),
    CellProduct: ("name",),
    Dose: ("label", "as_written", "route_id"),
    PlanNote: ("kind", "text"),
    Statement: ("field", "value"),
}
# And by these where nothing else tells them apart.
_LAST_RESORT: dict[type[Model], tuple[str, ...]] = {
    CellProduct: ("order",),
    Dose: ("order",),
    PlanNote: ("kind",),
    Statement: ("field",),
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
    """Writes what differs in these lists alone, which no row of another list points to."""
    for model in models:
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
    paired: list[tuple[Target, Row, Row]] = []
    for target in targets:
        wanted = target.content.lists.get(model, [])
        for row in wanted:
            row["trial_id"] = target.trial
        if target.is_new:
            fresh += wanted
            continue
        own_rows = held.get(target.trial, [])
        target.reviewed |= {(model, own["id"]) for own in own_rows if is_reviewed(own)}
        pairs, unused = _paired(model, wanted, own_rows)
        unused = [pk for pk in _without_named(model, unused, target) if (model, pk) not in target.reviewed]
        gone += unused
        for row, own in zip(wanted, pairs, strict=True):
            if own is None:
                fresh.append(row)
            else:
                row["id"] = own["id"]
                paired.append((target, row, own))
        target.changed = target.changed or bool(unused) or None in pairs
    for row, number in zip(fresh, bulk.reserve(model, len(fresh)), strict=True):
        row["id"] = number
    for target in targets:
        rows = target.content.lists.get(model, [])
        target.numbers[model] = [row["id"] for row in rows]
        _resolve_links(rows, target)
    if gone:
        model._base_manager.filter(pk__in=gone).delete()
    changes: list[tuple[int, Row]] = []
    for target, row, own in paired:
        changed = _difference(row, own)
        if changed and (model, own["id"]) not in target.reviewed:
            changes.append((row["id"], changed))
            target.changed = True
    bulk.update(model, changes)
    bulk.insert(model, fresh)


def held_rows(model: type[Model], trials: Collection[int], where: Q = Q()) -> dict[int, list[Row]]:  # noqa: B008
    """The rows of one list of some trials, as columns, in their order."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    if trials:
        columns = [column.attname for column in model._meta.concrete_fields]
        rows = model._base_manager.filter(where, trial__in=trials).order_by("order", "pk").values(*columns)
        for row in rows:
            found[row["trial_id"]].append(row)
    return found


def paired(
    model: type[Model], wanted: Sequence[Row], held: Sequence[Row]
) -> tuple[list[tuple[Row, Row | None]], list[int]]:
    """Pairs every wanted row with a held one: the same row, else the one of the same identity; the rest is unused."""
    pairs, unused = _paired(model, wanted, held)
    return list(zip(wanted, pairs, strict=True)), unused


def _paired(model: type[Model], wanted: Sequence[Row], held: Sequence[Row]) -> tuple[list[Row | None], list[int]]:
    """For every wanted row a held one: the same row, else one of the same identity, else none; and the unused ones."""
    content = [name for name in wanted[0] if name not in ("order", "trial_id") and name[0] != "@"] if wanted else []
    pairs: list[Row | None] = [None] * len(wanted)
    left = list(held)
    for names in (content, _IDENTITY[model], _LAST_RESORT.get(model, ())):
        if not left or not names:
            break
        by_key: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for own in reversed(left):
            by_key[_key(own, names)].append(own)
        for place, row in enumerate(wanted):
            if pairs[place] is None and (found := by_key.get(_key(row, names))):
                pairs[place] = found.pop()
        left = [own for rows in by_key.values() for own in rows]
        left.sort(key=_place)
    return pairs, [own["id"] for own in left]


def _place(row: Row) -> tuple[int, int]:
    return row["order"], row["id"]


def _key(row: Row, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple([comparable(row[name]) for name in names])


def _difference(row: Row, own: Row) -> Row:
    """The columns of a row whose values are not those that its table has."""
    return {
        name: value
        for name, value in row.items()
        if (held := own[name]) != value and comparable(held) != comparable(value)
    }


def comparable(value: Any) -> Any:
    """A value as both the record and the table can have it: dates as text, lists as JSON."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True)
    return str(value)


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
    """Rows that may go: a row that an editor's list names stays, or the editor's row would lose it or go with it."""
    named: set[int] = set()
    for owner, field_name in _NAMED_BY.get(model, ()) if gone else ():
        if str(owner._meta.get_field("trial").remote_field.get_accessor_name()) in target.locked:  # type: ignore[union-attr]
            rows = owner._base_manager.filter(trial=target.trial, **{f"{field_name}__in": gone})
            named |= set(rows.values_list(field_name, flat=True))
    return [pk for pk in gone if pk not in named]


def _resolve_links(rows: Sequence[Row], target: Target) -> None:
    """All rows of a list have the same columns."""
    for mark, linked in LINKS.items():
        if rows and mark in rows[0]:
            numbers, column = target.numbers.get(linked, []), mark[1:]
            for row in rows:
                place = row.pop(mark)
                row[column] = numbers[place] if place is not None and place < len(numbers) else None


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


def is_reviewed(row: Row) -> bool:
    return row.get("reviewed_on") is not None or row.get("reviewed_by_id") is not None


def numbers_of(targets: Iterable[Target]) -> list[int]:
    return [target.trial for target in targets]
