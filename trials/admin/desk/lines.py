"""What a list says of each thing that waits: its name, what it is, and the words that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trials.admin.words import lock_name
from trials.models import CellProduct, Dose
from trials.phrases import labels_in_line, number

# Characters of a passage that a list quotes.
QUOTED = 200


@dataclass(frozen=True)
class Line:
    """`title` is the link; `text` stands below it; `quote` are a source's own words."""

    title: str
    text: str = ""
    quote: str = ""


def of_fact(row: Any) -> Line:
    return Line(fact_words(row), str(row.trial), _short(row.passage))


def fact_words(row: Any) -> str:
    """A fact as read, in a line: `Product “MSC”: autologous; mesenchymal stromal cells; bone marrow`."""
    if isinstance(row, CellProduct):
        terms = [labels_in_line(map(str, getattr(row, name).all())) for name in ("donors", "cell_types", "tissues")]
        said = "; ".join(filter(None, terms))
        return f"Product “{row.name}”: {said}" if said else f"Product “{row.name}”"
    if isinstance(row, Dose):
        return f"Dose: {row.as_written or row.label or 'route only'}"
    return f"{row.get_kind_display()}: {row.text}" if row.text else row.get_kind_display()


def of_flag(row: Any) -> Line:
    return Line(row.sentence, f"{row.get_severity_display()}. {row.trial}")


def of_lock(row: Any) -> Line:
    owner = row.by.get_username() if row.by else "an editor who has left"
    return Line(f"{lock_name(row.name)}, locked by {owner}", str(row.trial))


def of_match(row: Any) -> Line:
    first, second = row.first, row.second
    names = f"{first.number or first.document} and {second.number or second.document}: {row.get_why_display()}"
    return Line(names, f"{first.trial.title} / {second.trial.title}")


def of_record(row: Any) -> Line:
    return Line(row.number or "A record without a number", f"{row.get_source_display()}: {row.reason}")


def of_reading(row: Any) -> Line:
    return Line(str(row.trial), "" if row.is_stale else "read by older readers")


def of_trial(row: Any) -> Line:
    return Line(str(row), row.title)


def of_word(row: Any) -> Line:
    return Line(row.wording)


def of_area(row: Any) -> Line:
    return Line(row.wording, str(row.trial))


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


def at_most(total: int, most: int) -> str:
    """`41`, or `10 000+` where counting stopped."""
    return f"{number(most)}+" if total > most else number(total)
