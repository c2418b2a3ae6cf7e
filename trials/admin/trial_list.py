"""The list of trials: what its columns need, and its search box."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from trials.admin.listing import CatalogueList
from trials.models import CellProduct, Identifier, Registration, Trial
from trials.models.choices import State
from trials.models.trial import numbers_meant
from trials.search import names
from trials.search.live import reading
from trials.search.suggest import LEAST_OF_NUMBER
from trials.search.text.keys import number_key
from trials.search.text.matching import find
from trials.search.text.terms import FIELDS

# The fields of a trial's text that the list looks in: its names and numbers, and its titles.
TITLES = FIELDS.index("title")
# Numbers that begin as what was typed does; who types less than tells them apart goes on typing.
MOST_BEGUN = 200
# Of trials that are not public no words are kept, so the texts themselves are looked through.
UNKEPT = [state for state in State.values if state != State.PUBLISHED]
LOOKED_THROUGH = ("slug", "acronym", "title", "display_title", "official_title")


class TrialList(CatalogueList):
    """The list's rows with what its columns show, fetched for the whole page at once."""

    def fetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        registrations = Registration.objects.order_by("-is_lead", "order")
        products = CellProduct.objects.only("trial", "name").prefetch_related("cell_types")
        texts = ("official_title", "brief_summary", "detailed_description", "objectives", "safety_rules", "cohort_plan")
        return (
            super()
            .fetched(rows)
            .defer(*texts)
            .prefetch_related(
                Prefetch("registrations", queryset=registrations, to_attr="fetched_registrations"),
                Prefetch("products", queryset=products, to_attr="fetched_products"),
            )
        )


def sought(trials: QuerySet[Trial], text: str) -> QuerySet[Trial]:
    """Those of `trials` that somebody means who types `text`: a number or address, else the beginning of a number, else
    words of a title, an acronym or a number, as the public search box reads them."""
    text = text.strip()
    if not text:
        return trials
    found = _numbered(text) or _begun(text)
    if not found:
        with reading() as index:
            found = list(find(text, index).tiers[TITLES])
        return trials.filter(Q(pk__in=among(found)) | Q(pk__in=_unkept(text)))
    return trials.filter(pk__in=among(found))


def _numbered(text: str) -> set[int]:
    """The trials with this very number or address, public or not."""
    numbers, slug = numbers_meant(text), text.lower()
    ids = set(Trial.objects.filter(slug=slug).values_list("pk", flat=True))
    ids |= set(Trial.objects.filter(former_slugs__slug=slug).values_list("pk", flat=True))
    for model, column in ((Registration, "number"), (Identifier, "value")) if numbers else ():
        rows = model._default_manager.filter(**{f"{column}__upper__in": numbers}).order_by()
        ids |= set(rows.values_list("trial", flat=True)[:MOST_BEGUN])
    return ids


def _begun(text: str) -> set[int]:
    """The public trials with a registry number that begins so, and all others."""
    number = number_key(text)
    if len(number) < LEAST_OF_NUMBER or not any(mark.isdigit() for mark in number) or len(text.split()) > 1:
        return set()
    ids = {trial for *_, trial in names.of_trials("", number, MOST_BEGUN)}
    unkept = Registration.objects.filter(trial__state__in=UNKEPT, number__istartswith=text).order_by()
    return ids | set(unkept.values_list("trial", flat=True)[:MOST_BEGUN])


def _unkept(text: str) -> QuerySet[Any]:
    """The trials that are not public and hold every word."""
    rows = Trial.objects.filter(state__in=UNKEPT).order_by()
    for word in text.split():
        fields = (Q(**{f"{name}__icontains": word}) for name in LOOKED_THROUGH)
        numbers = Registration.objects.filter(trial__state__in=UNKEPT, number__icontains=word).order_by()
        rows = rows.filter(Q(*fields, Q(pk__in=numbers.values("trial")), _connector=Q.OR))
    return rows.values("pk")


def among(ids: Collection[int]) -> RawSQL:
    """Any number of ids, sent as one parameter."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)], output_field=BigIntegerField())  # noqa: S611
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))], output_field=BigIntegerField())  # noqa: S611
