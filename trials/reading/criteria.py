"""Eligibility text -> criteria as rows of a tree.

Every word of the text ends up in a row, in order, but for plain headings ("Inclusion Criteria:"), whose meaning is the
kind of the rows below. Text before any heading counts as inclusion, as does a text without headings. What marks,
indentation or an opening line ("one of the following:") show as nested is nested; what they leave open stays flat.
Nothing is merged: a criterion that is stated twice makes two rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trials.reading.headings import (
    EXCLUSION,
    INCLUSION,
    Heading,
    announces_exclusion,
    names_a_group,
    read_heading,
    split_headings,
)
from trials.reading.marks import Mark, inline_items, read_mark
from trials.records import CriterionRecord

_OPENS_LIST = re.compile(
    r"(?:[:：]|\b(?:the following|following (?:criteria|conditions)|either|as follows))\s*[*_]*$", re.IGNORECASE
)
_CAPITALS = re.compile(r"[^a-z]*[A-Z]{3}[^a-z]*")
_BEGINS_IN_CAPITALS = re.compile(r"[A-Z][A-Z /&,()-]{5,60}:")

_ANY = re.compile(
    r"\beither\b|(?<!more than )\b(?:any|one|1)(?:\s+\((?:1|one)\))?(?:\s+or\s+more)?(?:\s+\(\S+\))?"
    r"\s+(?:of\b|the\s+following|following|criteri)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|both|each)\s+(?:of\s+)?(?:the\s+|these\s+)?(?:\w+\s+){0,3}?"
    r"(?:following|criteria|conditions|requirements|below)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|not|none|without|never|neither|free of|absence of|cannot)\b|n't\b", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<=[.;])\s+")
_OR_AFTER = re.compile(r"\bor\s*[,.;:]?$", re.IGNORECASE)
_AND_AFTER = re.compile(r"\band\s*[,.;:]?$", re.IGNORECASE)
_OR_BEFORE = re.compile(r"or\b", re.IGNORECASE)
_HAS_WORD = re.compile(r"[^\W_]")


def read_criteria(text: str, kind: str = INCLUSION) -> tuple[CriterionRecord, ...]:
    """The rows of an eligibility text, parents before their children.

    `text` is cleaned (`reading.text.block`), with its lines and indentation. `kind` holds for what stands before the
    first heading: INCLUSION unless the registry keeps exclusion criteria in a field of their own.
    """
    builder = _Builder(kind)
    lines = _lines(split_headings(text))
    for place, line in enumerate(lines):
        builder.add(line, lines[place + 1] if place + 1 < len(lines) else None)
    return builder.records()


@dataclass(slots=True)
class _Line:
    """A line that is not empty: its indentation, its words, and whether an empty line stands before it."""

    indent: int
    text: str
    after_gap: bool


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    gap = False
    for raw in text.split("\n"):
        stripped = raw.strip()
        if not _HAS_WORD.search(stripped):
            gap = True
            continue
        indent = len(raw) - len(raw.lstrip())
        for item in _listed(stripped):
            found.append(_Line(indent, item, gap))
            gap = False
    return found


def _listed(line: str) -> list[str]:
    """The items of a line that is nothing but a list ("i. … ii. …"), each with its marks; else the line itself."""
    if not line:
        return []
    bullet = line[:2] if line.startswith("* ") else ""
    before, items = inline_items(line[len(bullet) :].lstrip())
    return [f"{bullet}{label} {item}" for label, item in items] if items and not before else [line]


@dataclass(slots=True)
class _Row:
    kind: str
    text: str
    label: str
    parent: int | None
    has_rows: bool = False


@dataclass(slots=True)
class _Open:
    """A marked row that may get rows below it."""

    indent: int
    style: str
    row: int


class _Builder:
    """Takes lines one by one. `section`, `capitals` and `opener` are rows without a mark that stand above what follows:
    a qualified heading, a line in capitals, a line that opens a list. `announced` is the group named before the
    plain headings, per kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows: list[_Row] = []
        self.section: int | None = None
        self.capitals: int | None = None
        self.opener: int | None = None
        self.announced: dict[str, int] = {}
        self.stack: list[_Open] = []
        self.last_places: dict[str, int] = {}
        self.seen_heading = False
        self.last_line: _Line | None = None

    def add(self, line: _Line, following: _Line | None) -> None:
        mark = read_mark(line.text, self.last_places)
        words = line.text[mark.end :] if mark else line.text
        heading = read_heading(words, mark is not None, self.kind)
        if heading is not None:
            self._open_section(heading, line, mark.label if mark else "")
        elif mark is not None:
            self._add_marked(line.indent, mark, words)
        else:
            self._add_unmarked(line, following)
        self.last_line = line

    # -------------------------------------------------------------------------------------------------- headings
    def _open_section(self, heading: Heading, line: _Line, label: str) -> None:
        group = self._announced_group(heading, line)
        # "Eligibility criteria:" below a heading says nothing of the kind; it stays, for people to see what it parts.
        text = heading.text or (line.text if not heading.kind and self.seen_heading else "")
        self.kind = heading.kind or self.kind
        self.capitals = self.opener = self.section = None
        self.stack.clear()
        self.last_places.clear()
        self.seen_heading = True
        if text:
            self.announced.clear()
            self.section = self._row(text, label, None)
        elif group is not None:
            self.rows[group].kind, self.rows[group].parent = self.kind, None
            self.section = group
            self.announced = {self.kind: group}
        elif self.announced:
            # "Donors: / Inclusion … / Exclusion …": the exclusion criteria are the donors' too, so they are told again.
            if self.kind not in self.announced:
                name = self.rows[next(iter(self.announced.values()))]
                self.announced[self.kind] = self._row(name.text, name.label, None)
            self.section = self.announced[self.kind]
        for item in _listed(heading.rest):
            self.add(_Line(0, item, False), None)

    def _announced_group(self, heading: Heading, line: _Line) -> int | None:
        """The row right before a heading that says whose criteria follow ("MSC donors"), if it is such a row."""
        last = len(self.rows) - 1
        if last < 0 or heading.text or self.stack or not line.after_gap:
            return None
        text = self.rows[last].text
        starts_anew = not self.seen_heading or (self.kind == EXCLUSION and heading.kind == INCLUSION)
        if not names_a_group(text) or not (starts_anew or text.endswith((":", "："))):
            return None
        return last if last == 0 or (self.last_line is not None and self.last_line.after_gap) else None

    # ------------------------------------------------------------------------------------------------------ rows
    def _row(self, text: str, label: str, parent: int | None) -> int:
        kind = self.kind
        if parent is not None:
            above = self.rows[parent]
            if not above.has_rows and above.kind == INCLUSION and announces_exclusion(above.text):
                above.kind, above.parent = EXCLUSION, None
            above.has_rows = True
            kind = above.kind
        self.rows.append(_Row(kind, text, label, parent))
        return len(self.rows) - 1

    def _add_items(self, text: str, label: str, parent: int | None) -> int:
        """A row, with rows below it where a list follows in the same line ("both: i) … ii) …"); gives its place."""
        before, items = inline_items(text)
        if not before or not items:
            return self._row(text, label, parent)
        row = self._row(before, label, parent)
        for item_label, item in items:
            self._add_items(item, item_label, row)
        return row

    @property
    def _base(self) -> int | None:
        """The innermost row without a mark under which marked rows stand."""
        return next((row for row in (self.opener, self.capitals, self.section) if row is not None), None)

    # ---------------------------------------------------------------------------------------------------- marked
    def _add_marked(self, indent: int, mark: Mark, words: str) -> None:
        label, style = mark.label, mark.style
        self.last_places[style] = mark.place
        if not mark.is_counted and (inner := read_mark(words, self.last_places)) and inner.is_counted:
            # "* 3) text": the bullet is the registry's, the number the author's.
            label, words = inner.label, words[inner.end :]
            self.last_places[inner.style] = inner.place
        stack = self.stack
        while stack and stack[-1].indent > indent + 1:
            stack.pop()
        if not stack:
            parent = self._base
        elif indent > stack[-1].indent + 1:
            parent = stack[-1].row
        else:
            parent = self._beside(indent, mark)
        row = self._add_items(words, label, parent)
        stack.append(_Open(indent, style, row))

    def _beside(self, indent: int, mark: Mark) -> int | None:
        """The parent of a row at the indentation of the row before it, which is taken off the stack unless above."""
        stack = self.stack
        level = [entry for entry in stack if abs(entry.indent - indent) <= 1]
        same = next((entry for entry in level if entry.style == mark.style), None)
        top = stack[-1]
        if same is not None:
            del stack[stack.index(same) :]
        elif _OPENS_LIST.search(self.rows[top.row].text) or (
            mark.place == 1 and self.rows[top.row].label and _deeper(top, mark)
        ):
            return top.row
        else:
            stack.pop()
        return stack[-1].row if stack else self._base

    # -------------------------------------------------------------------------------------------------- unmarked
    def _add_unmarked(self, line: _Line, following: _Line | None) -> None:
        if self.stack and self._continues(line):
            return
        self.stack.clear()
        self.last_places.clear()
        self.opener = None
        if line.text.endswith(":") and _CAPITALS.fullmatch(line.text):
            self.capitals = self._row(line.text, "", self.section)
            return
        if _BEGINS_IN_CAPITALS.match(line.text):
            self.capitals = None
        row = self._add_items(line.text, "", self.capitals if self.capitals is not None else self.section)
        if following is not None and read_mark(following.text, {}) and _opens_list(line, following):
            self.opener = row

    def _continues(self, line: _Line) -> bool:
        """Adds a line that belongs to the marked row above it; says whether it did."""
        stack = self.stack
        last = len(self.rows) - 1
        if line.indent >= 2:
            while len(stack) > 1 and stack[-1].indent >= line.indent:
                stack.pop()
            if stack[-1].indent < line.indent:
                if stack[-1].row == last:
                    self.rows[last].text += f"\n{line.text}" if line.after_gap else f" {line.text}"
                else:
                    self._add_items(line.text, "", stack[-1].row)
                return True
        # A line that was broken: it goes on in lower case where the row before it had not ended.
        if not line.after_gap and line.text[0].islower() and not self.rows[last].text.endswith((".", ";", ":")):
            self.rows[last].text += f" {line.text}"
            return True
        return False

    # --------------------------------------------------------------------------------------------------- records
    def records(self) -> tuple[CriterionRecord, ...]:
        below: dict[int, list[str]] = {}
        for row in self.rows:
            if row.parent is not None:
                below.setdefault(row.parent, []).append(row.text)
        return tuple(
            CriterionRecord(
                kind=row.kind,
                text=row.text,
                label=row.label,
                parent=row.parent,
                group_rule=group_rule(row.text, below[place]) if place in below else "",
            )
            for place, row in enumerate(self.rows)
        )


def _opens_list(line: _Line, following: _Line) -> bool:
    """Whether marked rows that follow stand below this line: it says so, or it is the title of a group of people."""
    is_title = following.after_gap and line.text[0].isupper() and names_a_group(line.text)
    return is_title or bool(_OPENS_LIST.search(line.text))


def _deeper(top: _Open, mark: Mark) -> bool:
    """Whether a list that begins with this mark stands below a numbered row: letters and Roman numerals do."""
    return top.style[-2:-1] == "1" and mark.style.strip("(（)）.") in ("a", "i", "A", "I")


def group_rule(parent: str, rows: list[str]) -> str:
    """ALL or ANY where the words of a parent row, or "or"/"and" between the rows below it, say how these combine.

    Empty where nothing is said, where both are, and after a negation ("none of", "must not have any of the following"),
    which turns the rule around.
    """
    clause = _CLAUSE.split(parent.strip())[-1]
    any_of, all_of = _ANY.search(clause), _ALL.search(clause)
    first = any_of or all_of
    if first is not None:
        if (any_of and all_of) or _NOT.search(clause[: first.start()]):
            return ""
        return "ANY" if any_of else "ALL"
    if len(rows) < 2:
        return ""
    if all(_OR_AFTER.search(row) for row in rows[:-1]) or all(_OR_BEFORE.match(row) for row in rows[1:]):
        return "ANY"
    return "ALL" if all(_AND_AFTER.search(row) for row in rows[:-1]) else ""
