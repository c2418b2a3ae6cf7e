"""How values read to people: amounts of cells, ages, lists. Pure functions, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float | Decimal) -> str:
    """A number without needless zeros, thousands set apart by a narrow space: 18, 2.5, 12 000."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u202f")


def amount(value: float | Decimal) -> str:
    """A count of cells in powers of ten from a thousand up: 1.5 × 10⁶; smaller ones as they are."""
    value = Decimal(str(value))
    if value < 1000:
        return number(value)
    power = value.adjusted()
    return f"{number(value.scaleb(-power))} × 10{str(power).translate(_SUPERSCRIPT)}"


# What doses are counted per, by DoseBasis.
_DOSE_UNITS = {
    "FLAT": "cells",
    "PER_KG": "cells/kg",
    "PER_M2": "cells/m²",
    "PER_SITE": "cells per injection site",
    "PER_EYE": "cells per eye",
    "PER_CM2": "cells/cm²",
}


def dose_words(low: Decimal | None, high: Decimal | None, basis: str) -> str:
    """`1.5 × 10⁶ cells/kg`, or a range of it; nothing where no amount is stated. `basis` is a DoseBasis."""
    if low is None:
        return ""
    unit = _DOSE_UNITS[basis]
    if high is None or high == low:
        return f"{amount(low)} {unit}"
    return f"{amount(low)} to {amount(high)} {unit}"


def age_range(low: float | None, low_unit: str, high: float | None, high_unit: str, *, is_cut: bool = False) -> str:
    """The ages that may enter, in the source's own units (`years`, `months` …), or nothing where neither is stated.

    With `is_cut` the other limit is one that the copy lacks: `from 18 years` does not say that there is none.
    """
    start = f"{number(low)} {_unit(low, low_unit)}" if low is not None else ""
    end = f"{number(high)} {_unit(high, high_unit)}" if high is not None else ""
    if start and end:
        return f"{number(low or 0)} to {end}" if low_unit == high_unit else f"{start} to {end}"
    if start:
        return f"from {start}" if is_cut else f"{start} and older"
    return f"up to {end}" if end else ""


def _unit(value: float | None, unit: str) -> str:
    unit = unit.lower()
    return unit.removesuffix("s") if value == 1 else unit


def either(words: Iterable[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def in_sentence(label: str) -> str:
    """`regulatory T cells`, but `CAR-T cells` and `T cells`: how a label goes on within a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def labels_in_line(labels: Iterable[str]) -> str:
    """`CAR-T cells and regulatory T cells`: labels after the first as they go on within a sentence."""
    listed = list(labels)
    return either([*listed[:1], *map(in_sentence, listed[1:])], "and")


def times_words(total: int) -> str:
    """`once`, `3 times`."""
    return "once" if total == 1 else f"{number(total)} times"


def count(total: int, one: str, many: str = "") -> str:
    """`1 trial`, `2 trials`, `0 trials`."""
    return f"{number(total)} {one if total == 1 else many or one + 's'}"
