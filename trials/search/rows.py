"""The rows that a trial's card, words and names are made from: read once for all three, or handed over by whoever has
just made the trial.

Each class here names the columns that search needs of a table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from trials import models
from trials.records import PartialDate

Written = Mapping[str, Any]
WrittenLists = Mapping[type[Any], Sequence[Written]]


class TrialRow(NamedTuple):
    """The trial itself."""

    id: int
    slug: str
    state: str
    title: str
    official_title: str
    display_title: str
    our_wording: Sequence[str]
    acronym: str
    keywords: Sequence[Any]
    brief_summary: str
    detailed_description: str
    objectives: str
    status: str
    status_verified: PartialDate | None
    phase: str
    start_date: PartialDate | None
    completion_date: PartialDate | None
    last_update_posted: PartialDate | None
    enrollment_count: int | None
    enrollment_type: str
    enrollment_conditional_max: int | None
    sex: str
    min_age_value: float | None
    min_age_unit: str
    max_age_value: float | None
    max_age_unit: str
    site_count: int | None


class RegistrationRow(NamedTuple):
    number: str
    number_raw: str
    is_lead: bool
    updated: PartialDate | None
    fetched: PartialDate | None


class IdentifierRow(NamedTuple):
    kind: str
    value: str


class ConditionRow(NamedTuple):
    wording: str
    from_mesh: bool


class InterventionRow(NamedTuple):
    name: str
    other_names: Sequence[Any]


class ProductRow(NamedTuple):
    id: int
    name: str
    evidence_state: str


class ArmRow(NamedTuple):
    label: str
    description: str


class DoseRow(NamedTuple):
    amount_low: Decimal | None
    amount_high: Decimal | None
    basis: str
    administrations: int | None
    route_id: int | None
    is_conditional: bool


class SponsorshipRow(NamedTuple):
    role: str
    organisation_id: int


class SiteRow(NamedTuple):
    facility: str
    city: str
    country: str
    country_raw: str
    status: str


class CriterionRow(NamedTuple):
    text: str
    exception: str


class AbsenceRow(NamedTuple):
    field: str
    reason: str


@dataclass
class Rows:
    """A trial with its lists, each in its own order.

    `terms` are the ids of products' terms by (product, list of it), `organisations` the names of sponsors by id. Rows
    that were handed over keep what they were made from: columns of the trial, and of its lists.
    """

    trial: TrialRow
    registrations: list[RegistrationRow] = field(default_factory=list)
    identifiers: list[IdentifierRow] = field(default_factory=list)
    conditions: list[ConditionRow] = field(default_factory=list)
    interventions: list[InterventionRow] = field(default_factory=list)
    products: list[ProductRow] = field(default_factory=list)
    terms: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    arms: list[ArmRow] = field(default_factory=list)
    doses: list[DoseRow] = field(default_factory=list)
    sponsorships: list[SponsorshipRow] = field(default_factory=list)
    sites: list[SiteRow] = field(default_factory=list)
    criteria: list[CriterionRow] = field(default_factory=list)
    absences: list[AbsenceRow] = field(default_factory=list)
    organisations: Mapping[int, str] = field(default_factory=dict)
    # What was handed over, for those who need other columns of it. A trial is the same whether read or handed over.
    written: tuple[Written, WrittenLists] | None = field(default=None, compare=False, repr=False)

    def sponsors(self, role: str = "") -> list[str]:
        """The names of the organisations that have a part in the trial, or have this one."""
        return [self.organisations[row.organisation_id] for row in self.sponsorships if not role or row.role == role]


# The lists of `Rows` with their tables.
_LISTS: Mapping[str, tuple[type[Any], type[Any]]] = {
    "registrations": (models.Registration, RegistrationRow),
    "identifiers": (models.Identifier, IdentifierRow),
    "conditions": (models.TrialCondition, ConditionRow),
    "interventions": (models.Intervention, InterventionRow),
    "products": (models.CellProduct, ProductRow),
    "arms": (models.Arm, ArmRow),
    "doses": (models.Dose, DoseRow),
    "sponsorships": (models.Sponsorship, SponsorshipRow),
    "sites": (models.Site, SiteRow),
    "criteria": (models.Criterion, CriterionRow),
    "absences": (models.Absence, AbsenceRow),
}
_TERMS: Mapping[str, type[Any]] = {
    "cell_types": models.CellType,
    "tissues": models.TissueSource,
    "donors": models.DonorRelation,
}
_DATES = ("status_verified", "start_date", "completion_date", "last_update_posted", "updated", "fetched")


def read(trials: QuerySet[models.Trial]) -> dict[int, Rows]:
    """The rows of these trials by id, in one query per table."""
    found = {row.id: Rows(row) for row in map(TrialRow._make, trials.order_by("pk").values_list(*TrialRow._fields))}
    for name, (model, kind) in _LISTS.items():
        lists = {pk: getattr(rows, name) for pk, rows in found.items()}
        held = model._default_manager.filter(trial__in=list(found)).order_by(*model._meta.ordering)
        for trial, *values in held.values_list("trial_id", *kind._fields):
            lists[trial].append(kind._make(values))
    trial_of = {product.id: trial for trial, rows in found.items() for product in rows.products}
    for name, model in _TERMS.items():
        terms = model._default_manager.filter(products__in=list(trial_of))
        for product, term in terms.values_list("products", "pk"):
            found[trial_of[product]].terms.setdefault((product, name), []).append(term)
    name_organisations(found.values())
    return found


def handed(trial: Written, lists: WrittenLists) -> Rows:
    """The rows of a trial from what was just written: its columns, and those of its lists in their order.

    Values are as `models.bulk` takes them, and what is left out has its default. A product has the ids of its terms
    under the name of each list, in the vocabulary's order. What sponsors are called is still to be looked up.
    """
    (row,) = _made(models.Trial, TrialRow, [_dated(trial)])
    rows = Rows(row, written=(trial, lists))
    for name, (model, kind) in _LISTS.items():
        written: Sequence[Mapping[str, Any]] = lists.get(model, ())
        if model is models.Criterion:
            # Inclusion before exclusion, as the table is read.
            written = sorted(written, key=itemgetter("kind"), reverse=True)
        elif model is models.Registration:
            written = [_dated(columns) for columns in written]
        getattr(rows, name).extend(_made(model, kind, written))
    for product in lists.get(models.CellProduct, ()):
        rows.terms |= {(product["id"], name): list(product[name]) for name in _TERMS if product.get(name)}
    return rows


def _made(model: Any, kind: Any, written: Iterable[Mapping[str, Any]]) -> list[Any]:
    names, defaults = kind._fields, _defaults(model, kind)
    return [kind._make(map(columns.get, names, defaults)) for columns in written]


@cache
def _defaults(model: Any, kind: Any) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name).get_default() for name in kind._fields)


def _dated(columns: Mapping[str, Any]) -> Mapping[str, Any]:
    dates = {name: PartialDate.parse(text) for name in _DATES if isinstance(text := columns.get(name), str)}
    return {**columns, **dates}


def name_organisations(trials: Collection[Rows]) -> None:
    """Looks up what the sponsors of these trials are called."""
    wanted = {row.organisation_id for rows in trials for row in rows.sponsorships}
    named = dict(models.Organisation.objects.filter(pk__in=wanted).order_by().values_list("pk", "name"))
    for rows in trials:
        rows.organisations = named
