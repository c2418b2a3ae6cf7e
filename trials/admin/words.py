"""Values of a trial's fields and rows as editors read them; what they store is plain JSON or columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.text import capfirst
from django_countries.fields import CountryField

from trials.admin.names import country_names, field_names
from trials.admin.rows import LISTS
from trials.intake.editing import plain
from trials.models import Trial
from trials.models.choices import AgeUnit, WhoMasked

Lines = tuple[tuple[str, str], ...]


def lock_name(name: str) -> str:
    """What a field or list that can be locked is called."""
    if name in LISTS:
        inline = LISTS[name]
        return str(capfirst(inline.verbose_name_plural or inline.model._meta.verbose_name_plural))
    return field_names().get(name) or str(capfirst(name.replace("_", " ")))


def field_words(name: str, value: Any) -> str:
    """A field of a trial in words; nothing where it is empty."""
    if isinstance(value, dict):
        return f"{value.get('value')} {dict(AgeUnit.choices).get(value.get('unit', ''), '')}".strip()
    if name == "who_masked" and isinstance(value, list):
        return "; ".join(str(dict(WhoMasked.choices).get(who, who)) for who in value)
    if name == "our_wording" and isinstance(value, list):
        return "; ".join(lock_name(worded) for worded in value)
    column = next((column for column in Trial._meta.concrete_fields if column.name == name), None)
    return _words(column, value)


def row_lines(model: type[models.Model], row: Mapping[str, Any], with_empty: bool = False) -> Lines:
    """A row as {field: value in JSON, other rows in words} in lines of (label, text); what is empty may be left out."""
    columns = (*model._meta.concrete_fields, *model._meta.many_to_many)
    known = {column.name: column for column in columns if column.editable}
    lines = ((known[name], value) for name, value in row.items() if name in known)
    found = ((label(column), _words(column, value)) for column, value in lines)
    return tuple((name, text) for name, text in found if text or with_empty)


def rows_in_words(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows given as columns, with the rows and terms that they name in words; one query per link."""
    named: dict[str, Mapping[Any, Any]] = {}
    for column in model._meta.concrete_fields:
        keys = {row.get(column.attname) for row in rows} - {None}
        other: Any = column.related_model
        if other not in (None, Trial, get_user_model()) and keys:
            named[column.attname] = other._default_manager.in_bulk(keys)
    return [dict(_named(model, row, named)) for row in rows]


def _named(
    model: type[models.Model], row: Mapping[str, Any], named: Mapping[str, Mapping[Any, Any]]
) -> Iterable[tuple[str, Any]]:
    for column in model._meta.concrete_fields:
        if column.attname not in row or column.primary_key:
            continue
        value = row[column.attname]
        if column.related_model is None:
            yield column.name, plain(value)
        elif column.attname in named:
            found = named[column.attname].get(value)
            yield column.name, str(found) if found else ""


def label(column: Any) -> str:
    return "Place" if column.name == "order" else str(capfirst(column.verbose_name))


def _words(column: Any, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items())
    if isinstance(column, CountryField):
        return country_names().get(str(value), str(value))
    return str(dict(getattr(column, "flatchoices", ())).get(value, value))
