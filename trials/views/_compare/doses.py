"""Doses side by side: one row for each basis that any of the trials counts in; nothing is ever converted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trials.models import Dose
from trials.models.choices import DoseBasis
from trials.phrases import amount, dose_words
from trials.views._compare.table import UNLIKE, Bar, Cell, Group, Row, group_of, row_of
from trials.views._record.control import is_of_control
from trials.views._record.ladder import decades
from trials.views._record.products import timing_words, total_words
from trials.views._record.source import Source

NOT_ONE_BASIS = (
    "These doses are not on one basis, and none is converted: a dose per kg and a total cannot be set side by side."
)


def dose_group(sources: Sequence[Source]) -> Group:
    """Amounts by basis, each basis drawn on one axis where two trials share it; then how they are given."""
    held = [_given(source) for source in sources]
    bases = [basis for basis in DoseBasis.values if any(_on(basis, doses) for doses in held)]
    rows = tuple(_basis_row(basis, held) for basis in bases)
    how = group_of(
        "",
        sources,
        (
            ("How often", lambda source: map(timing_words, _given(source)), "administrations"),
            ("In all, computed", lambda source: map(total_words, _given(source)), "administrations"),
            ("Route", lambda source: (dose.route.label for dose in _given(source) if dose.route), "route"),
        ),
    )
    note = NOT_ONE_BASIS if any(row.verdict == UNLIKE for row in rows) else ""
    missing = ", ".join(part for part in ("" if bases else "dose", how.missing) if part)
    return Group("Dose", (*rows, *how.rows), missing, note)


def _given(source: Source) -> list[Dose]:
    return [dose for dose in source.trial.doses.all() if not is_of_control(dose)]


def _on(basis: str, doses: Sequence[Dose]) -> list[Dose]:
    return [dose for dose in doses if dose.amount_low is not None and dose.basis == basis]


def _basis_row(basis: str, held: Sequence[Sequence[Dose]]) -> Row:
    on_it = [_on(basis, doses) for doses in held]
    shares = sum(map(bool, on_it)) > 1
    ends = [end for doses in on_it for dose in doses for end in (dose.amount_low, dose.amount_high) if end is not None]
    first, last = decades(ends)
    cells = [
        Cell(
            tuple(dict.fromkeys(map(_amount, mine))),
            "not on this basis" if any(dose.amount_low is not None for dose in doses) else "dose not stated",
            bars=_bars(mine, first, last) if shares else (),
        )
        for mine, doses in zip(on_it, held, strict=True)
    ]
    axis = f"bars from {_power(first)} to {_power(last)}, logarithmic" if shares else ""
    row = row_of(f"Dose in {DoseBasis(basis).label}", cells, axis)
    is_elsewhere = any(cell.missing == "not on this basis" and not cell.lines for cell in cells)
    return Row(row.label, row.cells, UNLIKE, row.note) if is_elsewhere else row


def _power(exponent: int) -> str:
    return amount(Decimal(10) ** exponent).removeprefix("1 × ")


def _amount(dose: Dose) -> str:
    words = dose_words(dose.amount_low, dose.amount_high, dose.basis)
    return f"{words} (only if a condition is met)" if dose.is_conditional else words


def _bars(doses: Sequence[Dose], first: int, last: int) -> tuple[Bar, ...]:
    found: dict[tuple[float, float, bool], None] = {}
    for dose in doses:
        low = dose.amount_low or Decimal(1)
        end = _x(dose.amount_high if dose.amount_high is not None else low, first, last)
        start = _x(low, first, last) if dose.amount_high not in (None, low) else 0.0
        found[start, max(1.0, round(end - start, 1)), dose.is_conditional] = None
    return tuple(Bar(start, width, 10 * place + 1, dashed) for place, (start, width, dashed) in enumerate(found))


def _x(value: Decimal, first: int, last: int) -> float:
    return round(100 * (float(value.log10()) - first) / (last - first), 1)
