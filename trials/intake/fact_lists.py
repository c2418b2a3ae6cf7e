"""Writes what was read from texts beside the lists of a record: products, doses, plan notes and their statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Q

from trials.intake.applying import (
    FACTS,
    LISTS,
    Target,
    find_owned,
    numbers_of,
    publish,
    write_arm_interventions,
    write_list,
    write_lists,
)
from trials.intake.content import Row
from trials.intake.pairing import held_rows
from trials.intake.reading import PRODUCT_TERMS
from trials.intake.staleness import mark
from trials.models import Arm, CellProduct, Dose, Intervention, Statement, TrialReading, bulk
from trials.models.choices import Origin
from trials.reading.read import FORM

# What a statement that was read may be of, and the column that says so.
OWNERS: dict[str, type[Model]] = {"product_id": CellProduct, "dose_id": Dose, "arm_id": Arm}
# Statements that were read, as against those that people made.
READ = ~Q(origin=Origin.EDITOR) & Q(*((f"{name}__isnull", False) for name in OWNERS), _connector=Q.OR)


def apply(targets: Sequence[Target]) -> None:
    """Makes trials and all their lists what their records say; `changed` says for each target whether anything did."""
    write_lists(targets)
    _write_facts([target for target in targets if target.content.reading is not None])
    # What was read of an earlier version stays where the readers failed on this one, to be read again.
    failed = [target.trial for target in targets if target.content.reading is None and not target.is_new]
    if failed:
        mark(TrialReading.objects.filter(trial__in=failed))
    publish(targets)


def apply_facts(targets: Sequence[Target]) -> None:
    """As `apply`, but only what is read from texts, and the arms, which the prose may name."""
    find_owned(Intervention, targets)
    find_owned(Arm, [target for target in targets if "arms" in target.locked])
    free = [target for target in targets if "arms" not in target.locked]
    write_list(Arm, free)
    write_arm_interventions(free)
    _write_facts(targets)
    publish(targets)


def with_terms(target: Target) -> list[Row]:
    """The products of a trial that was just made, each with the numbers of its terms."""
    products = target.content.lists.get(CellProduct, [])
    return [row | terms for row, terms in zip(products, target.content.product_terms, strict=True)]


def _write_facts(targets: Sequence[Target]) -> None:
    """What was read: the lists, the terms of the products, the statements, and that it was read."""
    for model, name in FACTS.items():
        find_owned(model, [target for target in targets if name in target.locked])
        write_list(model, [target for target in targets if name not in target.locked])
    _write_product_terms([target for target in targets if "products" not in target.locked])
    _write_statements(targets)
    _write_readings(targets)


def _write_product_terms(targets: Sequence[Target]) -> None:
    """Makes the terms of products those that were read; of products that an editor reviewed they stay."""
    for name in PRODUCT_TERMS:
        many: Any = CellProduct._meta.get_field(name)
        through, other = many.remote_field.through, many.m2m_reverse_name()
        older = [number for target in targets if not target.is_new for number in target.numbers[CellProduct]]
        rows = through.objects.filter(cellproduct__in=older).values_list("pk", "cellproduct_id", other)
        held = {(product, term): pk for pk, product, term in rows}
        wanted: dict[tuple[int, int], Target] = {}
        free: dict[int, Target] = {}
        for target in targets:
            for product, terms in zip(target.numbers[CellProduct], target.content.product_terms, strict=True):
                if (CellProduct, product) not in target.reviewed:
                    free[product] = target
                    wanted |= dict.fromkeys(((product, term) for term in terms[name]), target)
        gone = {link: pk for link, pk in held.items() if link not in wanted and link[0] in free}
        if gone:
            through.objects.filter(pk__in=list(gone.values())).delete()
        fresh = sorted(wanted.keys() - held.keys())
        bulk.add(through, [{"cellproduct_id": product, other: term} for product, term in fresh])
        for product, _ in (*gone, *fresh):
            free[product].changed = True


def _write_statements(targets: Sequence[Target]) -> None:
    """The statements of what was read, but for those of rows and lists that belong to an editor."""
    older = [target for target in targets if not target.is_new]
    held = held_rows(Statement, numbers_of(older), READ)
    for target in targets:
        lists = target.content.lists
        lists[Statement] = [row for row in lists.get(Statement, []) if _may_state(row, target)]
        own_rows = held.get(target.trial, [])
        held[target.trial] = [own for own in own_rows if not _is_owned(own, target)]
    write_list(Statement, targets, held)


def _may_state(row: Row, target: Target) -> bool:
    """Whether what a statement is of was written now, and is no editor's."""
    for column, model in OWNERS.items():
        place = row[f"@{column}"]
        if place is not None:
            numbers = target.numbers.get(model, [])
            number = numbers[place] if place < len(numbers) else None
            return number is not None and not _belongs(model, number, target)
    return False


def _is_owned(statement: Row, target: Target) -> bool:
    return any(
        statement[column] is not None and _belongs(model, statement[column], target) for column, model in OWNERS.items()
    )


def _belongs(model: type[Model], number: int, target: Target) -> bool:
    return (LISTS | FACTS)[model] in target.locked or (model, number) in target.reviewed


def _write_readings(targets: Sequence[Target]) -> None:
    names = ("form", "is_cell_therapy", "why", "is_stale")
    older = [target for target in targets if not target.is_new]
    held = {row.trial_id: row for row in TrialReading.objects.filter(trial__in=numbers_of(older))}
    rows: dict[int, Row] = {}
    for target in targets:
        reading = target.content.reading
        if reading is not None:
            why = reading.why if len(reading.why) <= 300 else f"{reading.why[:299]}…"
            row = {"form": FORM, "is_cell_therapy": reading.is_cell_therapy, "why": why, "is_stale": False}
            own = held.get(target.trial)
            if own is None or any(getattr(own, name) != row[name] for name in names):
                rows[target.trial] = row
    new = [target.trial for target in targets if target.is_new and target.trial in rows]
    bulk.insert(TrialReading, [{"trial_id": trial, **rows.pop(trial)} for trial in new])
    TrialReading.objects.bulk_create(
        [TrialReading(trial_id=trial, **row) for trial, row in rows.items()],
        update_conflicts=True,
        unique_fields=["trial"],
        update_fields=names,
        batch_size=200,
    )
