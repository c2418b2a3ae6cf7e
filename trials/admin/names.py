"""Names that editors read and type: of countries, and of the fields that statements and absences are about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.utils.text import capfirst
from django_countries import countries

from trials.models import Trial
from trials.models.finding import AGES, DOSE_ATTRIBUTES, LISTS, PRODUCT_ATTRIBUTES
from trials.models.trial import WORDED_FIELDS


@cache
def field_names() -> dict[str, str]:
    """Every field, list and attribute that evidence may be about, with its name in words; no name stands twice."""
    names: dict[str, str] = {"min_age": "Minimum age", "max_age": "Maximum age"}
    assert set(names) == set(AGES)  # noqa: S101 (whoever adds one must name it here)
    for group, kind in ((LISTS, "list"), (PRODUCT_ATTRIBUTES, "product"), (DOSE_ATTRIBUTES, "dose")):
        names |= {name: f"{capfirst(name.replace('_', ' '))} ({kind})" for name in group}
    for column in Trial._meta.concrete_fields:
        words = str(capfirst(column.verbose_name))
        names[column.name] = words if words not in names.values() else f"{words} ({column.name})"
    return names


@cache
def worded_names() -> dict[str, str]:
    """The text fields of a trial that may be in our words."""
    columns = {column.name: column for column in Trial._meta.concrete_fields}
    return {name: str(capfirst(columns[name].verbose_name)) for name in WORDED_FIELDS}


@cache
def country_names() -> dict[str, str]:
    """Names of countries by ISO 3166 code."""
    return {code: str(name) for code, name in countries}


def suggestions() -> dict[str, Iterable[str]]:
    """What the lists of suggestions on a page offer, for its template."""
    return {"known_countries": country_names().values(), "known_fields": field_names().values()}
