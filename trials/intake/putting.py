"""Makes a trial's rows those of a snapshot: what is not in it goes, what is missing comes back under its number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.db import models

from trials.intake.history import LIST_OF, Snapshot, Values, columns_of, look, numbers, same, targets_of
from trials.intake.matching import node_of, register_of
from trials.intake.registering import claim_rows
from trials.intake.rows import link
from trials.intake.saving import DELETED
from trials.intake.versions import Version, record_steps, state_of, versions_of
from trials.models import Absence, Claim, RawRecord, Registration, Trial, bulk
from trials.models.choices import Verdict
from trials.models.history import OWN, TRACKED
from trials.registries.readers import READERS

_BATCH = 100


def put(trial: int, wanted: Snapshot, from_archive: bool = False) -> None:
    """Writes a trial's lists and its own columns, of which every link must lead to a row of `wanted` or to what exists.

    Who calls this holds the trial, notes the difference and gives the trial a new version. `from_archive`: what
    belonged to documents is put back by the caller.
    """
    _clear(look([trial])[trial], wanted)
    held = look([trial])[trial]
    wanted = _renumbered(held, wanted)
    for name, model in TRACKED.items():
        if name == OWN:
            own = {column: value for column, value in wanted[OWN][trial].items() if column != "id"}
            Trial.objects.filter(pk=trial).update(**own)
            continue
        missing = [row for number, row in wanted[name].items() if number not in held[name]]
        changed = [
            row
            for number, row in wanted[name].items()
            if number in held[name] and not same(name, held[name][number], row)
        ]
        _write(name, model, missing, changed)
        _link(name, model, [*missing, *changed], held[name])
        if model is Registration and not from_archive:
            reattach([row["id"] for row in missing])


def _clear(held: Snapshot, wanted: Snapshot) -> None:
    """Takes away rows that are not wanted, and whatever a wanted row may need the place of."""
    for name, model in TRACKED.items():
        if name == OWN:
            continue
        gone = held[name].keys() - wanted[name].keys()
        if model is Absence:
            # Two of them may swap their fields, of which each stands once.
            gone |= {number for number, row in held[name].items() if not same(name, row, wanted[name].get(number))}
        if gone:
            model._base_manager.filter(pk__in=gone).delete()
    changed = [
        number
        for number, row in held["registrations"].items()
        if number in wanted["registrations"] and not same("registrations", row, wanted["registrations"][number])
    ]
    # The same for numbers and for who leads.
    Registration.objects.filter(pk__in=changed).update(is_lead=False, number="")


def _renumbered(held: Snapshot, wanted: Snapshot) -> Snapshot:
    """The rows under new numbers where another trial's row has theirs by now, with the links to them."""
    moved: dict[str, dict[int, int]] = {}
    for name, model in TRACKED.items():
        missing = wanted[name].keys() - held[name].keys()
        taken = list(model._base_manager.filter(pk__in=missing).order_by("pk").values_list("pk", flat=True))
        moved[name] = dict(zip(taken, bulk.reserve(model, len(taken)), strict=True))
    if not any(moved.values()):
        return wanted
    return {
        name: {
            moved[name].get(number, number): _moved(name, row, moved) | {"id": moved[name].get(number, number)}
            for number, row in rows.items()
        }
        for name, rows in wanted.items()
    }


def _moved(name: str, row: Values, moved: Mapping[str, Mapping[int, int]]) -> Values:
    found = dict(row)
    for column, model in targets_of(name):
        new = moved.get(LIST_OF.get(model, ""), {})
        linked = [new.get(number, number) for number in numbers(row[column])]
        found[column] = sorted(linked) if isinstance(row[column], list) else (linked[0] if linked else None)
    return found


def _write(name: str, model: type[models.Model], missing: Iterable[Values], changed: Iterable[Values]) -> None:
    columns = columns_of(name)
    made, updated = (
        [model(**{column: row[column] for column in columns}) for row in rows] for rows in (missing, changed)
    )
    model._base_manager.bulk_create(made, batch_size=_BATCH)
    if updated:
        names = [column.name for column in model._meta.concrete_fields if column.attname in columns]
        model._base_manager.bulk_update(updated, [column for column in names if column != "id"], batch_size=_BATCH)


def _link(name: str, model: type[models.Model], rows: Collection[Values], held: Mapping[int, Values]) -> None:
    many: Any
    for many in model._meta.local_many_to_many:
        wanted = {row["id"]: set(row[many.name]) for row in rows}
        link(model, many.name, wanted, {row: set(held[row][many.name]) for row in wanted if row in held})


# Documents -------------------------------------------------------------------------------------------------------


def reattach(registrations: Collection[int]) -> None:
    """Gives documents that came back the versions that imports kept of them, their log of changes and their claims."""
    for row in Registration.objects.filter(pk__in=registrations).exclude(number=""):
        node = (register_of(row.registry, row.number, row.publisher), row.number)
        kept = RawRecord.objects.filter(number=row.number, verdict=Verdict.KEPT, registration=None)
        own = [raw.pk for raw in kept if node_of(Version(raw, READERS, None).record) == node]
        if not own:
            continue
        RawRecord.objects.filter(pk__in=own).update(registration=row)
        versions = versions_of([row.pk], READERS)[row.pk]
        record_steps(pairwise(versions))
        bulk.add(Claim, claim_rows(row.pk, state_of(versions)))
        let_in_again([row.number])


def let_in_again(numbers_of: Collection[str]) -> None:
    """Lets the next import judge anew the versions that came while the document was deleted."""
    RawRecord.objects.filter(number__in=numbers_of, verdict=Verdict.SKIPPED, reason=DELETED).update(rule="")
