"""An editor's save: what it changed becomes locks, edits in the trial's history, and a new version of the trial.

The caller holds the trial (`hold`), looks at it before and after (`state_of`), and notes the difference (`note`), all
in one transaction. `registry` gives values back to the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from trials.intake import applying
from trials.intake.history import Snapshot, look, record
from trials.models import Dose, Edit, ImportRun, Lock, Moment, Trial, choices
from trials.models.choices import EditKind, MomentKind
from trials.models.finding import AGES
from trials.models.history import OWN
from trials.models.trial import TrialRow
from trials.records import PartialDate
from trials.search.publishing import trials_changed

Row = dict[str, Any]

# What imports fill or leave alone as a whole, and what is read from texts: an editor who touches a row owns the list.
LOCKED_LISTS = frozenset((*applying.LISTS.values(), *applying.FACTS.values()))
# Neither a registry's nor a reader's: the address and the state have doors of their own.
_OURS = {"id", "slug", "state", "version", "created", "updated"}
# Columns of a row that say who looked at it.
_REVIEW = {"reviewed_by", "reviewed_on"}
# What the database fills in by itself says nothing of a row.
_CLOCKS = {"found_on"}
# What a statement is of, and the list that it belongs to with it.
_OF = {"product": "products", "dose": "doses"}
# Trials that are looked at together.
_TOGETHER = 100


@cache
def lists() -> dict[str, type[TrialRow]]:
    """Every list of a trial by its name: `sites`."""
    models_of = [model for model in TrialRow.__subclasses__() if not model._meta.abstract]
    return {str(model._meta.get_field("trial").remote_field.get_accessor_name()): model for model in models_of}


@cache
def fields() -> dict[str, tuple[str, ...]]:
    """Every field of a trial that can be locked, with its columns. An age is one field: its number with its unit."""
    found: dict[str, tuple[str, ...]] = {}
    for column in Trial._meta.concrete_fields:
        if column.name not in _OURS and not column.generated:
            age = next((age for age in AGES if column.name.startswith(f"{age}_")), None)
            name = age or column.name
            found[name] = (*found.get(name, ()), column.name)
    return found


@dataclass(frozen=True)
class Held:
    """A row of a list: what it holds, to compare, and the same in words that outlive the rows it names.

    `fact` leaves out who reviewed it, which makes nothing an editor's.
    """

    raw: tuple[Any, ...]
    words: Row
    fact: tuple[Any, ...] = ()


@dataclass(frozen=True)
class State:
    """The columns of a trial and the rows of some of its lists, by their numbers, at one moment.

    `whole` is the trial with all its rows, for its history; None where nothing is to be noted.
    """

    columns: Row
    lists: Mapping[str, Mapping[int, Held]] = field(default_factory=dict)
    whole: Snapshot | None = None


# Holding ---------------------------------------------------------------------------------------------------------


def wait_for_import() -> None:
    """Waits for the batch of a running import, and keeps its next one waiting until the transaction ends.

    An import holds trials as it meets them, in no order: whoever else writes several, or something that trials name,
    calls this before anything else.
    """
    list(ImportRun.objects.select_for_update().filter(ended=None).values_list("pk"))


def hold_up_saves() -> None:
    """Waits for everybody who called `wait_for_import`, and keeps them and imports waiting until the transaction ends.

    For who writes what editors' saves mark, outside of an import. Before anything else. SQLite has one writer anyway.
    """
    _lock(ImportRun, "EXCLUSIVE")


def wait_for_fixtures() -> None:
    """Waits while fixtures are written, and keeps them waiting until the transaction ends."""
    _lock(Trial, "ROW SHARE")


def _lock(model: type[models.Model], mode: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN {mode} MODE")


def hold(pk: Any) -> Trial | None:
    """The trial as it stands, which nobody else writes until the transaction ends; None where there is none.

    Waits first for the batch of a running import, then for whoever holds the trial: always in this order, so that no
    two wait for each other. An UPDATE, because that also waits for fixtures, which hold whole tables.
    """
    wait_for_import()
    try:
        held = Trial.objects.filter(pk=pk).update(version=F("version"))
    except (ValueError, ValidationError):
        return None
    return Trial.objects.get(pk=pk) if held else None


def hold_all(trials: Any) -> None:
    """Waits for whoever is writing these trials, given by their numbers or a query of them, and keeps others waiting.

    For imports, before they read what editors own: an editor may have begun to save before the import did. The trials
    in the order of their numbers, so that no two wait for each other.
    """
    list(Trial.objects.select_for_update(no_key=True).filter(pk__in=trials).order_by("pk").values_list("pk"))


# Looking ---------------------------------------------------------------------------------------------------------


def state_of(trial: int | None, names: Iterable[str] = (), whole: bool = True) -> State:
    """What a trial and the lists named hold now; of a trial that is yet to come, the values that it begins with.

    `whole`: also all its rows for the history, which who only looks does not need.
    """
    columns = [column for column in Trial._meta.concrete_fields if not column.generated]
    if trial is None:
        return State({column.attname: column.get_default() for column in columns}, {name: {} for name in names}, {})
    row = Trial.objects.values(*(column.attname for column in columns)).get(pk=trial)
    held = {name: rows_of(lists()[name], trial) for name in names}
    return State(row, held, look([trial])[trial] if whole else None)


def rows_of(model: type[TrialRow], trial: int) -> dict[int, Held]:
    """The rows of one list in their order, by number."""
    keys = [column for column in model._meta.concrete_fields if column.related_model not in (None, Trial)]
    words = [f"{key.name}__route" for key in keys if key.related_model is Dose]
    many = [link.name for link in model._meta.many_to_many]
    rows = model._default_manager.filter(trial=trial)
    rows = rows.select_related(*(key.name for key in keys), *words).prefetch_related(*many)
    return {row.pk: _held(row) for row in rows}


def _held(row: models.Model) -> Held:
    raw: list[Any] = []
    fact: list[Any] = []
    words: Row = {}
    for column in row._meta.concrete_fields:
        if column.primary_key or column.name == "trial" or column.name in _CLOCKS:
            continue
        value = getattr(row, column.attname)
        raw.append(plain(value))
        if column.name not in _REVIEW:
            fact.append(raw[-1])
        if column.related_model is None:
            if plain(value) != plain(column.get_default()):
                words[column.name] = plain(value)
        elif value is not None and column.related_model is not get_user_model():
            words[column.name] = str(getattr(row, column.name))
    for link in row._meta.many_to_many:
        linked = sorted(getattr(row, link.name).all(), key=lambda other: other.pk)
        raw.append([other.pk for other in linked])
        fact.append(raw[-1])
        if linked:
            words[link.name] = [str(other) for other in linked]
    return Held(tuple(raw), words, tuple(fact))


def plain(value: Any) -> Any:
    """A value as JSON has it, the same from either database."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, PartialDate | dt.date):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    # A country is an object of its own that reads as its code.
    return value if value is None or isinstance(value, str | int | float | list | dict) else str(value)


# Noting ----------------------------------------------------------------------------------------------------------


def note(
    trial: int,
    before: State,
    after: State,
    by: Any,
    kind: EditKind = EditKind.EDITED,
    why: str = "",
    what: str = "",
    moment: Moment | None = None,
) -> bool:
    """Notes what differs between two states of a trial as edits of `by` (a user or None); whether anything does.

    `why` are the editor's own words; `what` says what was restored. What an editor changed is locked, and nothing
    else. The version grows, so that forms opened before are out of date. `moment` is that of its history, where who
    edits many trials recorded them at once.
    """
    found = [*_changed_fields(before, after), *_changed_lists(before, after)]
    unseen = before.columns["state"] != choices.State.PUBLISHED and not _was_public(trial)
    if before.whole is not None and after.whole is not None:
        moments = record({trial: before.whole}, {trial: after.whole}, by, _moment_kind(kind), why, what)
        moment = moments.get(trial)
    Edit.objects.bulk_create(
        Edit(trial_id=trial, name=name, kind=kind, old=old, new=new, by=by, before_public=unseen, moment=moment)
        for name, old, new in found
    )
    if before.columns["state"] != after.columns["state"]:
        _note_states({trial: before.columns["state"]}, after.columns["state"], by, {trial: moment})
    if kind in (EditKind.EDITED, EditKind.RESTORED):
        lock(trial, _owned(found, before, after), by)
    # The address and the state of a trial are on its form too.
    differs = bool(found) or any(before.columns[name] != after.columns[name] for name in ("slug", "state"))
    if differs:
        grow(trial)
    return differs


def _moment_kind(kind: EditKind) -> MomentKind:
    return MomentKind(kind) if kind in MomentKind.values else MomentKind.EDITED


def note_states(before: Mapping[int, str], after: str, by: Any, why: str = "") -> None:
    """Notes that `by` publishes, withdraws or sends to review trials, given with the states that they had.

    Before or after they are written, in the same transaction.
    """
    trials = list(before)
    for start in range(0, len(trials), _TOGETHER):
        chunk = {trial: before[trial] for trial in trials[start : start + _TOGETHER]}
        wholes = look(chunk)
        # They differ in nothing else.
        then = {trial: _with_state(whole, trial, chunk[trial]) for trial, whole in wholes.items()}
        now = {trial: _with_state(whole, trial, after) for trial, whole in wholes.items()}
        _note_states(chunk, after, by, record(then, now, by, MomentKind.EDITED, why))


def _with_state(whole: Snapshot, trial: int, state: str) -> Snapshot:
    return whole | {OWN: {trial: whole[OWN][trial] | {"state": str(state)}}}


def _note_states(before: Mapping[int, str], after: str, by: Any, moments: Mapping[int, Any]) -> None:
    Edit.objects.bulk_create(
        Edit(
            trial_id=trial,
            name="state",
            kind=EditKind.EDITED,
            old=str(old),
            new=str(after),
            by=by,
            moment=moments.get(trial),
        )
        for trial, old in before.items()
    )


def never_public(trial: int) -> bool:
    """Whether nobody but editors has seen a trial yet."""
    return not (Trial.objects.public().filter(pk=trial).exists() or _was_public(trial))


def _was_public(trial: int) -> bool:
    """Whether a trial that is not public was so once: that it was withdrawn is noted."""
    return Edit.objects.filter(trial=trial, name="state", old=choices.State.PUBLISHED).exists()


def _owned(found: Collection[tuple[str, Any, Any]], before: State, after: State) -> list[str]:
    """What belongs to the editor who made these changes. A statement belongs to the list of what it is of."""
    names = [name for name, _, _ in found if name in fields()]
    for name, rows in after.lists.items():
        old, new = ({pk: row.fact for pk, row in held.items()} for held in (before.lists[name], rows))
        if name in LOCKED_LISTS and old != new:
            names.append(name)
    said = [row for name, old, new in found if name == "statements" for row in (*old, *new)]
    names += [listed for link, listed in _OF.items() if any(link in row for row in said)]
    return names


def lock(trial: int, names: Collection[str], by: Any) -> None:
    """Makes `by` the owner of these fields and lists, from now on."""
    now = timezone.now()
    Lock.objects.bulk_create(
        [Lock(trial_id=trial, name=name, by=by, since=now) for name in dict.fromkeys(names)],
        update_conflicts=True,
        unique_fields=["trial", "name"],
        # Who decides anew has seen what the registry says by now.
        update_fields=["by", "since", "moved_on"],
    )


def grow(*trials: int) -> None:
    """Gives trials a new version, which searching sees too."""
    trials_changed(*trials)
    Trial.objects.filter(pk__in=trials).update(version=F("version") + 1, updated=timezone.now())


def value_of(columns: Mapping[str, Any], name: str) -> Any:
    """The value of a field as JSON; an age as {value, unit}, or None."""
    own = fields()[name]
    if len(own) == 1:
        return plain(columns[name])
    number, unit = (columns[column] for column in own)
    return None if number is None else {"value": plain(number), "unit": unit}


def _changed_fields(before: State, after: State) -> Iterator[tuple[str, Any, Any]]:
    for name in fields():
        old, new = value_of(before.columns, name), value_of(after.columns, name)
        if old != new:
            yield name, old, new


def _changed_lists(before: State, after: State) -> Iterator[tuple[str, Any, Any]]:
    for name, rows in after.lists.items():
        own = before.lists[name]
        old = _others(own, rows)
        new = _others(rows, own)
        if old or new:
            yield name, old, new


def _others(rows: Mapping[int, Held], others: Mapping[int, Held]) -> list[Row]:
    """The rows that the others lack, or hold differently."""
    return [row.words for pk, row in rows.items() if pk not in others or others[pk].raw != row.raw]
