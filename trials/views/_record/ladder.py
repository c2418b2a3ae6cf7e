"""The doses of a trial drawn as bars on a logarithmic axis, one drawing for each basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from trials.models import Dose
from trials.models.choices import DoseBasis
from trials.phrases import amount, count, dose_words

# In units of the drawing; on a phone one unit is about one pixel.
WIDTH, LEFT, RIGHT, ROW, BAR, HEAD, FOOT = 340, 6, 334, 50, 12, 4, 34
_MOST_LETTERS = 46
_MOST_TICKS = 7


@dataclass(frozen=True)
class Tick:
    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Bar:
    """A step: from `x` over `width`; one that is no range begins at the left edge."""

    y: int
    x: float
    width: float
    label: str
    dose: str
    more: str
    is_conditional: bool
    is_range: bool

    @property
    def label_y(self) -> int:
        return self.y - 19

    @property
    def more_y(self) -> int:
        return self.y - 5


@dataclass(frozen=True)
class Ladder:
    """All steps counted per one basis. `number` tells the drawings of a page apart."""

    number: int
    title: str
    description: str
    height: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def bar_height(self) -> int:
        return BAR

    @property
    def has_conditional(self) -> bool:
        return any(bar.is_conditional for bar in self.bars)

    @property
    def axis_y(self) -> int:
        return self.height - FOOT + 8

    @property
    def label_y(self) -> int:
        return self.height - 10


def ladders_of(doses: Iterable[Dose]) -> tuple[Ladder, ...]:
    """A drawing for each basis in which an amount is stated, in the order of the plan."""
    by_basis: dict[str, list[Dose]] = {}
    for dose in doses:
        if dose.amount_low is not None:
            by_basis.setdefault(dose.basis, []).append(dose)
    return tuple(_ladder(number, basis, steps) for number, (basis, steps) in enumerate(by_basis.items(), 1))


def _ladder(number: int, basis: str, steps: list[Dose]) -> Ladder:
    ends = [end for step in steps for end in (step.amount_low, step.amount_high) if end is not None]
    first, last = decades(ends)
    height = HEAD + ROW * len(steps) + FOOT
    unit = DoseBasis(basis).label
    return Ladder(
        number=number,
        title=f"Dose each time, in {unit}",
        description=f"{count(len(steps), 'step')} on a logarithmic axis: {'; '.join(map(_words, steps))}.",
        height=height,
        ticks=_ticks(first, last),
        bars=tuple(_bar(place, step, first, last) for place, step in enumerate(steps)),
    )


def decades(amounts: Iterable[Decimal]) -> tuple[int, int]:
    """The powers of ten at both ends of the axis, such that every amount stands right of its left end."""
    held = list(amounts)
    first = min(value.adjusted() - (value == Decimal(10) ** value.adjusted()) for value in held)
    last = max(value.adjusted() + (value != Decimal(10) ** value.adjusted()) for value in held)
    return first, max(last, first + 1)


def _ticks(first: int, last: int) -> tuple[Tick, ...]:
    step = -(-(last - first) // _MOST_TICKS)
    powers = range(first, last + 1, step)
    anchors = {first: "start", last: "end"}
    return tuple(
        Tick(_x(Decimal(10) ** power, first, last), amount(Decimal(10) ** power).removeprefix("1 × "),
             anchors.get(power, "middle"))
        for power in powers
    )  # fmt: skip


def _x(value: Decimal, first: int, last: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (float(value.log10()) - first) / (last - first), 1)


def _bar(place: int, step: Dose, first: int, last: int) -> Bar:
    low = step.amount_low or Decimal(1)
    high = step.amount_high if step.amount_high is not None else low
    start = _x(low, first, last) if high != low else LEFT
    return Bar(
        y=HEAD + ROW * place + ROW - BAR - 4,
        x=start,
        # A narrow range stays visible.
        width=max(3.0, round(_x(high, first, last) - start, 1)),
        label=_short(_label(step)),
        dose=dose_words(low, step.amount_high, step.basis),
        more=_more(step),
        is_conditional=step.is_conditional,
        is_range=high != low,
    )


def _label(step: Dose) -> str:
    named = step.label or (step.arm.label if step.arm else "") or (step.product.name if step.product else "")
    return named or "Dose"


def _more(step: Dose) -> str:
    """How often, and how much that is in all."""
    if step.cumulative_low is None or step.administrations is None:
        return ""
    if step.administrations == 1:
        return "once"
    high = step.amount_high * step.administrations if step.amount_high is not None else None
    return f"{step.administrations} times, {dose_words(step.cumulative_low, high, step.basis)} in all"


def _words(step: Dose) -> str:
    parts = [f"{_label(step)} {dose_words(step.amount_low, step.amount_high, step.basis)}", _more(step)]
    parts += ["only if a condition is met"] if step.is_conditional else []
    return ", ".join(part for part in parts if part)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}…"
