"""The table beside a picture: for the page, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from trials.phrases import amount, number
from trials.search.landscape import Table
from trials.search.landscape_asked import Count
from trials.search.landscape_doses import DoseTable

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Cell:
    """A figure as people read it and as programs do; `url` leads to the trials behind it."""

    text: str
    raw: str
    url: str = ""


@dataclass(frozen=True)
class SheetLine:
    label: str
    cells: tuple[Cell, ...]
    depth: int = 0


@dataclass(frozen=True)
class Sheet:
    """A table with named columns; `corner` says what its lines are. Of the columns a file holds those that have any
    figures."""

    title: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[SheetLine, ...]

    @property
    def is_linked(self) -> bool:
        return any(cell.url for line in self.lines for cell in line.cells)


def counted(found: Count) -> Cell:
    return Cell(number(found.total), str(found.total), found.url)


def sheet_of(table: Table) -> Sheet:
    """The counts of a picture."""
    lines = tuple(SheetLine(row.label, tuple(map(counted, row.counts)), row.depth) for row in table.lines)
    return Sheet(table.title, table.corner, table.columns, lines)


def dose_sheet(table: DoseTable) -> Sheet:
    """How many trials state a dose, and what doses."""
    columns = ("Trials", "Smallest", "Lower quarter", "Median", "Upper quarter", "Largest")
    lines = tuple(
        SheetLine(row.label, (counted(row.count), *map(_dose, row.amounts)), row.depth) for row in table.lines
    )
    return Sheet(table.title, "Cell type", columns, lines)


def _dose(value: Decimal) -> Cell:
    return Cell(amount(value), f"{value.normalize():f}")


def csv_text(sheet: Sheet) -> str:
    """The table for a spreadsheet: text that it would run as a formula gets an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    kept = [place for place in range(len(sheet.columns)) if any(line.cells[place].raw for line in sheet.lines)]
    writer.writerow(_safe((sheet.corner, *(sheet.columns[place] for place in kept))))
    writer.writerows(_safe((line.label, *(line.cells[place].raw for place in kept))) for line in sheet.lines)
    return file.getvalue()


def _safe(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
