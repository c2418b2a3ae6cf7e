"""Single values of a ClinicalTrials.gov record, tidied: any of them may be missing, null or left out by a copy."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from trials.reading.text import block, one_line, repair_mojibake
from trials.registries import ctgov_shape as shape

_T = TypeVar("_T")

# What copies print where they left out a person's name or address.
_LEFT_OUT = frozenset(("withheld", "[removed]"))


# Longer texts hardly ever come twice.
_SHORT = 60


def line_of(text: str | None) -> str:
    if not text:
        return ""
    return _short_line(text) if len(text) <= _SHORT else _line(text)


def _line(text: str) -> str:
    return one_line(repair_mojibake(text))


# Codes, dates, cities and countries are few, and most of what a record holds.
_short_line = lru_cache(maxsize=20_000)(_line)


def text_of(text: str | None) -> str:
    return block(repair_mojibake(text)) if text else ""


def lines_of(texts: shape.Texts) -> tuple[str, ...]:
    """The texts that are not empty, each in one line."""
    return tuple(line for text in texts or () if (line := line_of(text)))


def rows_of(rows: Iterable[_T | None] | None) -> list[_T]:
    return [row for row in rows or () if row is not None]


def person_of(text: str | None) -> str:
    """A name, address or number of a person; empty where the copy left it out."""
    line = line_of(text)
    return "" if line.lower() in _LEFT_OUT else line
