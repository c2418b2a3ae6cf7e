"""The table of the compare page: a column per trial, a row per question, and where the answers differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trials.phrases import number
from trials.views._record.source import Source

# A longer list in one cell would push the page over; the record page has the rest.
MOST_LINES = 6


@dataclass(frozen=True)
class Bar:
    """A dose drawn on the row's axis, in percent of its length; `is_conditional` is drawn dashed."""

    x: float
    width: float
    y: int
    is_conditional: bool


@dataclass(frozen=True)
class Cell:
    """What one trial answers. Without lines, `missing` says why: not stated, not kept, not on this basis.

    `kind` is a status badge's, for the row of the status.
    """

    lines: tuple[str, ...]
    missing: str = "not stated"
    kind: str = ""
    bars: tuple[Bar, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        return self.lines if len(self.lines) <= MOST_LINES else self.lines[: MOST_LINES - 1]

    @property
    def more(self) -> str:
        left = len(self.lines) - len(self.shown)
        return f"and {number(left)} more" if left else ""

    @property
    def height(self) -> int:
        """Of the drawing, in its units."""
        return 10 * len(self.bars)

    @property
    def key(self) -> tuple[str, ...]:
        """By which cells are equal: the lines in any order and case."""
        return tuple(sorted(" ".join(line.split()).casefold() for line in self.lines))


SAME, DIFFERS, PARTLY, UNLIKE = "same", "differs", "partly", "unlike"
_WORDS = {DIFFERS: "differs", PARTLY: "not stated by all", UNLIKE: "not on one basis"}


@dataclass(frozen=True)
class Row:
    """`verdict` is one of same, differs, partly, unlike. `note` explains the label."""

    label: str
    cells: tuple[Cell, ...]
    verdict: str
    note: str = ""

    @property
    def verdict_words(self) -> str:
        return _WORDS.get(self.verdict, "")


@dataclass(frozen=True)
class Group:
    """Rows on one subject; `note` holds for all, `missing` names what no trial states."""

    title: str
    rows: tuple[Row, ...]
    missing: str = ""
    note: str = ""


Answer = Callable[[Source], Iterable[str] | str]
# What a row is called, what a trial answers, and the field whose absence may have a reason.
Question = tuple[str, Answer, str]


def verdict_of(cells: Sequence[Cell]) -> str:
    """Whether the trials that answer agree, and whether all of them do."""
    stated = [cell.key for cell in cells if cell.lines]
    if len(set(stated)) > 1:
        return DIFFERS
    return SAME if len(stated) == len(cells) else PARTLY


def row_of(label: str, cells: Iterable[Cell], note: str = "") -> Row:
    listed = tuple(cells)
    return Row(label, listed, verdict_of(listed), note)


def group_of(title: str, sources: Sequence[Source], questions: Iterable[Question], *more: Row, note: str = "") -> Group:
    """A group of these questions and further rows; a question that no trial answers is only named."""
    rows, missing = [], []
    for label, answer, field in questions:
        cells = [cell_of(source, answer, field) for source in sources]
        if any(cell.lines for cell in cells):
            rows.append(row_of(label, cells))
        else:
            missing.append(label[:1].lower() + label[1:])
    return Group(title, (*rows, *more), ", ".join(missing), note)


def cell_of(source: Source, answer: Answer, field: str) -> Cell:
    said = answer(source)
    lines = (said,) if isinstance(said, str) else said
    return Cell(tuple(dict.fromkeys(line for line in lines if line)), source.gaps.word(field))
