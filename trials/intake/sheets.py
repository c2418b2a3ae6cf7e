"""Sheets of trials: what a row holds, how it is written to CSV and XLSX, and how it is read back.

A sheet has one line of column names and one row per trial. A `*` behind a name says that the column may be corrected.
Texts that a spreadsheet would take for a formula get an apostrophe in front, which is taken off when they come back.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.db.models import Prefetch, QuerySet

from trials.intake import zips
from trials.models import CellProduct, Dose, Registration, Trial, TrialCondition
from trials.models.vocabulary import Term
from trials.workbooks import BadBook, TooLarge, lines_apart

# Rows of one sheet, and bytes of a sheet that is sent back, packed and unpacked.
MOST_ROWS = 10_000
MOST_BYTES, MOST_UNPACKED = 20 << 20, 200 << 20
# Places that a sheet may span, as its reader makes room for all of them.
_MOST_PLACES = 4_000_000
# Columns of a sheet: more than anybody adds to ours.
_MOST_COLUMNS = 200
# Bytes of all texts of an XLSX sheet, and of one: a cell holds 32,767 characters, some of which are written with seven.
_MOST_SHARED, _MOST_TEXT = 64 << 20, 1 << 18
# The longest text that a cell of XLSX holds is 32,767.
_LONGEST = 32_000
_CHUNK = 200
# What makes a spreadsheet take a text for a formula, and texts that would be taken for such a text made harmless.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
# The same behind what a spreadsheet of another country may take for the end of a cell, and made harmless.
_INSIDE = re.compile(r"""([;\t\r\n][\s"]*)(?='*[=+\-@])""")
_INSIDE_HARMLESS = re.compile(r"""([;\t\r\n][\s"]*)'(?='*[=+\-@])""")
# Where a cell, or a row (without letters), says that it stands.
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_SHARED = "sharedstrings.xml"


class BadSheet(ValueError):  # noqa: N818 (says what it is)
    """A file that is no sheet of trials. The message says why, and what to do."""


@dataclass(frozen=True)
class Column:
    """A column: its name, what it shows, how to write it where it may be corrected, and its text for one trial."""

    name: str
    meaning: str
    how: str
    text: Callable[[Any], str]

    @property
    def heading(self) -> str:
        return f"{self.name}*" if self.how else self.name


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _field(name: str) -> Callable[[Any], str]:
    return lambda trial: "" if getattr(trial, name) is None else str(getattr(trial, name))


def _label(name: str) -> Callable[[Any], str]:
    return lambda trial: str(getattr(trial, f"get_{name}_display")())


def _age(end: str) -> Callable[[Any], str]:
    def text(trial: Any) -> str:
        value, unit = getattr(trial, f"{end}_age_value"), getattr(trial, f"get_{end}_age_unit_display")()
        return "" if value is None else f"{value:g} {unit}"

    return text


def term_text(term: Term) -> str:
    """A term as a cell names it: its label, or its slug where the label would be taken apart."""
    return term.slug if ";" in term.label else term.label


def _terms(name: str) -> Callable[[Any], str]:
    def text(trial: Any) -> str:
        return _joined(term_text(term) for product in trial.products.all() for term in getattr(product, name).all())

    return text


_TEXT = "Text on one line."
_CHOICE = "One of the values of the admin’s form, by its name."
_DATE = "2026, 2026-01 or 2026-01-31."
_AGE = "A number and a unit: 18 years, 6 months."
_TERMS = "Terms of the vocabulary with semicolons between; only where the trial has one cell product."
COLUMNS = (
    Column("slug", "The last part of the trial’s address: says which trial the row is of.", "", _field("slug")),
    Column("version", "The version that the sheet shows; leave it as it is.", "", _field("version")),
    Column(
        "numbers",
        "Registry numbers, the leading one first.",
        "",
        lambda trial: _joined(row.number for row in trial.registrations.all()),
    ),
    Column("title", "The source’s own title.", _TEXT, _field("title")),
    Column("display_title", "An easier title in our words.", _TEXT, _field("display_title")),
    Column("acronym", "Acronym.", _TEXT, _field("acronym")),
    Column("status", "Recruitment status.", _CHOICE, _label("status")),
    Column("phase", "Phase.", _CHOICE, _label("phase")),
    Column("study_type", "Study type.", _CHOICE, _label("study_type")),
    Column(
        "conditions",
        "Conditions, by their terms, else in the source’s words.",
        "",
        lambda trial: _joined(row.condition.label if row.condition else row.wording for row in trial.conditions.all()),
    ),
    Column("cell_types", "Cell types of the products.", _TERMS, _terms("cell_types")),
    Column("tissues", "Tissues that the cells come from.", _TERMS, _terms("tissues")),
    Column("donors", "Whom the cells come from.", _TERMS, _terms("donors")),
    Column(
        "routes",
        "Routes of administration.",
        "",
        lambda trial: _joined(dose.route.label for dose in trial.doses.all() if dose.route),
    ),
    Column("min_age", "Youngest age that may enter.", _AGE, _age("min")),
    Column("max_age", "Oldest age that may enter.", _AGE, _age("max")),
    Column("sex", "Sex that may enter.", _CHOICE, _label("sex")),
    Column("enrollment_count", "Number of participants.", "A whole number.", _field("enrollment_count")),
    Column("start_date", "Start.", _DATE, _field("start_date")),
    Column("primary_completion_date", "Primary completion.", _DATE, _field("primary_completion_date")),
    Column("completion_date", "Completion.", _DATE, _field("completion_date")),
    Column("updated", "When the catalogue last changed it.", "", lambda trial: f"{trial.updated:%Y-%m-%d %H:%M}"),
)
BY_NAME = {column.name: column for column in COLUMNS}
CORRECTABLE = tuple(column.name for column in COLUMNS if column.how)
# What a trial's own row must hold for all this.
_SHOWN = ("slug", "version", "updated", *(name for name in CORRECTABLE if hasattr(Trial, name)))
_SHOWN += ("min_age_value", "min_age_unit", "max_age_value", "max_age_unit")
# Columns that hold terms of a trial's only product.
TERM_COLUMNS = ("cell_types", "tissues", "donors")


def with_rows(trials: QuerySet[Trial]) -> QuerySet[Trial]:
    """Trials with all that their rows show."""
    conditions = TrialCondition.objects.select_related("condition").only("trial", "wording", "condition__label")
    return trials.only(*_SHOWN).prefetch_related(
        Prefetch("registrations", queryset=Registration.objects.only("trial", "number").order_by("-is_lead", "order")),
        Prefetch("products", queryset=CellProduct.objects.only("trial").prefetch_related(*TERM_COLUMNS)),
        Prefetch("doses", queryset=Dose.objects.select_related("route").only("trial", "route__label")),
        Prefetch("conditions", queryset=conditions),
    )


def row_of(trial: Trial) -> dict[str, str]:
    """The cells of a trial by column, as they are shown."""
    return {column.name: shown(column.text(trial)) for column in COLUMNS}


def shown(text: str) -> str:
    """A text as a cell can hold it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… (cut)"


def normal(text: str) -> str:
    """What of a cell counts: spreadsheets change white space, line ends and characters that cannot be seen."""
    plain = "".join(mark if unicodedata.category(mark) != "Cc" else " " for mark in text)
    return " ".join(plain.split())


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    inside = _INSIDE.sub(r"\1'", text)
    return f"'{inside}" if _DANGEROUS.match(inside) else inside


def as_meant(text: str) -> str:
    """What `harmless` was given."""
    inside = text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
    return _INSIDE_HARMLESS.sub(r"\1", inside)


# Writing ---------------------------------------------------------------------------------------------------------


def _rows(trials: QuerySet[Trial]) -> Iterator[list[str]]:
    for trial in with_rows(trials).iterator(chunk_size=_CHUNK):
        yield [harmless(text) for text in row_of(trial).values()]


class _Line:
    """What the csv module writes to, to get back what it wrote."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[str]], headings: Sequence[str] = ()) -> Iterator[bytes]:
    """A CSV file line by line: UTF-8 with the mark by which spreadsheets know it."""
    writer = csv.writer(_Line())
    yield b"\xef\xbb\xbf" + writer.writerow(headings or [column.heading for column in COLUMNS]).encode()
    for row in rows:
        yield writer.writerow(row).encode()


def csv_of(trials: QuerySet[Trial]) -> Iterator[bytes]:
    """The trials as CSV."""
    return csv_lines(_rows(trials))


def write_xlsx(trials: QuerySet[Trial], file: BinaryIO, folder: Path) -> None:
    """Writes the trials as XLSX, a row at a time; `folder` is for files meanwhile."""
    options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        trials_sheet, columns_sheet = book.add_worksheet("Trials"), book.add_worksheet("Columns")
        trials_sheet.freeze_panes(1, 1)
        _write_row(trials_sheet, 0, [column.heading for column in COLUMNS], bold)
        for at, row in enumerate(_rows(trials), 1):
            _write_row(trials_sheet, at, row)
        _write_row(columns_sheet, 0, ["Column", "What it shows", "May be corrected", "How to write it"], bold)
        for at, column in enumerate(COLUMNS, 1):
            may = "yes" if column.how else "no"
            _write_row(columns_sheet, at, [column.heading, column.meaning, may, column.how])


def _write_row(sheet: Any, at: int, texts: Sequence[str], form: Any = None) -> None:
    for place, text in enumerate(texts):
        if text:
            sheet.write_string(at, place, text, form)


# Reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row as it came back: its number in the sheet, from 2, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet that came back, and names in its first line that are no columns."""

    rows: Sequence[Row]
    unknown: Sequence[str]


def read(path: Path) -> Sheet:
    """A sheet from CSV or XLSX, whichever its content is. BadSheet says why it is none."""
    if path.stat().st_size > MOST_BYTES:
        raise BadSheet(f"The sheet has more than {MOST_BYTES >> 20} MB. Send it in parts.")
    with path.open("rb") as file:
        is_packed = file.read(4) == b"PK\x03\x04"
    lines = iter(_xlsx_lines(path) if is_packed else _csv_lines(path))
    headings = [heading.strip().rstrip("*").strip().lower() for heading in next(lines, [])]
    if len(headings) > _MOST_COLUMNS:
        raise BadSheet(f"The sheet has more than {_MOST_COLUMNS} columns. Delete those that were not exported here.")
    times = Counter(headings)
    for name in ("slug", "version"):
        if times[name] != 1:
            raise BadSheet(f"The first line must name the column “{name}” once: send a sheet that was exported here.")
    twice = [name for name in headings if name in BY_NAME and times[name] > 1]
    if twice:
        raise BadSheet(f"The first line names the column “{twice[0]}” more than once.")
    rows = []
    for number, line in enumerate(lines, 2):
        # No database keeps NUL as a text's character; to `normal` it is a space.
        plain = (text.replace("\0", " ") for text in line)
        cells = {name: as_meant(text) for name, text in zip(headings, plain, strict=False) if name in BY_NAME}
        if any(text.strip() for text in cells.values()):
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise BadSheet(f"The sheet has more than {MOST_ROWS:,} rows. Send it in parts.")
    return Sheet(rows, [name for name in headings if name and name not in BY_NAME])


def _csv_lines(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet("The file is no UTF-8 text. Save it as “CSV UTF-8”, or as XLSX.") from None
    first = text[:2000].partition("\n")[0]
    # Spreadsheets write what parts numbers in their country's way.
    mark = max(",;\t", key=first.count)
    before = csv.field_size_limit(MOST_BYTES)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    except csv.Error as error:
        raise BadSheet(f"The file is no CSV: {error}.") from None
    finally:
        csv.field_size_limit(before)


def _xlsx_lines(path: Path) -> Iterator[list[str]]:
    _refuse_what_grows(path)
    try:
        yield from lines_apart(path, 1 + MOST_ROWS)
    except BadBook as error:
        raise BadSheet(f"The file is no XLSX sheet: {error}.") from None
    except TooLarge:
        raise BadSheet(
            f"The sheet is too large to be read. It may have {MOST_ROWS:,} rows; send it in parts."
        ) from None


def _refuse_what_grows(path: Path) -> None:
    """Looks through an XLSX file without keeping it: its reader holds all of it, and all places that it spans."""
    total, names = 0, set()
    try:
        with path.open("rb") as archive:
            for member in list(zips.members(archive)):
                names.add(member.name)
                total += member.size
                if total > MOST_UNPACKED:
                    raise BadSheet(f"The sheet unpacks to more than {MOST_UNPACKED >> 20} MB.")
                if member.name.lower().endswith(_SHARED) and member.size > _MOST_SHARED:
                    raise BadSheet("The sheet is too large to be read.")
                _refuse_far_places(io.BufferedReader(member.open(archive)), member.name.lower().endswith(".xml"))
    except zips.BadZip as error:
        raise BadSheet(f"The file is no XLSX sheet: {error}.") from None
    if "xl/workbook.xml" not in names:
        raise BadSheet("The file is packed, but no XLSX sheet. Save it as XLSX or CSV.")


def _refuse_far_places(stream: io.BufferedReader, is_text: bool) -> None:
    rest, width, height, run = b"", 1, 1, 0
    while piece := stream.read(1 << 16):
        rest += piece
        for letters, digits in _PLACE.findall(rest):
            width = max(width, _column(letters.upper()))
            height = max(height, int(digits))
        rest = rest[-32:]
        before, *others = piece.split(b"<")
        run = len(others[-1]) if others else run + len(before)
        if is_text and run > _MOST_TEXT:
            raise BadSheet("The sheet is too large to be read: one of its cells holds more than a cell can.")
    if width * height > _MOST_PLACES:
        raise BadSheet("The sheet has cells far away from the others. Delete the empty rows and columns behind it.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
