"""The whole compare page as one value: a column per trial and the rows in a tumour board's order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch

from trials.models import Arm, CellProduct, Dose, PlanNote, Sponsorship, Statement, Trial, TrialCondition
from trials.models.choices import CriterionKind, FindingState, OutcomeKind, PlanKind, SponsorRole
from trials.search.cards import status_kind
from trials.views._compare.doses import dose_group
from trials.views._compare.table import SAME, Group, Question, cell_of, group_of, row_of
from trials.views._record.answers import ages_of, enrolment, where_lines
from trials.views._record.arms_cards import arm_card
from trials.views._record.facts import yes_no
from trials.views._record.figures import limits_of
from trials.views._record.flow import more
from trials.views._record.names import heading_of
from trials.views._record.naming import cells_of
from trials.views._record.overview import freshness_warnings
from trials.views._record.source import Source


@dataclass(frozen=True)
class Column:
    """A trial's head: `short` names it where there is little room, `warnings` say why its status may be out of date."""

    slug: str
    title: str
    short: str
    url: str
    numbers: str
    copied: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    differing: int
    total: int


def comparison(trials: Sequence[Trial], today: dt.date, *, only_differences: bool = False) -> Comparison:
    """The table of trials that were read with `compared()`."""
    sources = [Source.of(trial, today) for trial in trials]
    groups = (
        _glance(sources),
        _product(sources),
        dose_group(sources),
        _plan(sources),
        _arms(sources),
        _eligibility(sources),
        _measured(sources),
        _places(sources),
    )
    rows = [row for group in groups for row in group.rows]
    shown = tuple(_differing(group) for group in groups) if only_differences else groups
    return Comparison(
        columns=tuple(map(_column, sources)),
        groups=tuple(group for group in shown if group.rows or group.missing),
        differing=sum(row.verdict != SAME for row in rows),
        total=len(rows),
    )


def compared() -> tuple[str | Prefetch, ...]:
    """What the page reads beside the trials: one query per list, however many trials and however long the lists."""
    return (
        Prefetch("conditions", TrialCondition.objects.select_related("condition")),
        Prefetch("products", CellProduct.objects.prefetch_related("cell_types", "tissues", "donors", "targets")),
        Prefetch("doses", Dose.objects.select_related("arm", "product", "route")),
        Prefetch("plannotes", PlanNote.objects.all()),
        Prefetch("arms", Arm.objects.prefetch_related("interventions")),
        Prefetch("sponsorships", Sponsorship.objects.select_related("organisation")),
        Prefetch("statements", Statement.objects.select_related("product", "dose", "arm")),
        "criteria",
        "outcomes",
        "sites",
        "contacts",
        "registrations",
        "absences",
    )


def _differing(group: Group) -> Group:
    return replace(group, rows=tuple(row for row in group.rows if row.verdict != SAME), missing="")


def _column(source: Source) -> Column:
    trial = source.trial
    numbers = [row.number for row in trial.registrations.all() if row.number]
    lead = next((row for row in trial.registrations.all() if row.is_lead), None)
    return Column(
        slug=trial.slug,
        title=trial.display_title or trial.title,
        short=trial.acronym or next(iter(numbers), trial.slug),
        url=trial.get_absolute_url(),
        numbers=", ".join(dict.fromkeys(numbers)),
        copied=lead.fetched.label if lead and lead.fetched else "",
        warnings=freshness_warnings(trial, source.today),
    )


def _shown(field: str) -> Question:
    """A question whose answer is the label of one of the trial's closed lists."""

    def answer(source: Source) -> str:
        return str(getattr(source.trial, f"get_{field}_display")()) if getattr(source.trial, field) else ""

    return heading_of(field), answer, field


def _dated(field: str, label: str) -> Question:
    def answer(source: Source) -> str:
        date, kind = getattr(source.trial, field), getattr(source.trial, f"{field}_type", "")
        return f"{date.label} ({kind.lower()})" if date and kind else date.label if date else ""

    return label, answer, field


def _glance(sources: Sequence[Source]) -> Group:
    cells = [
        replace(cell_of(source, _shown("status")[1], "status"), kind=status_kind(source.trial.status))
        for source in sources
    ]
    questions = (
        _dated("status_verified", "Status last verified"),
        _shown("phase"),
        ("Conditions", lambda source: _conditions(source.trial), "conditions"),
        ("What is given", _given, "products"),
        ("Ages", ages_of, "min_age"),
        _shown("sex"),
        ("Healthy volunteers", lambda source: yes_no(source.trial.healthy_volunteers), "healthy_volunteers"),
        ("Participants", lambda source: _enrolment(source.trial), "enrollment_count"),
    )
    group = group_of("At a glance", sources, questions)
    status = (row_of("Status", cells),) if any(cell.lines for cell in cells) else ()
    return replace(group, rows=(*status, *group.rows))


def _conditions(trial: Trial) -> Iterable[str]:
    """In the source's words; what the registry added only where nothing else is said."""
    rows = trial.conditions.all()
    return (row.wording for row in ([row for row in rows if not row.from_mesh] or rows))


def _given(source: Source) -> Iterable[str]:
    """The cells of each product, and whether its documents disagree on it."""
    for product in source.trial.products.all():
        is_disputed = product.evidence_state == FindingState.CONFLICTING or source.ledger.is_disputed(product)
        yield f"{cells_of(product) or product.name}{' (the documents disagree)' if is_disputed else ''}"


def _enrolment(trial: Trial) -> Iterable[str]:
    return filter(None, (enrolment(trial), more(trial)))


def _product(sources: Sequence[Source]) -> Group:
    def terms(field: str) -> Any:
        return lambda source: (
            str(term.label) for product in source.trial.products.all() for term in getattr(product, field).all()
        )

    def words(read: Any) -> Any:
        return lambda source: (read(product) for product in source.trial.products.all())

    return group_of(
        "Cell product",
        sources,
        (
            ("Tissue", terms("tissues"), "tissues"),
            ("Donor", terms("donors"), "donors"),
            ("Modification", words(lambda product: product.get_modification_display()), "modification"),
            ("Target", terms("targets"), "targets"),
            ("Cultured or expanded", words(lambda product: yes_no(product.expanded)), "expanded"),
            ("Fresh or frozen", words(lambda product: product.get_preservation_display()), "preservation"),
        ),
    )


def _plan(sources: Sequence[Source]) -> Group:
    """Only what any trial's plan says: nobody misses a sham procedure."""

    def notes(kind: PlanKind) -> Any:
        return lambda source: (note.text or "Yes" for note in source.trial.plannotes.all() if note.kind == kind)

    group = group_of("Around the cells", sources, ((str(kind.label), notes(kind), "plannotes") for kind in PlanKind))
    return replace(group, missing="")


def _arms(sources: Sequence[Source]) -> Group:
    def arms(source: Source) -> Iterable[str]:
        for place, arm in enumerate(source.trial.arms.all(), 1):
            card = arm_card(source, place, arm)
            only_if = " (only if a condition is met)" if card.is_conditional else ""
            yield ", ".join(part for part in (card.label, card.type.lower(), card.participants) if part) + only_if

    questions = (
        ("Arms", arms, "arms"),
        *map(_shown, ("allocation", "intervention_model", "masking", "primary_purpose")),
    )
    return group_of("Arms and design", sources, questions)


def _eligibility(sources: Sequence[Source]) -> Group:
    def totals(source: Source) -> Iterable[str]:
        tops = [row.kind for row in source.trial.criteria.all() if row.parent_id is None]
        inside, outside = (tops.count(kind) for kind in CriterionKind)
        return (f"{inside} to enter, {outside} that shut out",) if tops else ()

    def limits(kind: CriterionKind) -> Any:
        return lambda source: (
            limit.words for row in source.trial.criteria.all() if row.kind == kind for limit in limits_of(row.text)
        )

    group = group_of(
        "Who may enter",
        sources,
        (
            ("Criteria", totals, "inclusion_criteria"),
            ("Limits to enter", limits(CriterionKind.INCLUSION), "inclusion_criteria"),
            ("Limits that shut out", limits(CriterionKind.EXCLUSION), "exclusion_criteria"),
        ),
    )
    has_limits = any(row.label.startswith("Limits") for row in group.rows)
    note = "Limits are what could be read as numbers; the criteria themselves stand on each trial's page."
    return replace(group, note=note if has_limits else "", missing="" if has_limits else group.missing)


def _measured(sources: Sequence[Source]) -> Group:
    def primary(source: Source) -> Iterable[str]:
        for row in source.trial.outcomes.all():
            if row.kind == OutcomeKind.PRIMARY:
                yield f"{row.measure} ({row.time_frame})" if row.time_frame else row.measure

    return group_of(
        "What is measured, and when",
        sources,
        (
            ("Primary outcome", primary, "primary_outcomes"),
            _dated("start_date", "Start"),
            _dated("primary_completion_date", "Primary completion"),
            _dated("completion_date", "Completion"),
        ),
    )


def _places(sources: Sequence[Source]) -> Group:
    def sponsor(source: Source) -> Iterable[str]:
        rows = source.trial.sponsorships.all()
        return (row.organisation.name for row in rows if row.role == SponsorRole.LEAD_SPONSOR)

    def contact(source: Source) -> Iterable[str]:
        for row in source.trial.contacts.all():
            if row.site_id is None:
                yield ", ".join(part for part in (row.name, row.phone, row.email) if part)

    questions = (
        ("Sites", where_lines, "sites"),
        ("Contact", contact, "contacts"),
        ("Sponsor", sponsor, "sponsorships"),
    )
    return group_of("Where and whom to call", sources, questions)
