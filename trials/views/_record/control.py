"""Doses of cells that a text names beside a control arm: of the other arms, more likely than of the control."""

from __future__ import annotations

from trials.models import Dose
from trials.models.choices import ArmType, Origin

_CONTROLS = (ArmType.PLACEBO_COMPARATOR, ArmType.SHAM_COMPARATOR, ArmType.NO_INTERVENTION)
REMARK = "The registry types this arm as “{}”: the amount may be what it is compared with, or given only later."


def is_of_control(dose: Dose) -> bool:
    """Whether the arm that a text gives this dose to gets no cells, by the registry's own type of it."""
    return dose.arm is not None and dose.arm.type in _CONTROLS and dose.origin != Origin.EDITOR


def control_remark(dose: Dose) -> str:
    """Why a dose of a control is doubtful; nothing for any other, or for one without an amount."""
    if dose.arm is None or dose.amount_low is None or not is_of_control(dose):
        return ""
    return REMARK.format(dose.arm.get_type_display())
