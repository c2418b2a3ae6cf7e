"""The whole record page as one value: the header, the sections in a clinician's order, and their outline."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Prefetch

from trials.models import (
    Arm,
    CellProduct,
    Dose,
    Flag,
    PlanNote,
    RelatedRecord,
    Sponsorship,
    Statement,
    Trial,
    TrialArea,
    TrialCondition,
)
from trials.models.choices import FlagOrigin, Severity
from trials.places import is_read, place_words
from trials.quality.rules import BY_ID, FOR_EDITORS
from trials.views._record.arms import arms_section
from trials.views._record.dates import dates_section
from trials.views._record.design import design_section, narrative_section, outcomes_section
from trials.views._record.documents import Document
from trials.views._record.eligibility import eligibility_section
from trials.views._record.ending import provenance_section, references_section
from trials.views._record.overview import Overview, overview_of
from trials.views._record.places import contacts_section, sites_section, sponsors_section
from trials.views._record.products import products_section
from trials.views._record.registrations import registrations_section
from trials.views._record.related import related_section
from trials.views._record.source import Maker, Section, Source

# What comes first decides; where it stands comes last, because it lists what the others used.
SECTIONS: tuple[Maker, ...] = (
    products_section,
    arms_section,
    eligibility_section,
    design_section,
    narrative_section,
    outcomes_section,
    sites_section,
    contacts_section,
    sponsors_section,
    registrations_section,
    dates_section,
    related_section,
    references_section,
    provenance_section,
)


# Characters of criteria, outcomes and descriptions that two sheets of paper hold, and what a site takes. Of 49 real
# records with their texts, those with less all fit.
TWO_SHEETS = 4_900
A_SITE = 60


@dataclass(frozen=True)
class FlagNote:
    """A contradiction or oddity, kept and shown."""

    severity: str
    kind: str
    sentence: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class RecordPage:
    overview: Overview
    flags: tuple[FlagNote, ...]
    sections: tuple[tuple[Section, tuple[FlagNote, ...]], ...]
    title: str
    description: str
    lead: Document | None
    others: tuple[Document, ...]
    numbers: str
    is_long: bool


def record_page(trial: Trial, today: dt.date) -> RecordPage:
    """The page of a trial that was read with `whole()`."""
    source = Source.of(trial, today)
    overview = overview_of(source)
    sections = [make(source) for make in SECTIONS]
    flags = flags_by_section(trial)
    return RecordPage(
        overview=overview,
        flags=tuple(flags[""]),
        sections=tuple((section, tuple(flags[section.anchor])) for section in sections),
        title=_page_title(trial),
        description=_description(trial, overview),
        lead=source.ledger.lead,
        others=tuple(document for document in source.ledger.documents.values() if not document.is_lead),
        numbers=", ".join(dict.fromkeys(row.number for row in trial.registrations.all() if row.number)),
        is_long=_is_long(trial),
    )


def _is_long(trial: Trial) -> bool:
    """Whether what is printed would fill more than two sheets of paper, were it not set narrower."""
    texts = [row.text for row in trial.criteria.all()]
    texts += [text for row in trial.outcomes.all() for text in (row.measure, row.time_frame, row.description)]
    texts += [arm.description for arm in trial.arms.all()]
    texts += [treatment.description for treatment in trial.interventions.all()]
    return sum(map(len, texts)) + A_SITE * len(trial.sites.all()) > TWO_SHEETS


def whole() -> tuple[str | Prefetch, ...]:
    """What the page reads beside the trial: one query per list, however long the lists are."""
    return (
        Prefetch("conditions", TrialCondition.objects.select_related("condition")),
        Prefetch("areas", TrialArea.objects.select_related("area")),
        Prefetch(
            "products",
            CellProduct.objects.select_related("intervention").prefetch_related(
                "cell_types", "tissues", "donors", "targets"
            ),
        ),
        Prefetch("doses", Dose.objects.select_related("arm", "product", "route")),
        Prefetch("plannotes", PlanNote.objects.select_related("arm")),
        Prefetch("arms", Arm.objects.prefetch_related("interventions")),
        Prefetch("sponsorships", Sponsorship.objects.select_related("organisation")),
        Prefetch("relatedrecords", RelatedRecord.objects.select_related("related")),
        Prefetch("statements", Statement.objects.select_related("product", "dose", "dose__route", "arm")),
        "interventions",
        "criteria",
        "outcomes",
        "sites",
        "contacts",
        "registrations",
        "identifiers",
        "references",
        "absences",
        "flags",
    )


# Judged anew on every day that the page is shown, and said beside the status.
SAID_BESIDE_STATUS = ("status-not-confirmed", "status-past-completion")
NOT_SHOWN = (*SAID_BESIDE_STATUS, *FOR_EDITORS)
# Words of the name of a rule that only people write of, and the section that they speak of.
_SECTION_OF: dict[str, str] = {
    "product": "product",
    "dose": "product",
    "donor": "product",
    "cell": "product",
    "arm": "arms",
    "arms": "arms",
    "cohort": "arms",
    "comparator": "arms",
    "intervention": "arms",
    "age": "eligibility",
    "criterion": "eligibility",
    "criteria": "eligibility",
    "design": "design",
    "allocation": "design",
    "masking": "design",
    "outcome": "outcomes",
    "outcomes": "outcomes",
    "site": "sites",
    "sites": "sites",
    "sponsor": "sponsors",
    "identifier": "registrations",
    "phase": "registrations",
    "date": "dates",
    "related": "related",
}


def flags_by_section(trial: Trial) -> defaultdict[str, list[FlagNote]]:
    """The flags that nobody has dismissed, by the section that they speak of; under '' where that is unclear."""
    found: defaultdict[str, list[FlagNote]] = defaultdict(list)
    # What people wrote first: what rules find has no place in the list.
    for row in sorted(trial.flags.all(), key=lambda row: row.origin == FlagOrigin.RULE):
        if not row.dismissed and not (row.origin == FlagOrigin.RULE and row.rule in NOT_SHOWN):
            found[_section_of(row)].append(_flag(row))
    return found


def _section_of(flag: Flag) -> str:
    if flag.rule in BY_ID:
        return BY_ID[flag.rule].section
    for word in flag.rule.split("-"):
        if word in _SECTION_OF:
            return _SECTION_OF[word]
    return "eligibility" if "criteria" in flag.first_place.lower() else ""


def _place(name: str) -> str:
    """Fields that the readers of texts name, in words; any other place as it is written."""
    words = place_words(name) if is_read(name) else name
    return f"{words[:1].upper()}{words[1:]}"


def _flag(row: Flag) -> FlagNote:
    kinds: dict[str, str] = {Severity.WARNING: "note--warning", Severity.SERIOUS: "note--serious"}
    return FlagNote(
        severity=row.get_severity_display(),
        kind=kinds.get(row.severity, ""),
        sentence=row.sentence,
        places=tuple(_place(place) for place in (row.first_place, row.second_place) if place),
    )


def _page_title(trial: Trial) -> str:
    title = trial.display_title or trial.title
    acronym = f"{trial.acronym}: " if trial.acronym and trial.acronym not in title else ""
    number = next((row.number for row in trial.registrations.all() if row.number), "")
    return f"{acronym}{title}" + (f" ({number})" if number and number not in title else "")


def _description(trial: Trial, overview: Overview) -> str:
    conditions = ", ".join(row.wording for row in trial.conditions.all())
    text = f"{conditions}. {overview.summary}" if conditions else overview.summary
    return text if len(text) <= 300 else f"{text[:299].rstrip()}…"
