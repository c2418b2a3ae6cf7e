"""Every facet, declared once: its name in addresses, its words on pages, where its values come from.

Adding a facet means adding an entry to `FACETS`; the query string, the counts, the chips and the page follow. Others
read it as `facets.FACETS`, so that a test can add one.
"""

from __future__ import annotations

from django.db.models import Q

from trials import models
from trials.models import choices
from trials.quality.rules import FOR_EDITORS
from trials.records import YEARS_PER_UNIT, PartialDate
from trials.search import facet_values
from trials.search.bitmaps import Span
from trials.search.declaring import Facet, Range, Source
from trials.search.question import age_ticks
from trials.search.values import enum_slug, from_choices, from_terms


def _of_trial(*columns: str) -> tuple[Source, ...]:
    return (Source(models.Trial, columns, trial="pk"),)


def _of_product(column: str) -> tuple[Source, ...]:
    return (Source(models.CellProduct, (column,)),)


# The facet whose choice says which doses `sort=dose` compares.
DOSE = "dose"

FACETS: tuple[Facet, ...] = (
    Facet(
        key="status",
        label="Status",
        phrase="status {}",
        run_on=True,
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
        values=facet_values.areas,
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
        run_on=True,
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
        run_on=True,
        missing_phrase="without a stated route",
        sources=(Source(models.Dose, ("route_id",)),),
        values=lambda: from_terms(models.Route),
        is_vocabulary=True,
    ),
    Facet(
        key="delivery",
        label="Local or systemic",
        phrase="given by a route that is {}",
        run_on=True,
        missing_phrase="without a stated route",
        help="Whether the cells are given into a place in the body or into the whole of it.",
        sources=(Source(models.Dose, ("route_id",)),),
        values=facet_values.deliveries,
    ),
    Facet(
        key=DOSE,
        label="Stated dose",
        phrase="dosed in {}",
        run_on=True,
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
        values=facet_values.phases,
        is_open=True,
    ),
    Facet(
        key="open_in",
        label="Recruiting in",
        phrase="recruiting in {}",
        help="Has a site there that is marked as recruiting, whatever the status of the whole trial. A site without a"
        " status of its own counts as the whole trial does.",
        sources=(Source(models.Site, ("country", "status", "trial__status"), means=facet_values.open_country),),
        values=facet_values.countries_of_sites,
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
        values=facet_values.countries_of_sites,
        by_count=True,
    ),
    Facet(
        key="age_group",
        label="Age group",
        phrase="{}",
        missing_phrase="without stated ages",
        help="One missing limit is no limit.",
        sources=_of_trial("min_age_years", "max_age_years"),
        values=facet_values.age_groups,
    ),
    Facet(
        key="sex",
        label="Sex",
        phrase="{}",
        missing_phrase="without a stated sex",
        help="Trials open to all are open to each.",
        sources=_of_trial("sex"),
        values=facet_values.sexes,
    ),
    Facet(
        key="sponsor_class",
        label="Sponsor",
        phrase="sponsor {}",
        run_on=True,
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
        sources=(Source(models.Flag, ("rule",), where=Q(dismissed="") & ~Q(rule__in=FOR_EDITORS)),),
        values=facet_values.flags,
        missing="None found",
        values_of=facet_values.flags_of,
    ),
)


def by_key() -> dict[str, Facet]:
    """The facets under their names in addresses."""
    return {facet.key: facet for facet in FACETS}


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
