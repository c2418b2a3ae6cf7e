"""The cells that are given: what texts disagree on, and doses that look mistaken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from trials.quality.rules.facts import DoseFields, Facts, Found, StatementFields, listed, quoted

Check = Callable[[Facts, dt.date], Iterator[Found]]

_ORGAN = re.compile(r"\ballograft|kidney|renal|liver transplant|heart transplant|lung transplant", re.IGNORECASE)
_NAMES = {"donors": "donor", "cell_types": "type of cells", "tissues": "tissue"}
# How the readers remark on an odd dose (see `intake.rules`), and how we say it.
LOST_SUPERSCRIPT = "seems to have lost a superscript"
ODD_POWER = ("power of ten is written in an unusual way", "10 and then E", "leaves out the sign of multiplication")
TWO_VALUES = "in two ways that do not agree"
IMPLAUSIBLE = "far more than other trials give"
# Cells per administration beyond which a mistake is more likely than the dose; the same for one kg of weight.
_MOST, _MOST_PER_KG = Decimal(10) ** 12, Decimal(10) ** 9
_BASES = {
    "PER_KG": "cells per kg",
    "PER_M2": "cells per m²",
    "PER_SITE": "cells per site",
    "PER_EYE": "cells per eye",
    "PER_CM2": "cells per cm²",
}
# No product is given in so few cells by any of these counts.
_LEAST = Decimal(100)


def conflict(attribute: str) -> Check:
    """A rule: two texts state what excludes each other of one product."""

    def check(trial: Facts, today: dt.date) -> Iterator[Found]:
        said: dict[int | None, dict[str, StatementFields]] = {}
        for row in trial.statements:
            if row.field == attribute and row.evidence_state == "CONFLICTING" and not _is_of_something_else(row):
                said.setdefault(row.product_id, {}).setdefault(row.value, row)
        names = {row.id: row.name for row in trial.products}
        for product, values in said.items():
            if len(values) < 2:
                continue
            (one, first), (other, second) = list(values.items())[:2]
            documents = _documents(trial, first, second)
            sentence = (
                f"The {_NAMES[attribute]} of {quoted(names.get(product or 0, 'the product'), 60)} is stated in two "
                f"ways: {_saying(one, first, documents[0])}, {_saying(other, second, documents[1])}."
            )
            places = _place(first, documents[0]), _place(second, documents[1])
            yield Found(sentence, *places, tuple(sorted(values)))

    return check


def _is_of_something_else(row: StatementFields) -> bool:
    """Keywords list what a trial is about, which may be both; and an organ that is grafted is no product of cells."""
    return row.source_field.startswith("keywords") or bool(_ORGAN.search(row.passage))


def _documents(trial: Facts, *rows: StatementFields) -> list[str]:
    """The documents of statements, where these are several."""
    names = {row.id: row.document for row in trial.registrations}
    several = len({row.registration_id for row in rows}) > 1
    return [names.get(row.registration_id or 0, "") if several else "" for row in rows]


def _saying(value: str, row: StatementFields, document: str) -> str:
    where = f"{document} says " if document else ""
    return f"{where}“{value}”" + (f" ({quoted(row.passage, 200)})" if row.passage else "")


def _place(row: StatementFields, document: str) -> str:
    return ", ".join(part for part in (document, row.source_field) if part)[:200]


def _remarked(*marks: str) -> Callable[[DoseFields], bool]:
    return lambda dose: any(mark in dose.remark for mark in marks)


def superscript_lost(trial: Facts, today: dt.date) -> Iterator[Found]:
    """`1x106` for 1×10⁶: read as a power of ten, which somebody should look at."""
    words = "A dose seems to have lost a superscript, and was read as a power of ten: {}."
    yield from _of_doses(trial, _remarked(LOST_SUPERSCRIPT), words)


def power_odd(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A power of ten in another unusual writing."""
    yield from _of_doses(trial, _remarked(*ODD_POWER), "A dose writes its power of ten in an unusual way: {}.")


def two_values(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A dose in two notations that give different numbers."""
    yield from _of_doses(trial, _remarked(TWO_VALUES), "A dose is written in two ways that do not agree: {}.")


def implausible(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Far more cells than anybody is given, or fewer than make a dose."""
    yield from _of_doses(
        trial, _is_implausible, "A dose is far from what other trials give, and a mistake is likely: {}."
    )


def _is_implausible(dose: DoseFields) -> bool:
    if dose.amount_low is None:
        return False
    most = _MOST_PER_KG if dose.basis == "PER_KG" else _MOST
    return IMPLAUSIBLE in dose.remark or (dose.amount_high or dose.amount_low) > most or dose.amount_low < _LEAST


def _held(dose: DoseFields) -> str:
    """An amount in plain figures with what it is counted per."""
    amounts = " to ".join(f"{amount:,.0f}" for amount in (dose.amount_low, dose.amount_high) if amount is not None)
    return f"{amounts} {_BASES.get(dose.basis, 'cells')}"


def _of_doses(trial: Facts, is_odd: Callable[[DoseFields], bool], words: str) -> Iterator[Found]:
    odd = [dose for dose in trial.doses if dose.amount_low is not None and is_odd(dose)]
    if odd:
        written = list(dict.fromkeys(quoted(dose.as_written or f"{dose.amount_low:.0f}", 80) for dose in odd))
        held = listed(list(dict.fromkeys(map(_held, odd))))
        sentence = f"{words.format(listed(written))} The catalogue holds {held}."
        values = tuple(f"{dose.as_written}|{dose.amount_low:.0f}|{dose.basis}" for dose in odd)
        yield Found(sentence, (odd[0].source_field or "Doses")[:200], "Doses", values)
