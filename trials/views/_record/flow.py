"""The arms as a drawing: who enters, how they are parted, and what each part gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trials.models import Trial
from trials.models.choices import Allocation
from trials.phrases import count, number
from trials.views._record.arms_cards import ArmCard

# Words between those who enter and the arms.
_PARTED: dict[str, str] = {
    Allocation.RANDOMIZED: "parted at random",
    Allocation.NON_RANDOMIZED: "not parted at random",
    Allocation.NA: "one group",
}


@dataclass(frozen=True)
class Branch:
    """An arm with its part of all participants, in percent; None where not every size is stated."""

    card: ArmCard
    share: float | None


@dataclass(frozen=True)
class Flow:
    """`start` is who enters; `more` those who may enter only if a condition is met."""

    start: str
    more: str
    parted: str
    branches: tuple[Branch, ...]
    loose_doses: str


def flow_of(trial: Trial, cards: Sequence[ArmCard]) -> Flow:
    """The drawing of these arms, which must be those of the trial, in their order."""
    arms = trial.arms.all()
    sizes = [arm.participants for arm in arms]
    known = [size for size in sizes if size]
    total = sum(known) if len(known) == len(sizes) and len(sizes) > 1 else 0
    loose = sum(1 for dose in trial.doses.all() if dose.arm_id is None)
    return Flow(
        start=_start(trial),
        more=more(trial),
        parted="" if len(arms) == 1 else _PARTED.get(trial.allocation, "how they are parted is not stated"),
        branches=tuple(
            Branch(card, round(100 * size / total, 1) if total and size else None)
            for card, size in zip(cards, sizes, strict=True)
        ),
        loose_doses=f"{count(loose, 'step')} of the dosing plan" if loose else "",
    )


def _start(trial: Trial) -> str:
    if trial.enrollment_count is None:
        return "Number of participants not stated"
    kind = f", {trial.get_enrollment_type_display().lower()}" if trial.enrollment_type else ""
    return f"{count(trial.enrollment_count, 'participant')}{kind}"


def more(trial: Trial) -> str:
    """How many there may be in the end; empty where no condition brings more."""
    most = trial.enrollment_conditional_max
    return f"at most {number(most)} if a condition is met" if most is not None else ""
