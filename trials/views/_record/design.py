"""How the trial is built, what it is about in prose, and what it measures."""

from __future__ import annotations

from dataclasses import dataclass

from trials.models import Outcome
from trials.models.choices import OutcomeKind, WhoMasked
from trials.phrases import either
from trials.views._record.evidence import Support
from trials.views._record.facts import FactList, Gap, listed, yes_no
from trials.views._record.source import Section, Source
from trials.views._record.texts import Text, texts_of, tidy

_DESIGN = (
    "primary_purpose",
    "allocation",
    "intervention_model",
    "masking",
    "who_masked",
    "centres",
    "has_dmc",
    "is_fda_regulated_drug",
    "is_fda_regulated_device",
    "ipd_sharing",
    "intervention_model_description",
    "masking_description",
    "design_note",
)
_DESIGN_TEXTS = ("intervention_model_description", "masking_description", "design_note")
_NARRATIVE = ("brief_summary", "detailed_description", "objectives", "safety_rules", "cohort_plan")


@dataclass(frozen=True)
class Design:
    facts: FactList
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Narrative:
    texts: tuple[Text, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class OutcomeRow:
    measure: str
    time_frame: str
    description: str
    is_ours: bool


@dataclass(frozen=True)
class OutcomeTable:
    """The outcomes of one kind; `all_ours`: every row is in our words, said once."""

    kind: str
    heading: str
    rows: tuple[OutcomeRow, ...]
    all_ours: bool
    has_descriptions: bool
    support: Support


@dataclass(frozen=True)
class Outcomes:
    tables: tuple[OutcomeTable, ...]
    gaps: tuple[Gap, ...]


def design_section(source: Source) -> Section:
    trial, facts = source.trial, source.facts()
    facts.add("primary_purpose", trial.get_primary_purpose_display() if trial.primary_purpose else "")
    facts.add("allocation", trial.get_allocation_display() if trial.allocation else "")
    facts.add("intervention_model", trial.get_intervention_model_display() if trial.intervention_model else "")
    facts.add("masking", trial.get_masking_display() if trial.masking else "")
    names = dict(WhoMasked.choices)
    facts.add_if_any("who_masked", either((names.get(who, who) for who in listed(trial.who_masked)), "and"))
    facts.add_if_any("centres", trial.get_centres_display() if trial.centres else "")
    facts.add_if_any("has_dmc", yes_no(trial.has_dmc))
    facts.add_if_any("is_fda_regulated_drug", yes_no(trial.is_fda_regulated_drug))
    facts.add_if_any("is_fda_regulated_device", yes_no(trial.is_fda_regulated_device))
    facts.add_if_any("ipd_sharing", trial.get_ipd_sharing_display() if trial.ipd_sharing else "")
    body = Design(facts.done(), texts_of(trial, source.ledger, _DESIGN_TEXTS))
    if not body.facts and not body.texts:
        return Section("design", "Design", "trials/_record_design.html", None, source.gaps.why_empty(*_DESIGN))
    return Section("design", "Design", "trials/_record_design.html", body)


def narrative_section(source: Source) -> Section:
    texts = texts_of(source.trial, source.ledger, _NARRATIVE)
    missing = [name for name in _NARRATIVE if source.gaps.has(name) and not getattr(source.trial, name)]
    if not texts:
        empty = source.gaps.why_empty(*_NARRATIVE)
        return Section("description", "Summary and description", "trials/_record_texts.html", None, empty)
    body = Narrative(texts, source.gaps.told(missing))
    return Section("description", "Summary and description", "trials/_record_texts.html", body)


def outcomes_section(source: Source) -> Section:
    rows = list(source.trial.outcomes.all())
    names = {kind: f"{kind.value.lower()}_outcomes" for kind in OutcomeKind}
    if not rows:
        # Nobody misses further outcomes where the main ones are missing.
        empty = source.gaps.why_empty(names[OutcomeKind.PRIMARY], names[OutcomeKind.SECONDARY])
        source.gaps.told([names[OutcomeKind.OTHER]])
        return Section("outcomes", "What is measured", "trials/_record_outcomes.html", None, empty)
    tables = []
    missing = []
    for kind, name in names.items():
        of_kind = [row for row in rows if row.kind == kind]
        if of_kind:
            tables.append(_table(source, kind, name, of_kind))
        elif kind != OutcomeKind.OTHER or source.gaps.has(name):
            missing.append(name)
    body = Outcomes(tuple(tables), source.gaps.told(missing))
    return Section("outcomes", "What is measured", "trials/_record_outcomes.html", body)


def _table(source: Source, kind: OutcomeKind, name: str, rows: list[Outcome]) -> OutcomeTable:
    return OutcomeTable(
        kind=kind.value.lower(),
        heading=f"{kind.label} outcomes",
        rows=tuple(
            OutcomeRow(tidy(row.measure), tidy(row.time_frame), tidy(row.description), row.our_wording) for row in rows
        ),
        all_ours=all(row.our_wording for row in rows),
        has_descriptions=any(row.description for row in rows),
        support=source.ledger.support(name),
    )
