"""What the registry says of a trial that editors own in part, and giving it back: a field, a list, or rows of a list.

The registry's values are read anew from the stored versions of the leading registration, as an import reads them.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models

from trials.intake.applying import FACTS, LINKS, LISTS
from trials.intake.content import Content, Row, content
from trials.intake.editing import fields, grow, hold, lists, note, state_of, value_of
from trials.intake.interpreting import Interpreter
from trials.intake.pairing import comparable, held_rows, paired
from trials.intake.refreshing import refresh_trials
from trials.intake.versions import state_of as record_of
from trials.intake.versions import versions_of
from trials.models import Arm, CellProduct, Intervention, Registration, Trial, bulk
from trials.models.choices import EditKind, Verdict
from trials.registries.readers import READERS
from trials.search.publishing import publishing

MODELS: Mapping[str, type[models.Model]] = {name: model for model, name in (LISTS | FACTS).items()}


class Meanwhile(Exception):  # noqa: N818 (says what happened)
    """The trial was changed after the page that asks for this was opened."""


class Outcome(Enum):
    """What became of a lock whose value was to be given back."""

    RESTORED = "The registry’s value stands again."
    UNLOCKED = "No value of a registry is stored for it, so it stays as it is until an import brings one."
    ROWS = "The rows stand again. The list still differs from the registry’s and stays locked."


@dataclass(frozen=True)
class Original:
    """What the stored versions of a trial's leading registration say."""

    registration: Registration
    content: Content

    def knows(self, name: str) -> bool:
        """Whether a registry's record gives a value, perhaps an empty one, for this field or list."""
        if name in FACTS.values():
            return self.content.reading is not None
        return name in MODELS or (name in fields() and set(fields()[name]) <= self.content.columns.keys())

    def value(self, name: str) -> Any:
        """The registry's value of a field that it knows, as JSON."""
        return value_of(self.content.columns, name)


def original_of(trial: Trial, writer: Interpreter | None = None, with_lists: bool = True) -> Original | None:
    """What the registry says; None where people lead the trial, or the stored record cannot be read.

    Writes nothing, unless a `writer` that may is given. Without lists it need not know the catalogue's terms, which
    takes most of the time.
    """
    lead = _lead(trial.pk)
    if lead is None:
        return None
    if not with_lists:
        return _fields_of(lead)
    reader = writer or Interpreter(READERS)
    if writer is None:
        # Texts are read only for what they tell: the arms, and the lists that come from nowhere else.
        reader.reads = trial.locks.filter(name__in=("arms", *FACTS.values())).exists()
    try:
        record = record_of(versions_of([lead.pk], reader.readers)[lead.pk])
    except (ValueError, zlib.error):
        return None
    if writer:
        # An editor may have deleted an organisation or a term that only this list named.
        writer.learn([record])
    return Original(lead, reader.content_of(record, lead.pk))


def _fields_of(lead: Registration) -> Original | None:
    try:
        return Original(lead, content(record_of(versions_of([lead.pk], READERS)[lead.pk])))
    except (ValueError, zlib.error):
        return None


def _lead(trial: int) -> Registration | None:
    """The leading registration, if an import brought it."""
    return Registration.objects.filter(trial=trial, is_lead=True, versions__verdict=Verdict.KEPT).distinct().first()


# Comparing lists -------------------------------------------------------------------------------------------------


Links = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Pair:
    """A row of the registry's list with the row of the trial's list that it is, if any.

    `wanted` are its columns as the registry has them, what it says nothing of with their defaults; `linked` and
    `held_linked` are the rows and terms that it is linked with there and here, by the field that links them: the
    interventions of an arm, the terms of a product. `key` names the row in a form, whatever its place.
    """

    key: str
    wanted: Row
    linked: Links
    held: Row | None
    held_linked: Links

    @property
    def is_same(self) -> bool:
        return self.held is not None and self.linked == self.held_linked and not self.differing

    @property
    def differing(self) -> tuple[str, ...]:
        """The columns in which the two rows differ."""
        held = self.held or {}
        return tuple(name for name, value in self.wanted.items() if comparable(held.get(name)) != comparable(value))


@dataclass(frozen=True)
class Comparison:
    """A list as the registry has it beside the trial's; `own` are the rows that only the trial's list has."""

    pairs: tuple[Pair, ...]
    own: tuple[Row, ...]

    @property
    def is_equal(self) -> bool:
        return not self.own and all(pair.is_same for pair in self.pairs)


def compare(trial: int, content: Content, name: str) -> Comparison:
    """The registry's list of this name beside the trial's; `content` must not have been applied."""
    model = MODELS[name]
    wanted = content.lists.get(model, [])
    held = held_rows(model, [trial]).get(trial, [])
    couples, unused = _couples(model, wanted, held)
    targets: tuple[type[models.Model], ...] = (Intervention, *LINKS.values())
    numbers = {linked: _numbers(trial, content, linked) for linked in targets}
    links = _linked(model, trial)
    pairs = []
    for place, (row, own) in enumerate(couples):
        columns = {column: value for column, value in row.items() if column[0] != "@"}
        for mark, linked in LINKS.items():
            if mark in row:
                at = row[mark]
                columns[mark[1:]] = numbers[linked][at] if at is not None and at < len(numbers[linked]) else None
        named = frozenset(_named(model, content, place, numbers[Intervention]))
        whole = columns | _unsaid(model, columns)
        held_linked = links.get(own["id"], frozenset()) if own else frozenset()
        pairs.append(Pair(_key(row, couples[:place]), whole, named, own, held_linked))
    return Comparison(tuple(pairs), tuple(own for own in held if own["id"] in unused))


def _couples(
    model: type[models.Model], wanted: Sequence[Row], held: Sequence[Row]
) -> tuple[list[tuple[Row, Row | None]], set[int]]:
    """The rows paired as an import pairs them, and then those that stand in one place and are alike for the most part.

    So a city or a label that an editor corrected shows as a change of its row, not as one row less and one more.
    """
    couples, unused = paired(model, wanted, held)
    left = {own["order"]: own for own in reversed(held) if own["id"] in set(unused)}
    for place, (row, own) in enumerate(couples):
        if own is None and (other := left.get(row["order"])) is not None and _is_alike(row, other):
            couples[place] = (row, left.pop(row["order"]))
    used = {own["id"] for _, own in couples if own is not None}
    return couples, set(unused) - used


def _is_alike(row: Row, own: Row) -> bool:
    said = [column for column, value in row.items() if value not in (None, "", []) and column[0] != "@"]
    said.remove("order")
    return 2 * sum(comparable(own[column]) == comparable(row[column]) for column in said) >= len(said)


def _numbers(trial: int, content: Content, model: type[models.Model]) -> list[int | None]:
    """The rows of the trial's list that the rows of the registry's are, by place."""
    couples, _ = _couples(model, content.lists.get(model, []), held_rows(model, [trial]).get(trial, []))
    return [own["id"] if own else None for _, own in couples]


def _named(
    model: type[models.Model], content: Content, place: int, interventions: Sequence[int | None]
) -> Iterator[tuple[str, int]]:
    """What the registry's row in that place is linked with."""
    if model is Arm:
        for arm, at in content.arm_interventions:
            if arm == place and (number := interventions[at]) is not None:
                yield "interventions", number
    if model is CellProduct:
        for name, terms in content.product_terms[place].items():
            yield from ((name, term) for term in terms)


def _linked(model: type[models.Model], trial: int) -> dict[int, Links]:
    """What the rows of the trial's list are linked with."""
    found: dict[int, set[tuple[str, int]]] = {}
    many_fields: Iterable[Any] = model._meta.many_to_many
    for many in many_fields:
        rows = many.remote_field.through._default_manager.filter(**{f"{many.m2m_field_name()}__trial": trial})
        for row, linked in rows.values_list(many.m2m_column_name(), many.m2m_reverse_name()):
            found.setdefault(row, set()).add((many.name, linked))
    return {row: frozenset(linked) for row, linked in found.items()}


def _unsaid(model: type[models.Model], wanted: Row) -> Row:
    """The columns that a registry's row says nothing of, such as remarks, with their defaults."""
    given = {*wanted, "id", "trial_id"}
    return {
        column.attname: column.get_default()
        for column in model._meta.concrete_fields
        if column.attname not in given and not column.generated and not column.has_db_default()
    }


def _key(row: Row, before: Sequence[tuple[Row, Row | None]]) -> str:
    """Names a row by what it says, and by how many before it say the same."""
    said = {column: comparable(value) for column, value in row.items() if column != "order" and column[0] != "@"}
    twins = sum(all(other[column] == row[column] for column in said) for other, _ in before)
    return hashlib.sha256(json.dumps([said, twins], sort_keys=True).encode()).hexdigest()[:16]


# Giving back -----------------------------------------------------------------------------------------------------


def take_back(
    pk: Any, name: str, by: Any, version: int | None, rows: Collection[str] | None = None, why: str = ""
) -> Outcome:
    """Gives a field or list back to the registry, or only `rows` (keys of `Pair`) of a list, in one transaction.

    Meanwhile if the trial's version is not `version` any longer (None asks for no version), or if nothing is locked
    under this name. A list of which rows were put back stays locked unless it is the registry's again.
    """
    with publishing():
        trial = hold(pk)
        if trial is None or version not in (None, trial.version):
            raise Meanwhile
        found = trial.locks.filter(name=name)
        if not found.exists():
            raise Meanwhile
        before = state_of(trial.pk, lists())
        interpreter = Interpreter(READERS)
        original = original_of(trial, interpreter)
        if original is None or not original.knows(name):
            outcome = Outcome.UNLOCKED
        elif rows is not None and name in MODELS:
            outcome = _put_back(trial.pk, original.content, name, rows)
        else:
            outcome = _make_way(trial, original.content, name)
        if outcome is not Outcome.ROWS:
            found.delete()
        if original is not None and outcome is Outcome.RESTORED:
            # An import would do the same; what an editor still owns it leaves alone.
            lead = original.registration.pk
            record = record_of(versions_of([lead], interpreter.readers)[lead])
            refresh_trials(interpreter, {trial.pk: record})
        note(trial.pk, before, state_of(trial.pk, lists()), by, EditKind.TAKEN_BACK, why)
        grow(trial.pk)
        return outcome


def _make_way(trial: Trial, content: Content, name: str) -> Outcome:
    """What the registry says nothing of, such as an editor's remark on a row, goes before its value comes back."""
    if name in MODELS:
        for row in content.lists.get(MODELS[name], [])[:1]:
            said = {column.removeprefix("@"): value for column, value in row.items()}
            MODELS[name]._base_manager.filter(trial=trial.pk).update(**_unsaid(MODELS[name], said))
    elif name in trial.our_wording:
        ours = [worded for worded in trial.our_wording if worded != name]
        Trial.objects.filter(pk=trial.pk).update(our_wording=ours)
    return Outcome.RESTORED


def _put_back(trial: int, content: Content, name: str, keys: Collection[str]) -> Outcome:
    """Writes single rows of the registry's list, in its order, so that a row comes after the one it stands below."""
    model = MODELS[name]
    wanted = [pair.key for pair in compare(trial, content, name).pairs if pair.key in keys]
    for key in wanted:
        pair = next(pair for pair in compare(trial, content, name).pairs if pair.key == key)
        if pair.held is not None:
            number = pair.held["id"]
            bulk.update(model, [(number, pair.wanted)])
        else:
            _make_room(model, trial, pair.wanted)
            (number,) = bulk.reserve(model, 1)
            bulk.insert(model, [pair.wanted | {"id": number, "trial_id": trial}])
        row = model._base_manager.get(pk=number)
        for many in model._meta.many_to_many:
            getattr(row, many.name).set([linked for name, linked in pair.linked if name == many.name])
    return Outcome.RESTORED if compare(trial, content, name).is_equal else Outcome.ROWS


def _make_room(model: type[models.Model], trial: int, row: Row) -> None:
    """Lets rows from a place on move back by one, if another row stands in it."""
    rows = model._base_manager.filter(trial=trial)
    if rows.filter(order=row["order"]).exists():
        rows.filter(order__gte=row["order"]).update(order=models.F("order") + 1)
