"""Restoring from the history: a field, rows of a list, all that one change did, or a whole trial as it was at a moment.

Each is worked out as the trial with all its rows as it is to be (`Plan`), which a page can show before `restore` writes
it: in one transaction, and as an edit like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trials.intake.editing import fields, hold, lists, note, state_of
from trials.intake.fitting import fit, revive
from trials.intake.history import (
    RowChange,
    Snapshot,
    Values,
    changes_in,
    differing,
    look,
    names_of,
    recorded,
    same,
    words_known,
)
from trials.intake.putting import put
from trials.intake.registry import Meanwhile
from trials.models import Moment, RawRecord, Registration
from trials.models.choices import EditKind, MomentKind, Verdict
from trials.models.history import OWN
from trials.search.publishing import publishing

REGISTRATIONS = "registrations"


class Gone(ValueError):  # noqa: N818 (says what is missing)
    """What is to be restored is not in the history, or cannot come back. The message says which and why."""


@dataclass(frozen=True)
class Plan:
    """A trial as it stands and as it is to be; `notes` say what does not come back as it was, as sentences."""

    trial: int
    now: Snapshot
    wanted: Snapshot
    notes: tuple[str, ...]

    @property
    def changes(self) -> list[RowChange]:
        """Every row that will change: now, and as it is to be."""
        return list(differing(self.now, self.wanted))


def whole_at(trial: int, moment: int) -> Plan:
    """The whole trial as it was after a moment of its history, but for its address and whether it is public.

    Documents that imports brought stay as they are: where they belong is decided among the matches.
    """
    _moment(trial, moment)
    then, now = recorded([trial], upto=moment)[trial], look([trial])[trial]
    if trial not in then[OWN]:
        raise Gone("The history does not hold the whole trial at that moment.")
    then[OWN] = {trial: _with_fields(now[OWN][trial], then[OWN][trial], fields())}
    notes = list(_keep_documents(now, then))
    return _plan(trial, now, then, notes)


def before_change(trial: int, moment: int, name: str = "", row: int | None = None) -> Plan:
    """The trial without what one moment changed: all of it, one field, one list, or one row of a list (by number)."""
    by_nobody = _moment(trial, moment).kind == MomentKind.OTHERWISE
    now = look([trial])[trial]
    wanted = {listed: dict(rows) for listed, rows in now.items()}
    held = _from_records(now)
    found, notes = False, []
    for listed, number, old, new in changes_in(trial, [moment])[moment]:
        if listed == OWN:
            if old is None and not name:
                raise Gone("The history holds nothing from before that moment.")
            if old is None or new is None or (name and name not in fields()):
                continue
            names = [field for field in fields() if name in ("", field) and _differs(field, old, new)]
            found = found or bool(names)
            wanted[OWN][trial] = _with_fields(wanted[OWN][trial], old, names)
        elif name in ("", listed) and row in (None, number):
            found = True
            if listed == REGISTRATIONS and number in held and (by_nobody or old is None):
                notes.append("A document that an import brought stays with the trial as it is.")
            elif old is not None:
                wanted[listed][number] = _without(listed, old, new, wanted[listed].get(number))
            else:
                wanted[listed].pop(number, None)
    if not found:
        raise Gone("That change holds nothing of the kind that could be put back.")
    return _plan(trial, now, wanted, notes)


def restore(pk: Any, plan_of: Callable[[int], Plan], by: Any, version: int | None, why: str, what: str) -> Plan:
    """Writes what `plan_of` works out for the trial, in one transaction. `what` says in words what is restored.

    Meanwhile if the trial is not there or its version is not `version`; Gone if it cannot be restored.
    """
    with publishing():
        trial = hold(pk)
        if trial is None or version != trial.version:
            raise Meanwhile
        plan = plan_of(trial.pk)
        before = state_of(trial.pk, lists())
        _refuse_taken_numbers(plan)
        revive(plan.wanted, words_known(trial.pk))
        put(trial.pk, plan.wanted)
        note(trial.pk, before, state_of(trial.pk, lists()), by, EditKind.RESTORED, why, what)
        return plan


def _plan(trial: int, now: Snapshot, wanted: Snapshot, notes: Iterable[str]) -> Plan:
    changed = {(name, number) for name, number, _, new in differing(now, wanted) if new is not None}
    fitted, lost = fit(wanted, changed, words_known(trial))
    cleaned = {
        # A row that is what it was but for its looks stays the row that it is.
        name: {
            number: now[name][number] if same(name, now[name].get(number), row) else row for number, row in rows.items()
        }
        for name, rows in fitted.items()
    }
    return Plan(trial, now, cleaned, tuple(dict.fromkeys([*notes, *lost])))


def _moment(trial: int, moment: int) -> Moment:
    found = Moment.objects.filter(pk=moment, trial=trial).first() if 0 < moment < 1 << 63 else None
    if found is None:
        raise Gone("The history of this trial has no such moment.")
    return found


def _with_fields(row: Values, source: Values, names: Iterable[str]) -> Values:
    """A trial's row with the values of some fields from another."""
    return row | {column: source[column] for name in names for column in _columns(name)}


def _columns(name: str) -> Iterator[str]:
    yield from fields()[name]


def _without(listed: str, old: Values, new: Values | None, now: Values | None) -> Values:
    """A row as it stands now without a change from `old` to `new`; the row before, where either is missing."""
    names = names_of(listed)
    if new is None or now is None:
        return {key: old[key] for key in names}
    return {key: old[key] if old[key] != new[key] else now[key] for key in names}


def _differs(name: str, old: Values, new: Values) -> bool:
    return any(old[column] != new[column] for column in _columns(name))


# Documents -------------------------------------------------------------------------------------------------------


def _from_records(whole: Snapshot) -> set[int]:
    """Those of the trial's documents that a registry's record made or renewed."""
    rows = RawRecord.objects.filter(registration__in=list(whole[REGISTRATIONS]), verdict=Verdict.KEPT)
    return set(rows.order_by().values_list("registration", flat=True).distinct())


def _keep_documents(now: Snapshot, then: Snapshot) -> Iterator[str]:
    """Leaves the documents of imports as they are now, and keeps out those that another trial has by now."""
    held = _from_records(now)
    documents = then[REGISTRATIONS]
    elsewhere = Registration.objects.filter(pk__in=documents.keys() - now[REGISTRATIONS].keys())
    for row in elsewhere.select_related("trial"):
        del documents[row.pk]
        yield f"“{row}” stays with the trial that has it now: {row.trial}."
    for number in held:
        documents[number] = now[REGISTRATIONS][number]
    leads = [number for number, row in documents.items() if row["is_lead"]]
    if len(leads) > 1:
        first = next((number for number in leads if now[REGISTRATIONS].get(number, {}).get("is_lead")), leads[0])
        then[REGISTRATIONS] = {number: row | {"is_lead": number == first} for number, row in documents.items()}
    if held:
        yield "Documents that imports brought stay as they are."


def _refuse_taken_numbers(plan: Plan) -> None:
    """A number that another trial registered meanwhile cannot be registered twice."""
    refuse_taken(new for name, _, old, new in plan.changes if name == REGISTRATIONS and new)


def refuse_taken(documents: Iterable[Values]) -> None:
    """Gone, naming the number, where a document's number is registered by another trial."""
    for row in documents:
        if not row["number"]:
            continue
        others = Registration.objects.filter(
            registry=row["registry"], number=row["number"], publisher=row["publisher"]
        ).exclude(trial=row["trial_id"])
        other = others.select_related("trial").first()
        if other is not None:
            raise Gone(
                f"Nothing was restored: {row['number']} is registered with another trial by now, {other.trial}. "
                "Take the number away there first."
            )
