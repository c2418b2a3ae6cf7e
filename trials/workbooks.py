"""XLSX workbooks, read in a process of their own: what a hostile one costs is bounded there and hits nobody else.

The process imports this module and nothing of Django, so that it begins soon and needs little.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

try:
    import resource
except ImportError:  # not on every system
    resource = None  # type: ignore[assignment]  # not on Windows

# Bytes of memory and seconds of work for one workbook; characters that its cells may hold together.
MOST_MEMORY, MOST_SECONDS = 1 << 30, 60
MOST_TEXT = 64 << 20


class BadBook(ValueError):  # noqa: N818 (says what it is)
    """A file that is no workbook. The message says why."""


class TooLarge(ValueError):  # noqa: N818 (says what it is)
    """A workbook that takes more memory, time or text than it may."""


def lines_apart(path: Path, most_rows: int) -> list[list[str]]:
    """`lines`, read in a process with limits."""
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_limit) as pool:
            return pool.submit(lines, path, most_rows).result()
    except (BrokenProcessPool, MemoryError, pickle.PickleError):
        raise TooLarge from None


def _limit() -> None:
    """Bounds what this process may take, as far as the system lets it."""
    if resource is None:
        return
    for kind, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        _, hard = resource.getrlimit(kind)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted))
        except (OSError, ValueError):
            continue
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lines(path: Path, most_rows: int) -> list[list[str]]:
    """The first sheet's cells as text, line by line; empty lines stand between others and not at the end.

    BadBook says why there is none; TooLarge if more rows hold anything than may, or more text than may be.
    """
    found: list[list[str]] = []
    filled = length = 0
    try:
        for line in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
            cells = [_cell(value) for value in line]
            while cells and not cells[-1]:
                cells.pop()
            filled, length = filled + bool(cells), length + sum(map(len, cells))
            if filled > most_rows or length > MOST_TEXT:
                raise TooLarge
            found.append(cells)
    except TooLarge:
        raise
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise BadBook(str(error)) from None
    while found and not found[-1]:
        found.pop()
    return found


def _cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as days."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
