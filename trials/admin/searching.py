"""What the search boxes above the lists find, through indexes: trials as the public search box does, and drafts.

A number or an address goes first, then the beginning of a number, then words.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from trials.admin.paging import MOST
from trials.models import Identifier, Registration, Trial
from trials.models.choices import State
from trials.models.trial import numbers_meant
from trials.search import names
from trials.search.live import reading
from trials.search.suggest import LEAST_OF_NUMBER
from trials.search.text.keys import key, number_key
from trials.search.text.matching import TITLE_TIER, find
from trials.search.text.query import MAX_LETTERS

# Numbers that begin as what was typed does; who types less than tells them apart goes on typing.
MOST_BEGUN = 200
# From so many ids on, rows are met along an order rather than looked up.
MANY = 2_000
# Of trials that are not public no words are kept, so the texts themselves are looked through.
UNKEPT = [state for state in State.values if state != State.PUBLISHED]
LOOKED_THROUGH = ("slug", "acronym", "title", "display_title", "official_title")


def trials_meant(text: str) -> set[int]:
    """The trials that somebody means who types `text`, public or not; no more drafts than a list has pages for."""
    text = text[:MAX_LETTERS].strip()
    return _numbered(text) or _begun(text) or _worded(text)


def within(rows: QuerySet[Any], ids: Collection[int]) -> QuerySet[Any]:
    """Those of `rows` with one of these ids: few are looked up by their key, many are met soon on the way along the
    index that puts the rows in order, which a sum in place of the key makes the database take."""
    return met(rows, among(ids)) if len(ids) > MANY else rows.filter(pk__in=among(ids))


def met(rows: QuerySet[Any], *queries: Any) -> QuerySet[Any]:
    """Those of `rows` whose key one of the queries finds, met along the index that puts them in order."""
    return rows.alias(own_key=F("pk") + 0).filter(Q(*(("own_key__in", query) for query in queries), _connector=Q.OR))


def found(rows: QuerySet[Any], *parts: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `rows` that stand in one of the parts, each of which is read through an index of its own."""
    return rows.filter(pk__in=among({pk for part in parts for pk in ids_of(part)}))


def ids_of(rows: QuerySet[Any], column: str = "pk") -> Iterable[int]:
    """So many ids as a list has pages for."""
    return rows.order_by().values_list(column, flat=True)[: MOST + 1]


def _numbered(text: str) -> set[int]:
    """The trials with this very number or address, public or not."""
    numbers, slug = numbers_meant(text) if _has_digit(text) else (), text.lower()
    ids = {*ids_of(Trial.objects.filter(slug=slug)), *ids_of(Trial.objects.filter(former_slugs__slug=slug))}
    for model, column in ((Registration, "number"), (Identifier, "value")) if numbers else ():
        ids.update(ids_of(model._default_manager.filter(**{f"{column}__upper__in": numbers}), "trial"))
    return ids


def _begun(text: str) -> set[int]:
    """The public trials with a registry number that begins so, and all others."""
    number = number_key(text)
    if len(number) < LEAST_OF_NUMBER or not _has_digit(number) or len(text.split()) > 1:
        return set()
    ids = {trial for *_, trial in names.of_trials("", number, MOST_BEGUN)}
    unkept = Registration.objects.filter(trial__state__in=UNKEPT, number__istartswith=text)
    return ids | {*ids_of(unkept, "trial")}


def _has_digit(text: str) -> bool:
    return any(mark.isdigit() for mark in text)


def _worded(text: str) -> set[int]:
    """The trials with these words in their titles, names or numbers."""
    unkept = set(ids_of(_unkept(text)))
    if not key(text):
        # Of marks alone no words are kept, and the search box takes them for no question.
        return unkept
    with reading() as index:
        return unkept.union(find(text, index).tiers[TITLE_TIER])


def _unkept(text: str) -> QuerySet[Any]:
    """The trials that are not public and hold every word."""
    rows = Trial.objects.filter(state__in=UNKEPT).order_by()
    for word in text.split():
        fields = (Q(**{f"{name}__icontains": word}) for name in LOOKED_THROUGH)
        numbers = Registration.objects.filter(trial__state__in=UNKEPT, number__icontains=word).order_by()
        rows = rows.filter(Q(*fields, Q(pk__in=numbers.values("trial")), _connector=Q.OR))
    return rows


def among(ids: Collection[int]) -> RawSQL:
    """Any number of ids, sent as one parameter."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)], output_field=BigIntegerField())
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))], output_field=BigIntegerField())
