"""What every registry is read into: small, frozen values without Django.

Only values that more than one room of the house needs live here.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name, monthrange
from dataclasses import dataclass, field
from functools import total_ordering

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

# A month is a twelfth of a year and a year has 365.25 days, so that "6 Months" is exactly half a year.
YEARS_PER_UNIT = {
    "YEARS": 1.0,
    "MONTHS": 1 / 12,
    "WEEKS": 7 / 365.25,
    "DAYS": 1 / 365.25,
    "HOURS": 1 / (365.25 * 24),
    "MINUTES": 1 / (365.25 * 24 * 60),
}


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A calendar date of which the month or the day may be unknown, as registries state them.

    `year` 1000..9999, `month` 1..12 or None, `day` 1..31 or None; a day needs a month. Sorts by the first
    day it may mean (2028-04 before 2028-04-02), the less precise first where these are equal.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a date with a day needs a month")
        if not 1000 <= self.year <= 9999:
            raise ValueError(f"year {self.year} is not between 1000 and 9999")
        dt.date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Reads `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; ValueError says what was wrong."""
        match = _PARTIAL.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"“{text}” is not a date: write 2028, 2028-04 or 2028-04-30")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None  # noqa: S101 (the pattern demands it)
        try:
            return cls(year, month, day)
        except ValueError as error:
            raise ValueError(f"“{text}” is not a date in the calendar: {error}") from None

    @property
    def precision(self) -> str:
        """`year`, `month` or `day`: the smallest part that the source states."""
        if self.day is not None:
            return "day"
        return "month" if self.month is not None else "year"

    @property
    def first_day(self) -> dt.date:
        """The earliest day that the date may mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest day that the date may mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def label(self) -> str:
        """For people: `10 January 2024`, `April 2028` or `2028`; never more precise than the source."""
        if self.month is None:
            return str(self.year)
        words = f"{month_name[self.month]} {self.year}"
        return f"{self.day} {words}" if self.day is not None else words

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return str(self) < str(other)


@dataclass(frozen=True, slots=True)
class Age:
    """An age limit as a registry states it: `value` from 0 up, `unit` a key of `YEARS_PER_UNIT`."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a record that could not be read as it should: where, the text as it stands, and what is wrong."""

    field: str
    text: str
    what: str


@dataclass(frozen=True, slots=True)
class MeshTerm:
    """A MeSH descriptor that the registry gave a record. `ui` is like D009404, or empty where it gives only words."""

    ui: str
    term: str


@dataclass(frozen=True, slots=True)
class InterventionRecord:
    """`type` is a ClinicalTrials.gov InterventionType or empty; `type_raw` the registry's own word."""

    name: str
    type: str = ""
    type_raw: str = ""
    description: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArmRecord:
    """`interventions` are places in `TrialRecord.interventions`, from 0."""

    label: str
    type: str = ""
    type_raw: str = ""
    description: str = ""
    interventions: tuple[int, ...] = ()
    participants: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionRecord:
    """`kind` INCLUSION or EXCLUSION; `parent` the place of the row above it in `TrialRecord.criteria`, from 0."""

    kind: str
    text: str
    label: str = ""
    parent: int | None = None
    group_rule: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """`kind` PRIMARY, SECONDARY or OTHER."""

    kind: str
    measure: str
    description: str = ""
    time_frame: str = ""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """`role` a ClinicalTrials.gov ContactRole; `site` the place in `TrialRecord.sites`, or None for the whole trial."""

    role: str
    name: str = ""
    affiliation: str = ""
    phone: str = ""
    phone_ext: str = ""
    email: str = ""
    site: int | None = None


# A site's remark that a reader wrote: a word of ours on what the registry gives.
SITE_REMARK = re.compile(
    r"The registry’s coordinates \(-?[\d.]+, -?[\d.]+\) are of another place"
    r"( and are left out|; [^.;]{1,40} stands where GeoNames has it)\."
)


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """`country` an ISO 3166-1 alpha-2 code, empty where `country_raw` is not recognised; degrees in WGS 84.

    `remark` is a `SITE_REMARK` where the coordinates are not the registry's. No source says it, so two versions that
    differ in it alone are the same.
    """

    facility: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    country_raw: str = ""
    status: str = ""
    status_raw: str = ""
    status_date: PartialDate | None = None
    latitude: float | None = None
    longitude: float | None = None
    remark: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SponsorRecord:
    """`role` a SponsorRole of the catalogue; `agency_class` ClinicalTrials.gov's, or empty.

    `wording` is what the registry itself calls the organisation or its part, where that says more.
    """

    name: str
    role: str
    agency_class: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierRecord:
    """Another number of the trial; `kind` an IdentifierKind of the catalogue."""

    kind: str
    value: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class RelatedTrialRecord:
    """Another trial that the record names beside its own: never a number of this trial."""

    number: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """`kind` BACKGROUND, RESULT, DERIVED or LINK."""

    kind: str
    citation: str = ""
    pmid: str = ""
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A medicinal product as EU CTIS lists it; `origin` is its substance origin, `role` its role in the trial."""

    name: str
    substance: str = ""
    origin: str = ""
    role: str = ""
    routes: tuple[str, ...] = ()
    is_atmp: bool | None = None


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """What one registry says of one trial, in the catalogue's enums (see `models.choices`) with its own words beside.

    `registry` is CTGOV, CTIS, EUCTR or ICTRP: whose number `number` is. `source` is the registry that the record
    was read from, which differs for ICTRP's copies. Empty texts, None and empty lists are not stated.
    `updated` is the registry's own date of the version; `copied` the date on which this copy was made, where the
    record tells. `not_kept` names fields and lists that this copy is known to leave out.
    """

    registry: str
    number: str
    source: str
    number_raw: str = ""
    url: str = ""
    updated: PartialDate | None = None
    copied: PartialDate | None = None

    title: str = ""
    official_title: str = ""
    acronym: str = ""
    keywords: tuple[str, ...] = ()
    identifiers: tuple[IdentifierRecord, ...] = ()
    aliases: tuple[str, ...] = ()

    status: str = ""
    status_raw: str = ""
    status_verified: PartialDate | None = None
    last_known_status: str = ""
    why_stopped: str = ""
    phase: str = ""
    phase_raw: str = ""
    study_type: str = ""
    study_type_raw: str = ""

    start_date: PartialDate | None = None
    start_date_type: str = ""
    primary_completion_date: PartialDate | None = None
    primary_completion_date_type: str = ""
    completion_date: PartialDate | None = None
    completion_date_type: str = ""
    first_posted: PartialDate | None = None
    last_update_posted: PartialDate | None = None
    has_results: bool | None = None

    enrollment_count: int | None = None
    enrollment_type: str = ""
    enrollment_note: str = ""  # the source's figures where they are not one number: by group, by country
    sex: str = ""
    gender_based: bool | None = None
    gender_description: str = ""
    healthy_volunteers: bool | None = None
    min_age: Age | None = None
    max_age: Age | None = None

    primary_purpose: str = ""
    allocation: str = ""
    intervention_model: str = ""
    intervention_model_description: str = ""
    masking: str = ""
    masking_description: str = ""
    who_masked: tuple[str, ...] = ()
    design_note: str = ""  # what the source says of the design in its own words

    brief_summary: str = ""
    detailed_description: str = ""
    objectives: str = ""
    has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    ipd_sharing: str = ""

    conditions: tuple[str, ...] = ()
    condition_meshes: tuple[MeshTerm, ...] = ()
    condition_ancestors: tuple[MeshTerm, ...] = ()
    intervention_meshes: tuple[MeshTerm, ...] = ()
    areas: tuple[str, ...] = ()
    interventions: tuple[InterventionRecord, ...] = ()
    arms: tuple[ArmRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    criteria: tuple[CriterionRecord, ...] = ()
    outcomes: tuple[OutcomeRecord, ...] = ()
    sites: tuple[SiteRecord, ...] = ()
    contacts: tuple[ContactRecord, ...] = ()
    sponsors: tuple[SponsorRecord, ...] = ()
    references: tuple[ReferenceRecord, ...] = ()
    related: tuple[RelatedTrialRecord, ...] = ()

    not_kept: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
