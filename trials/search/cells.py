"""The values of a result in words, column by column: what a card lists and a table has in its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trials.search.cards import ResultCard
from trials.search.columns import Column

# Conditions that are named one by one.
MOST_CONDITIONS = 6


@dataclass(frozen=True)
class Cell:
    """A value under its heading. `text` is empty where it takes more than words, or where there is none: `missing`
    says so then."""

    key: str
    label: str
    text: str
    missing: str


def cells_of(card: ResultCard, columns: Iterable[Column]) -> tuple[Cell, ...]:
    """The values of a result in these columns."""
    gaps = card.gaps
    return tuple(Cell(one.key, one.label, _TEXTS[one.key](card), gaps[one.key]) for one in columns)


def listed(card: ResultCard, columns: Iterable[Column]) -> tuple[Cell, ...]:
    """The same for a card, which does not say that nothing is open."""
    return cells_of(card, (one for one in columns if one.key != "open" or card.open))


def _conditions(card: ResultCard) -> str:
    """The conditions, unless words of the question are to be marked in them."""
    if any(len(parts) > 1 or parts[0].is_match for parts in card.condition_parts if parts):
        return ""
    more = len(card.conditions) - MOST_CONDITIONS
    named = ", ".join(card.conditions[:MOST_CONDITIONS])
    return f"{named} and {more} more" if more > 0 else named


_TEXTS: Mapping[str, Callable[[ResultCard], str]] = {
    # With its badge, and with what sources disagree on.
    "status": lambda card: "",
    "product": lambda card: "",
    "phase": lambda card: card.phase,
    "condition": _conditions,
    "dose": lambda card: "; ".join(card.doses),
    "route": lambda card: card.routes,
    "ages": lambda card: f"{card.ages}, {card.sex}" if card.sex else card.ages,
    "enrolment": lambda card: card.enrolment,
    "places": lambda card: card.places,
    "open": lambda card: card.open,
    "sponsor": lambda card: card.sponsor,
    "numbers": lambda card: card.numbers,
    "updated": lambda card: card.updated,
}
