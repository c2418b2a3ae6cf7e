"""Who gets what: the arms with their treatments, and the treatments themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Arm, Intervention, Trial
from trials.models.choices import Origin
from trials.phrases import number
from trials.views._record.arms_cards import ArmCard, arm_card
from trials.views._record.evidence import Support
from trials.views._record.facts import if_different, listed
from trials.views._record.flow import Flow, flow_of
from trials.views._record.source import Section, Source
from trials.views._record.texts import tidy


@dataclass(frozen=True)
class Treatment:
    """An intervention as the registry types it."""

    name: str
    type: str
    type_raw: str
    description: str
    is_ours: bool
    other_names: str
    is_from_text: bool


@dataclass(frozen=True)
class Arms:
    cards: tuple[ArmCard, ...]
    arms_empty: str
    sizes: str
    treatments: tuple[Treatment, ...]
    treatments_empty: str
    kind_missing: str
    support: Support
    treatments_support: Support
    flow: Flow | None


def arms_section(source: Source) -> Section:
    trial = source.trial
    arms, interventions = trial.arms.all(), trial.interventions.all()
    if not arms and not interventions:
        empty = source.gaps.why_empty("arms", "interventions")
        return Section("arms", "Arms and treatments", "trials/_record_arms.html", None, empty)
    cards = tuple(arm_card(source, place, arm) for place, arm in enumerate(arms, start=1))
    body = Arms(
        cards=cards,
        arms_empty="" if arms else source.gaps.why_empty("arms"),
        sizes=sizes_of(trial, arms),
        treatments=tuple(_treatment(row) for row in interventions),
        treatments_empty="" if interventions else source.gaps.why_empty("interventions"),
        kind_missing=f"Kind {source.gaps.word('intervention_types')}",
        support=source.ledger.support("arms"),
        treatments_support=source.ledger.support("interventions"),
        flow=flow_of(trial, cards) if cards else None,
    )
    return Section("arms", "Arms and treatments", "trials/_record_arms.html", body)


def sizes_of(trial: Trial, arms: Iterable[Arm]) -> str:
    """Whether the stated sizes of the arms add up to the enrolment; nothing where a size is not stated."""
    sizes = [arm.participants for arm in arms if not arm.is_conditional]
    known = [size for size in sizes if size is not None]
    if len(known) < 2 or len(known) < len(sizes) or trial.enrollment_count is None:
        return ""
    total = sum(known)
    if total == trial.enrollment_count:
        return f"The arms add up to the enrolment: {' + '.join(map(number, known))} = {number(total)}."
    return f"The arms add up to {number(total)}; the stated enrolment is {number(trial.enrollment_count)}."


def _treatment(row: Intervention) -> Treatment:
    kind = row.get_type_display() if row.type else ""
    return Treatment(
        name=row.name,
        type=kind,
        type_raw=if_different(row.type_raw, kind),
        description=tidy(row.description),
        is_ours=row.our_wording,
        other_names=", ".join(listed(row.other_names)),
        is_from_text=row.origin == Origin.TEXT,
    )
