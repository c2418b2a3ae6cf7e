"""One arm with what it gets, for the drawing of the arms and for their list."""

from __future__ import annotations

from dataclasses import dataclass

from trials.models import Arm, Dose, Intervention
from trials.models.choices import Origin
from trials.phrases import count
from trials.views._record.control import is_of_control
from trials.views._record.evidence import Support
from trials.views._record.facts import if_different
from trials.views._record.products import short_dose
from trials.views._record.source import Source
from trials.views._record.texts import tidy


@dataclass(frozen=True)
class ArmDose:
    """A step that the arm gets; `note` is the condition it depends on, where one is stated."""

    text: str
    is_conditional: bool
    note: str


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
    doses: tuple[ArmDose, ...]
    is_conditional: bool
    condition_note: str
    other_treatment: str
    control: str
    control_note: str
    is_from_text: bool
    support: Support

    @property
    def has_more(self) -> bool:
        """Whether anything is left to say of it beside the drawing."""
        texts = (self.type_raw, self.description, self.condition_note, self.other_treatment, self.control_note)
        return any(texts) or self.is_from_text or bool(self.support)

    @property
    def gets(self) -> tuple[str, ...]:
        """All that it gets, in words."""
        doses = (
            f"{dose.text} (only if a condition is met)" if dose.is_conditional else dose.text for dose in self.doses
        )
        return (*self.treatments, *doses)


def arm_card(source: Source, place: int, arm: Arm) -> ArmCard:
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
            ArmDose(_dose(dose), dose.is_conditional, dose.condition_note)
            for dose in source.trial.doses.all()
            if dose.arm_id == arm.pk and not is_of_control(dose)
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


def _dose(dose: Dose) -> str:
    """The step in one line, with its name where it has one that is not the arm's."""
    own = dose.label if dose.arm is None or dose.label != dose.arm.label else ""
    return f"{own}: {short_dose(dose)}" if own else short_dose(dose)


def _typed_name(row: Intervention) -> str:
    kind = row.get_type_display() if row.type else row.type_raw
    return f"{kind}: {row.name}" if kind else row.name
