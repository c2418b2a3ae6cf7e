"""The columns of the table of results, declared once: their names in addresses and their headings.

A card shows the same values under the same headings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A value of a result. `is_usual` where the table shows it unless other columns are chosen."""

    key: str
    label: str
    is_usual: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("status", "Status", is_usual=True),
    Column("phase", "Phase", is_usual=True),
    Column("condition", "Condition", is_usual=True),
    Column("product", "Cell product", is_usual=True),
    Column("dose", "Dose", is_usual=True),
    Column("route", "Route"),
    Column("ages", "Ages"),
    Column("enrolment", "Enrolment"),
    Column("places", "Sites"),
    Column("open", "Open now", is_usual=True),
    Column("sponsor", "Sponsor"),
    Column("numbers", "Registry numbers"),
    Column("updated", "Last updated"),
)
BY_KEY = {column.key: column for column in COLUMNS}
USUAL = tuple(column.key for column in COLUMNS if column.is_usual)
# What a card says below its title; its status, phase and numbers stand above it.
OF_CARD = tuple(
    BY_KEY[key]
    for key in ("condition", "product", "dose", "route", "ages", "enrolment", "open", "places", "sponsor", "updated")
)


def chosen_columns(keys: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of these keys in the table's own order; the usual ones where none is chosen."""
    wanted = set(keys or USUAL)
    return tuple(column for column in COLUMNS if column.key in wanted)
