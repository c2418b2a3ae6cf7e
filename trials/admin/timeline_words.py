"""What one moment of a trial's history changed, in words: fields with both values, lists row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from trials.admin.words import Lines, field_words, lock_name, row_lines
from trials.intake.editing import fields, plain, value_of
from trials.intake.history import RowChange as HistoryChange
from trials.intake.history import Values, key_of, numbers, trial_column
from trials.models.history import OWN, TRACKED

# Rows of one list that a page tells; the preview of restoring them is no longer.
TOLD = 40
# What is a trial's own but no field that can be locked.
_DOORS = ("slug", "state")
# Lists of records that bear another name here.
_OURS = {"sponsors": "sponsorships", "related": "related_records"}
# Columns that the catalogue works out, and that say nothing to people.
_SILENT = {"id", "title_key", "official_title_key"}

Words = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class FieldChange:
    """A field of the trial with its value before and after. `can_return`: whether the old one can be put back."""

    name: str
    words: str
    old: str
    new: str
    can_return: bool


@dataclass(frozen=True)
class RowChange:
    """A row that came, went or changed. Of one that changed, the lines hold only what differs."""

    number: int
    verb: str
    title: str
    old: Lines
    new: Lines


@dataclass(frozen=True)
class ListChange:
    """The rows of one list; `more` are not told."""

    name: str
    words: str
    rows: tuple[RowChange, ...]
    more: int


@dataclass(frozen=True)
class Difference:
    """All that differs, in words."""

    fields: tuple[FieldChange, ...] = ()
    lists: tuple[ListChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.lists)


def difference(changes: Sequence[HistoryChange], words: Words) -> Difference:
    """Changes of the history, or those that restoring would make, in words; `words` are for what rows name."""
    own = [(old, new) for name, _, old, new in changes if name == OWN and old and new]
    found = [change for old, new in own for change in _fields(old, new)]
    lists = (_list(name, [change for change in changes if change[0] == name], words) for name in TRACKED if name != OWN)
    return Difference(tuple(found), tuple(listed for listed in lists if listed.rows))


def _fields(old: Values, new: Values) -> Iterable[FieldChange]:
    for name in fields():
        values = value_of(old, name), value_of(new, name)
        if values[0] != values[1]:
            sides = [field_words(name, value) for value in values]
            yield FieldChange(name, lock_name(name), sides[0], sides[1], True)
    for name in _DOORS:
        if old[name] != new[name]:
            sides = [field_words(name, row[name]) for row in (old, new)]
            yield FieldChange(name, lock_name(name), sides[0], sides[1], False)


def _list(name: str, changes: Sequence[HistoryChange], words: Words) -> ListChange:
    rows = tuple(_row(name, *change[1:], words) for change in changes[:TOLD])
    rows = tuple(row for row in rows if row.old or row.new)
    return ListChange(name, lock_name(name), rows, max(0, len(changes) - TOLD))


def _row(name: str, number: int, old: Values | None, new: Values | None, words: Words) -> RowChange:
    model = TRACKED[name]
    before, after = (_in_words(name, row, words) if row else {} for row in (old, new))
    whole = row_lines(model, _stated(name, after or before))
    title = next((text for head, text in whole if head not in ("Place", "Kind", "Type", "Role")), "")
    if old is None or new is None:
        verb = "added" if old is None else "removed"
        return RowChange(number, verb, title, *(((), whole) if old is None else (whole, ())))
    names = [column for column in before if before[column] != after.get(column)]
    sides = (
        row_lines(model, {column: side.get(column) for column in names}, with_empty=True) for side in (before, after)
    )
    return RowChange(number, "changed", title, *sides)


def _stated(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without what is as it is where nothing is said."""
    defaults = {column.name: plain(column.get_default()) for column in TRACKED[name]._meta.concrete_fields}
    return {column: value for column, value in row.items() if column not in defaults or value != defaults[column]}


def _in_words(name: str, row: Values, words: Words) -> dict[str, Any]:
    """A row with the rows and terms that it names in words."""
    found: dict[str, Any] = {}
    model = TRACKED[name]
    for column in (*model._meta.concrete_fields, *model._meta.local_many_to_many):
        key = getattr(column, "attname", column.name)
        key = column.name if column.many_to_many else key
        if key == trial_column(name) or key in _SILENT or key not in row:
            continue
        if column.related_model is None:
            found[column.name] = plain(row[key])
            continue
        known = words.get(key_of(column.related_model), {})
        fallback = "an account" if column.related_model is get_user_model() else "a row without words"
        named = [known.get(number, fallback) for number in numbers(row[key])]
        found[column.name] = named if column.many_to_many else (named[0] if named else None)
    return found


# Registry changes and bare edits ---------------------------------------------------------------------------------


def told_lines(name: str, value: Any) -> tuple[str, ...]:
    """A value of a registry's record in lines: a field in one, a list in one per row."""
    if isinstance(value, list) and any(isinstance(row, dict) for row in value):
        return tuple(_record_row(name, row) if isinstance(row, dict) else str(row) for row in value)
    if isinstance(value, dict) and "value" not in value:
        parts = ((part, field_words(part, text)) for part, text in sorted(value.items()))
        return tuple(f"{lock_name(part)}: {text}" for part, text in parts if text)
    words = field_words(name, value)
    return (words,) if words else ()


def _record_row(name: str, row: Mapping[str, Any]) -> str:
    """A row of a registry's list under the headings of ours, as far as we have the same, in the order of ours."""
    model = TRACKED.get(_OURS.get(name, name))
    known = [column.name for column in model._meta.concrete_fields if column.related_model is None] if model else []
    lines = row_lines(model, {head: row[head] for head in known if head in row}) if model else ()
    rest = _joined({head: value for head, value in row.items() if head not in known})
    return "; ".join([*(f"{head}: {text}" for head, text in lines), *([rest] if rest else [])])


def _joined(row: Mapping[str, Any]) -> str:
    # Databases keep the parts of a row in orders of their own.
    parts = ((head, _plain_words(value)) for head, value in sorted(row.items()))
    return "; ".join(f"{head.replace('_', ' ').capitalize()}: {text}" for head, text in parts if text)


def _plain_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_plain_words(part) for part in value)
    if isinstance(value, dict):
        return _joined(value)
    return "" if value is None else str(value)
