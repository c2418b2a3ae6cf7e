"""The doses of a trial drawn as bars on a logarithmic axis, one drawing for each basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trials.models import Dose
from trials.models.choices import DoseBasis
from trials.phrases import amount, count, dose_words, times_words
from trials.views._record.control import is_of_control

# In units of the drawing; on a phone one unit is about one pixel.
WIDTH, LEFT, RIGHT, ROW, LINE, BAR, HEAD, FOOT = 340, 6, 334, 36, 14, 12, 4, 34
_MOST_LETTERS, _MOST_LETTERS_OF_LINE = 46, 58
_MOST_TICKS = 7


@dataclass(frozen=True)
class Tick:
    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Bar:
    """A step: from `x` over `width`; one that is no range begins at the left edge. `lines` stand above it."""

    y: int
    x: float
    width: float
    label: str
    lines: tuple[str, ...]
    is_conditional: bool
    is_range: bool

    @property
    def label_y(self) -> int:
        return self.y - 5 - LINE * len(self.lines)

    @property
    def placed_lines(self) -> tuple[tuple[int, str], ...]:
        """Each line with its place from the top."""
        last = len(self.lines) - 1
        return tuple((self.y - 5 - LINE * (last - place), line) for place, line in enumerate(self.lines))


@dataclass(frozen=True)
class Ladder:
    """All steps of one product that are counted per one basis. `number` tells the drawings of a page apart."""

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


def ladders_of(doses: Iterable[Dose], names: Mapping[int, str] | None = None) -> tuple[Ladder, ...]:
    """A drawing for each product and basis in which an amount is stated, in the order of the plan.

    `names` of the products by their ids; one alone needs no naming.
    """
    found: dict[tuple[int | None, str], list[Dose]] = {}
    for dose in doses:
        if dose.amount_low is not None and not is_of_control(dose):
            found.setdefault((dose.product_id, dose.basis), []).append(dose)
    names = names or {}
    return tuple(
        _ladder(number, basis, steps, names.get(product or 0, ""), is_told=len(names) > 1)
        for number, ((product, basis), steps) in enumerate(found.items(), 1)
    )


def _ladder(number: int, basis: str, steps: list[Dose], product: str, *, is_told: bool) -> Ladder:
    ends = [end for step in steps for end in (step.amount_low, step.amount_high) if end is not None]
    first, last = decades(ends)
    texts = [_lines(step) for step in steps]
    told = "; ".join(_words(step, product) for step in steps)
    row = ROW + LINE * max(map(len, texts))
    return Ladder(
        number=number,
        title=f"{f'{product}: dose' if product and is_told else 'Dose'} in {DoseBasis(basis).label}",
        description=f"{count(len(steps), 'step')} on a logarithmic axis: {told}.",
        height=HEAD + row * len(steps) + FOOT,
        ticks=_ticks(first, last),
        bars=tuple(
            _bar(HEAD + row * (place + 1) - BAR - 4, label, step, lines, first, last)
            for place, (label, step, lines) in enumerate(zip(_labels(steps, product), steps, texts, strict=True))
        ),
    )


def decades(amounts: Iterable[Decimal]) -> tuple[int, int]:
    """The powers of ten at both ends of the axis, such that every amount stands right of its left end.

    One amount alone never fills the axis, as if it were the most.
    """
    held = list(amounts)
    first = min(value.adjusted() - (value == Decimal(10) ** value.adjusted()) for value in held)
    last = max(value.adjusted() + (value != Decimal(10) ** value.adjusted()) for value in held)
    return first, last + (len(set(held)) == 1 and held[0] == Decimal(10) ** last)


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


def _bar(y: int, label: str, step: Dose, lines: tuple[str, ...], first: int, last: int) -> Bar:
    low = step.amount_low or Decimal(1)
    high = step.amount_high if step.amount_high is not None else low
    start = _x(low, first, last) if high != low else LEFT
    return Bar(
        y=y,
        x=start,
        # A narrow range stays visible.
        width=max(3.0, round(_x(high, first, last) - start, 1)),
        label=_short(label),
        lines=lines,
        is_conditional=step.is_conditional,
        is_range=high != low,
    )


def _lines(step: Dose) -> tuple[str, ...]:
    """The dose and how often, in one line if it fits."""
    parts = [dose_words(step.amount_low, step.amount_high, step.basis), _more(step)]
    whole = ", ".join(part for part in parts if part)
    return (whole,) if len(whole) <= _MOST_LETTERS_OF_LINE else tuple(parts)


def _labels(steps: list[Dose], product: str) -> list[str]:
    """What each step is called; two of one label are told apart by their arms."""
    labels = [_label(step, product) for step in steps]
    return [
        f"{label}, {step.arm.label}" if labels.count(label) > 1 and step.arm and step.arm.label != label else label
        for label, step in zip(labels, steps, strict=True)
    ]


def _label(step: Dose, product: str) -> str:
    return step.label or (step.arm.label if step.arm else "") or product or "Dose"


def _more(step: Dose) -> str:
    """How often, and how much that is in all."""
    if step.cumulative_low is None or step.administrations is None:
        return ""
    if step.administrations == 1:
        return "once"
    high = step.amount_high * step.administrations if step.amount_high is not None else None
    return f"{times_words(step.administrations)}, {dose_words(step.cumulative_low, high, step.basis)} in all"


def _words(step: Dose, product: str) -> str:
    parts = [f"{_label(step, product)} {dose_words(step.amount_low, step.amount_high, step.basis)}", _more(step)]
    parts += ["only if a condition is met"] if step.is_conditional else []
    return ", ".join(part for part in parts if part)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}…"
