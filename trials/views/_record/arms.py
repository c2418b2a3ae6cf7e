"""Who gets what: the arms with their treatments, and the treatments themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Arm, Intervention, Trial
from trials.models.choices import Origin
from trials.phrases import count, number
from trials.views._record.control import is_of_control
from trials.views._record.evidence import Support
from trials.views._record.facts import if_different, listed
from trials.views._record.products import short_dose
from trials.views._record.source import Section, Source
from trials.views._record.texts import tidy


@dataclass(frozen=True)
class ArmCard:
    """An arm with what it gets. `control` says who serves as the control where that is the participant."""

    number: int
    label: str
    type: str
    type_raw: str
    participants: str
    description: str
    is_ours: bool
    treatments: tuple[str, ...]
    doses: tuple[str, ...]
    is_conditional: bool
    condition_note: str
    other_treatment: str
    control: str
    control_note: str
    is_from_text: bool
    support: Support


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


def arms_section(source: Source) -> Section:
    trial = source.trial
    arms, interventions = trial.arms.all(), trial.interventions.all()
    if not arms and not interventions:
        empty = source.gaps.why_empty("arms", "interventions")
        return Section("arms", "Arms and treatments", "trials/_record_arms.html", None, empty)
    body = Arms(
        cards=tuple(_card(source, place, arm) for place, arm in enumerate(arms, start=1)),
        arms_empty="" if arms else source.gaps.why_empty("arms"),
        sizes=sizes_of(trial, arms),
        treatments=tuple(_treatment(row) for row in interventions),
        treatments_empty="" if interventions else source.gaps.why_empty("interventions"),
        kind_missing=f"Kind {source.gaps.word('intervention_types')}",
        support=source.ledger.support("arms"),
        treatments_support=source.ledger.support("interventions"),
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


def _card(source: Source, place: int, arm: Arm) -> ArmCard:
    kind = arm.get_type_display() if arm.type else ""
    return ArmCard(
        number=place,
        label=arm.label,
        type=kind,
        type_raw=if_different(arm.type_raw, kind),
        participants="" if arm.participants is None else count(arm.participants, "participant"),
        description=tidy(arm.description),
        is_ours=arm.our_wording,
        treatments=tuple(_typed_name(row) for row in arm.interventions.all()),
        doses=tuple(
            short_dose(dose) for dose in source.trial.doses.all() if dose.arm_id == arm.pk and not is_of_control(dose)
        ),
        is_conditional=arm.is_conditional,
        condition_note=arm.condition_note,
        other_treatment=tidy(arm.other_treatment),
        control=_control(arm),
        control_note=arm.control_note,
        is_from_text=arm.origin == Origin.TEXT,
        support=source.ledger.support_of_all(arm),
    )


def _control(arm: Arm) -> str:
    """Only where it is so: of an ordinary arm nobody asks."""
    return "Each participant is also their own control" if arm.within_patient_control else ""


def _typed_name(row: Intervention) -> str:
    kind = row.get_type_display() if row.type else row.type_raw
    return f"{kind}: {row.name}" if kind else row.name


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
