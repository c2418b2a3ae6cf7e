"""One SHA-256 over what the catalogue holds: equal for two catalogues of the same content, on either database.

Every row counts by its natural key: a trial by its address, a term by its slug, a document by its number, a received
version by its own digest, a row of a trial's list by its place and content. What only tells how the rows came in
(numbers of rows, clock times, accounts, logs of imports and fixtures) does not count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Collate

from trials.models import (
    DERIVED,
    HISTORY,
    Area,
    AuditEntry,
    CellProduct,
    CellType,
    Condition,
    ConditionChange,
    Cue,
    DonorRelation,
    Dose,
    Edit,
    FixtureFile,
    FixtureRow,
    Flag,
    FormerName,
    FormerSlug,
    ImportRun,
    Job,
    JobRecord,
    KnownProduct,
    Lock,
    MatchDecision,
    MatchSuggestion,
    Merged,
    Organisation,
    PlanNote,
    PreviewLink,
    RawRecord,
    Registration,
    Route,
    ScheduledFetch,
    Target,
    TissueSource,
    Trial,
    TrialReading,
    Worker,
)
from trials.models.choices import FlagOrigin
from trials.models.trial import TrialRow

Model = type[models.Model]
# The number of a row, and of a trial.
Number = int

TERMS: tuple[Model, ...] = (Area, CellType, Condition, DonorRelation, KnownProduct, Route, Target, TissueSource)
# Written down as a whole; all other models trial by trial.
WHOLE: tuple[Model, ...] = (*TERMS, Cue, FormerName, FormerSlug, MatchDecision)
# What rows are called where others point to them.
NAMES: dict[Model, tuple[str, ...]] = {
    **dict.fromkeys(TERMS, ("slug",)),
    Trial: ("slug",),
    Organisation: ("name", "agency_class"),
    Registration: ("registry", "number", "publisher", "document"),
    RawRecord: ("source", "digest"),
}
# Logs, also of what became of terms and of people's edits; who may look; what is computed from the rest; and
# organisations, which count where a trial names them.
NOT_COUNTED: set[Model] = {ConditionChange, ImportRun, FixtureFile, FixtureRow, MatchSuggestion, Organisation}
NOT_COUNTED |= {AuditEntry, Merged, PreviewLink, TrialReading, *DERIVED, *HISTORY}
NOT_COUNTED |= {Job, JobRecord, ScheduledFetch, Worker}
FIELDS_NOT_COUNTED: dict[Model, set[str]] = {
    Trial: {"version", "created", "updated"},
    # The digest stands for the body, from which the rest was read.
    RawRecord: {"body", "size", "received", "reason", "rule", "problems"},
    Registration: {"title_key", "official_title_key"},
    Lock: {"since", "moved_on"},
    CellProduct: {"found_on"},
    Dose: {"found_on"},
    PlanNote: {"found_on"},
    MatchDecision: {"on"},
    Edit: {"on", "moment"},
    Flag: {"since", "dismissed_on"},
}
# What rules find follows from the rest; that somebody dismissed it does not.
ROWS_NOT_COUNTED: dict[Model, models.Q] = {Flag: models.Q(origin=FlagOrigin.RULE, dismissed="")}
_CHUNK = 100


def catalogue_digest() -> str:
    """The digest of the whole catalogue, as 64 hexadecimal figures. Reads one state of it, whatever is written now."""
    total = hashlib.sha256()
    with _one_state():
        for line in _lines():
            total.update(line.encode("ascii") + b"\n")
    return total.hexdigest()


@contextmanager
def _one_state() -> Iterator[None]:
    """Lets all queries see the same state, and keeps nobody from writing."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        # Not `atomic`, which on SQLite would take the only right to write.
        is_postgres = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" if is_postgres else "BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@dataclass(frozen=True)
class Table:
    """What of a model's rows is written down.

    `plain` are its columns, and for those that point elsewhere the columns that name the row there; `links` point to
    rows of the same trial's lists; `many` are its many-to-many fields.
    """

    model: Model
    plain: tuple[str, ...]
    links: tuple[Any, ...]
    many: tuple[Any, ...]

    @classmethod
    def of(cls, model: Model) -> Table:
        plain: list[str] = []
        links: list[Any] = []
        for field in model._meta.concrete_fields:
            target: Any = field.related_model
            if field.primary_key or isinstance(field, models.GeneratedField) or _is_account(target):
                continue
            if field.name in FIELDS_NOT_COUNTED.get(model, ()):
                continue
            if target is None:
                plain.append(field.name)
            elif target in NAMES:
                plain += [f"{field.name}__{name}" for name in NAMES[target]]
            elif issubclass(target, TrialRow):
                links.append(field)
            else:
                raise TypeError(f"Nothing says how {model.__name__}.{field.name} is written down.")
        return cls(model, tuple(plain), tuple(links), tuple(model._meta.local_many_to_many))

    @property
    def trial(self) -> str:
        """The lookup that leads from a row to its trial."""
        if self.model is Trial:
            return "pk"
        return "trial" if any(field.name == "trial" for field in self.model._meta.fields) else "registration__trial"


def _is_account(target: Any) -> bool:
    return target is not None and target._meta.label == settings.AUTH_USER_MODEL


@dataclass
class Row:
    """A row on its way to being written down: its number, its trial's, its plain part, and what it points to."""

    number: Number
    trial: Number
    text: str
    links: Sequence[Number | None]


def _lines() -> Iterator[str]:
    found = [Table.of(model) for model in apps.get_app_config("trials").get_models() if model not in NOT_COUNTED]
    tables = sorted(found, key=lambda table: table.model.__name__)
    for table in tables:
        if table.model in WHOLE:
            yield table.model.__name__
            yield from sorted(_terms(table))
    parts = [table for table in tables if table.model not in WHOLE]
    trials = Trial.objects.order_by(Collate("slug", "C" if connection.vendor == "postgresql" else "BINARY"))
    numbers = trials.values_list("pk", flat=True).iterator(chunk_size=2000)
    while chunk := list(islice(numbers, _CHUNK)):
        yield from _lines_of_trials(parts, chunk)


def _terms(table: Table) -> Iterator[str]:
    """The rows of a table that belongs to no trial."""
    many = _linked(table, {}, {})
    for number, *plain in table.model._base_manager.values_list("pk", *table.plain):
        yield _json([*map(_plain, plain), many[number]])


def _lines_of_trials(tables: Sequence[Table], trials: Sequence[Number]) -> Iterator[str]:
    """Trials with all that belongs to them, in the order given; what belongs to one in the order of its text."""
    rows = {table.model: list(_rows(table, trials)) for table in tables}
    names: dict[tuple[Any, Number | None], str] = {
        (model, row.number): _short(row.text) for model, own in rows.items() for row in own
    }
    lines: defaultdict[Number, list[str]] = defaultdict(list)
    for table in tables:
        many = _linked(table, {table.trial + "__in": trials}, names)
        targets = [field.related_model for field in table.links]
        for row in rows[table.model]:
            links = [names.get(link) for link in zip(targets, row.links, strict=True)]
            lines[row.trial].append(_json([table.model.__name__, row.text, links, many[row.number]]))
    for trial in trials:
        yield from sorted(lines[trial])


def _rows(table: Table, trials: Sequence[Number]) -> Iterator[Row]:
    """The rows of a table that belong to these trials."""
    columns = ("pk", table.trial, *table.plain, *(field.attname for field in table.links))
    end = 2 + len(table.plain)
    rows = table.model._base_manager.filter(**{f"{table.trial}__in": trials})
    if left_out := ROWS_NOT_COUNTED.get(table.model):
        rows = rows.exclude(left_out)
    for row in rows.values_list(*columns):
        yield Row(row[0], row[1], _json([_plain(value) for value in row[2:end]]), row[end:])


def _linked(
    table: Table, limit: Mapping[str, Any], names: Mapping[tuple[Any, Number | None], str]
) -> defaultdict[Number, list[list[str]]]:
    """For every row the names of the rows that its many-to-many fields link it to."""
    found: defaultdict[Number, list[list[str]]] = defaultdict(lambda: [[] for _ in table.many])
    for place, field in enumerate(table.many):
        own, other, target = field.m2m_field_name(), field.m2m_reverse_field_name(), field.related_model
        columns = [f"{other}__{name}" for name in NAMES.get(target, ("pk",))]
        through = field.remote_field.through._base_manager
        for number, *name in through.filter(**{f"{own}__{key}": value for key, value in limit.items()}).values_list(
            f"{own}_id", *columns
        ):
            found[number][place].append(_json(name) if target in NAMES else names[target, name[0]])
    for lists in found.values():
        for linked in lists:
            linked.sort()
    return found


def _plain(value: Any) -> Any:
    """A value as JSON has it, the same from either database."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
