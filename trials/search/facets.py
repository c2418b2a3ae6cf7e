"""Every facet, declared once: its name in addresses, its words on pages, where its values come from.

Adding a facet means adding an entry to `FACETS`; the query string, the counts, the chips and the page follow. Others
read it as `facets.FACETS`, so that a test can add one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django_countries import countries

from trials import models
from trials.models import choices
from trials.records import YEARS_PER_UNIT, PartialDate
from trials.search.bitmaps import Span
from trials.search.question import age_ticks
from trials.search.values import Value, ValueSet, enum_slug, from_choices, from_groups, from_terms, value_set


@dataclass(frozen=True)
class Source:
    """Rows that hold a facet's stored values.

    `columns` are looked up from `model`; with several, the stored value is the tuple of them. `trial` is the column
    with the trial's id. `named` goes before the value where a facet has sources of different kinds.
    """

    model: type[Any]
    columns: tuple[str, ...]
    trial: str = "trial_id"
    where: Q = field(default_factory=Q)
    named: str = ""

    def pairs(self) -> Iterable[tuple[int, Any]]:
        """(trial id, stored value) for every row, of drafts too. `search.rows` reads many sources at once."""
        rows = self.model._default_manager.filter(self.where).order_by().values_list(self.trial, *self.columns)
        for trial, *stored in rows.iterator(chunk_size=10_000):
            if self.named:
                yield trial, (self.named, *stored)
            else:
                yield trial, stored[0] if len(self.columns) == 1 else tuple(stored)


@dataclass(frozen=True)
class Facet:
    """A way to narrow the trials.

    `phrase` says a choice in the page's title (`{}` is the choice), `missing_phrase` the choice of “not stated”.
    `missing` is what a trial without a value is called, whether its source says nothing or this copy left it out;
    empty when the question makes no sense. `values_vary` where the values are whatever is stored. A facet that
    `is_vocabulary` has terms with other names, which the search box knows too.
    `grouped_by` is the key of the facet whose values these terms stand under on pages, as one tree: that one has no
    list of its own there, and a source `named` as this facet is, which says what a term counts for.
    """

    key: str
    label: str
    phrase: str
    sources: tuple[Source, ...]
    values: Callable[[], ValueSet]
    help: str = ""
    missing: str = "Not stated or not kept"
    missing_phrase: str = ""
    by_count: bool = False
    is_open: bool = False
    values_vary: bool = False
    is_vocabulary: bool = False
    grouped_by: str = ""


def _of_trial(*columns: str) -> tuple[Source, ...]:
    return (Source(models.Trial, columns, trial="pk"),)


def _of_product(column: str) -> tuple[Source, ...]:
    return (Source(models.CellProduct, (column,)),)


_PHASE_LABELS = {
    "early-1": "Early phase 1",
    "1": "Phase 1",
    "2": "Phase 2",
    "3": "Phase 3",
    "4": "Phase 4",
    "na": "Not applicable",
}
_PHASE_PARTS: dict[str, tuple[str, ...]] = {
    choices.Phase.NA: ("na",),
    choices.Phase.EARLY_PHASE1: ("early-1",),
    choices.Phase.PHASE1: ("1",),
    choices.Phase.PHASE1_PHASE2: ("1", "2"),
    choices.Phase.PHASE2: ("2",),
    choices.Phase.PHASE2_PHASE3: ("2", "3"),
    choices.Phase.PHASE3: ("3",),
    choices.Phase.PHASE3_PHASE4: ("3", "4"),
    choices.Phase.PHASE4: ("4",),
}


def _phases() -> ValueSet:
    return from_groups(_PHASE_LABELS, _PHASE_PARTS)


def _sexes() -> ValueSet:
    # A trial open to all is open to each.
    return from_groups(
        {"female": "Open to women and girls", "male": "Open to men and boys"},
        {"ALL": ("female", "male"), "FEMALE": ("female",), "MALE": ("male",)},
    )


# ClinicalTrials.gov StandardAge: years from (inclusive) and to (exclusive).
_AGE_GROUPS = {"child": (0.0, 18.0), "adult": (18.0, 65.0), "older-adult": (65.0, float("inf"))}
_AGE_GROUP_LABELS = {
    "child": "Children (0 to 17)",
    "adult": "Adults (18 to 64)",
    "older-adult": "Older adults (65 and over)",
}


def _age_groups() -> ValueSet:
    def expand(bounds: tuple[float | None, float | None]) -> Iterable[str]:
        youngest, oldest = bounds
        # One missing limit is no limit; without either, nothing is stated.
        if youngest is None and oldest is None:
            return
        low, high = youngest or 0.0, float("inf") if oldest is None else oldest
        for slug, (start, end) in _AGE_GROUPS.items():
            if low < end and high >= start:
                yield slug

    return value_set((Value(slug, label) for slug, label in _AGE_GROUP_LABELS.items()), expand)


def _countries() -> ValueSet:
    return value_set(_country_values(), lambda code: (code.lower(),) if code else ())


def _country_values() -> Iterable[Value]:
    return (Value(code.lower(), str(name)) for code, name in countries)


def _open_in() -> ValueSet:
    def expand(stored: tuple[str, str, str]) -> Iterable[str]:
        country, of_site, of_trial = stored
        # A site whose own status is not stated counts as the trial's.
        if country and (of_site or of_trial) == choices.SiteStatus.RECRUITING:
            yield country.lower()

    return value_set(_country_values(), expand)


def _areas() -> ValueSet:
    """An area counts as every vocabulary's terms do; a condition counts for the areas that it belongs to."""
    areas = from_terms(models.Area)
    of_condition: defaultdict[int, set[str]] = defaultdict(set)
    for condition, area in models.Condition.areas.through.objects.values_list("condition_id", "area_id"):
        of_condition[condition].update(areas.expand(area))

    def expand(stored: tuple[str, int]) -> Iterable[str]:
        kind, pk = stored
        return areas.expand(pk) if kind == "area" else of_condition.get(pk, ())

    return ValueSet(areas.values, expand, areas.terms)


def _deliveries() -> ValueSet:
    """The roots of the tree of routes; a route counts for the one that it stands under.

    A root with nothing under it, “Other route”, is neither local nor systemic.
    """
    routes = from_terms(models.Route)
    parents = {value.parent for value in routes.values.values()}
    roots = {slug: value for slug, value in routes.values.items() if not value.parent and slug in parents}
    return value_set(roots.values(), lambda route: (slug for slug in tuple(routes.expand(route))[-1:] if slug in roots))


def _flags() -> ValueSet:
    shown = models.Flag.objects.filter(dismissed="", trial__state=choices.State.PUBLISHED)
    rules = shown.order_by("rule").values_list("rule", flat=True).distinct()
    return value_set(
        (Value(rule, rule.replace("-", " ").capitalize()) for rule in rules), lambda rule: (rule,) if rule else ()
    )


# The facet whose choice says which doses `sort=dose` compares.
DOSE = "dose"

FACETS: tuple[Facet, ...] = (
    Facet(
        key="status",
        label="Status",
        phrase="status {}",
        missing_phrase="without a stated status",
        help="As the registry states it for the whole trial.",
        sources=_of_trial("status"),
        values=lambda: from_choices(choices.Status),
        is_open=True,
    ),
    Facet(
        key="area",
        label="Disease area",
        phrase="in the area {}",
        missing_phrase="without a known disease area",
        help="The branches of MeSH that the trial's conditions belong to.",
        missing="Area not known",
        sources=(
            Source(models.TrialArea, ("area_id",), named="area"),
            Source(models.TrialCondition, ("condition_id",), named="condition"),
        ),
        values=_areas,
        is_vocabulary=True,
        by_count=True,
    ),
    Facet(
        key="condition",
        label="Condition",
        phrase="for {}",
        help="A condition stands under each area of MeSH that it belongs to.",
        missing_phrase="for conditions that are not mapped to a term",
        sources=(Source(models.TrialCondition, ("condition_id",)),),
        values=lambda: from_terms(models.Condition),
        grouped_by="area",
        is_vocabulary=True,
        missing="Not mapped to a term",
        by_count=True,
        is_open=True,
    ),
    Facet(
        key="cell_type",
        label="Cell type",
        phrase="with {}",
        missing_phrase="without a stated cell type",
        sources=_of_product("cell_types"),
        values=lambda: from_terms(models.CellType),
        is_vocabulary=True,
        is_open=True,
    ),
    Facet(
        key="tissue",
        label="Tissue source",
        phrase="cells from {}",
        missing_phrase="without a stated tissue source",
        help="What the cells are taken from.",
        sources=_of_product("tissues"),
        values=lambda: from_terms(models.TissueSource),
        is_vocabulary=True,
    ),
    Facet(
        key="donor",
        label="Donor",
        phrase="donor {}",
        missing_phrase="without a stated donor",
        help="A trial whose sources disagree is found under each.",
        sources=_of_product("donors"),
        values=lambda: from_terms(models.DonorRelation),
        is_vocabulary=True,
    ),
    Facet(
        key="target",
        label="Target",
        phrase="target {}",
        missing_phrase="without a stated target",
        help="What engineered cells recognise.",
        sources=_of_product("targets"),
        values=lambda: from_terms(models.Target),
        is_vocabulary=True,
    ),
    Facet(
        key="route",
        label="Route",
        phrase="given {}",
        missing_phrase="without a stated route",
        sources=(Source(models.Dose, ("route_id",)),),
        values=lambda: from_terms(models.Route),
        is_vocabulary=True,
    ),
    Facet(
        key="delivery",
        label="Local or systemic",
        phrase="given by a route that is {}",
        missing_phrase="without a stated route",
        help="Whether the cells are given into a place in the body or into the whole of it.",
        sources=(Source(models.Dose, ("route_id",)),),
        values=_deliveries,
    ),
    Facet(
        key=DOSE,
        label="Stated dose",
        phrase="dosed in {}",
        missing_phrase="without a stated dose",
        help="What one dose is counted per. Doses of two kinds are never converted into each other.",
        sources=(Source(models.Dose, ("basis",)),),
        values=lambda: from_choices(choices.DoseBasis),
    ),
    Facet(
        key="phase",
        label="Phase",
        phrase="{}",
        missing_phrase="without a stated phase",
        help="A combined phase counts for both of its parts.",
        sources=_of_trial("phase"),
        values=_phases,
        is_open=True,
    ),
    Facet(
        key="open_in",
        label="Recruiting in",
        phrase="recruiting in {}",
        help="Has a site there that recruits. A site without a status of its own counts as the whole trial does.",
        sources=(Source(models.Site, ("country", "status", "trial__status")),),
        values=_open_in,
        missing="",
        by_count=True,
    ),
    Facet(
        key="country",
        label="Country",
        phrase="with a site in {}",
        missing_phrase="without a stated country",
        help="Has a site there, open or not.",
        sources=(Source(models.Site, ("country",)),),
        values=_countries,
        by_count=True,
    ),
    Facet(
        key="age_group",
        label="Age group",
        phrase="{}",
        missing_phrase="without stated ages",
        help="One missing limit is no limit.",
        sources=_of_trial("min_age_years", "max_age_years"),
        values=_age_groups,
    ),
    Facet(
        key="sex",
        label="Sex",
        phrase="{}",
        missing_phrase="without a stated sex",
        help="Trials open to all are open to each.",
        sources=_of_trial("sex"),
        values=_sexes,
    ),
    Facet(
        key="sponsor_class",
        label="Sponsor",
        phrase="sponsor {}",
        missing_phrase="without a stated kind of sponsor",
        help="Kind of lead sponsor, as ClinicalTrials.gov classes it.",
        sources=(
            Source(models.Sponsorship, ("organisation__agency_class",), where=Q(role=choices.SponsorRole.LEAD_SPONSOR)),
        ),
        values=lambda: from_choices(choices.AgencyClass),
    ),
    Facet(
        key="registry",
        label="Registry",
        phrase="registered in {}",
        missing_phrase="without a registry number",
        sources=(Source(models.Registration, ("registry",), where=~Q(number="")),),
        values=lambda: from_choices(choices.Registry),
    ),
    Facet(
        key="flag",
        label="Contradictions and oddities",
        phrase="flagged: {}",
        missing_phrase="without contradictions or oddities found",
        help="What does not fit inside a record.",
        sources=(Source(models.Flag, ("rule",), where=Q(dismissed="")),),
        values=_flags,
        missing="None found",
        values_vary=True,
    ),
)


def by_key() -> dict[str, Facet]:
    """The facets under their names in addresses."""
    return {facet.key: facet for facet in FACETS}


@dataclass(frozen=True)
class Range:
    """A span of whole numbers per trial that a question may ask to meet.

    `span` makes it from the trial's `columns`: both ends included, None for an open end, or nothing at all for a trial
    that is left out of every such question.
    """

    key: str
    columns: tuple[str, ...]
    span: Callable[..., Span | None]

    @property
    def source(self) -> Source:
        """Where the columns stand."""
        return Source(models.Trial, self.columns, trial="pk")

    def pairs(self) -> Iterable[tuple[int, Span]]:
        """(trial id, span) for every trial that has one, drafts too."""
        return ((trial, span) for trial, stored in self.source.pairs() if (span := self.spanned(stored)) is not None)

    def spanned(self, stored: Any) -> Span | None:
        """The span of a stored value of `source`."""
        return self.span(*(stored if len(self.columns) > 1 else (stored,)))


def _age_span(low: float | None, high: float | None, unit: str) -> Span:
    # One missing limit is no limit, and neither are two. “18 Years” lets in everyone who is still 18: it ends at 19.
    youngest = None if low is None else age_ticks(low)
    return youngest, None if high is None else age_ticks((high + 1) * YEARS_PER_UNIT[unit]) - 1


def _start_span(start: PartialDate | None) -> Span | None:
    # An imprecise date may be any of its days.
    return (start.first_day.toordinal(), start.last_day.toordinal()) if start else None


def _enrolment_span(count: int | None) -> Span | None:
    return None if count is None else (count, count)


# What doses are counted per, by their names in addresses, and which of them sorts where none is chosen.
BASES: dict[str, str] = {enum_slug(basis): str(basis) for basis in choices.DoseBasis}
USUAL_BASIS = enum_slug(choices.DoseBasis.PER_KG)
# The amounts that trials sort by, within one basis: the largest single dose of a trial counts.
AMOUNTS = Source(models.Dose, ("basis", "amount_low", "amount_high"))

# Where trials run, for distances.
PLACES = Source(models.Site, ("country", "city", "latitude", "longitude"))

RANGES: tuple[Range, ...] = (
    Range("age", ("min_age_years", "max_age_value", "max_age_unit"), _age_span),
    Range("start", ("start_date",), _start_span),
    Range("enrolment", ("enrollment_count",), _enrolment_span),
)
