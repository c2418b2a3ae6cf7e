"""XLSX read in a process of its own: the same as here, and no harm done by what takes too much."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import xlsxwriter

from trials import workbooks
from trials.workbooks import TooLarge, lines, lines_apart


@pytest.fixture
def book(tmp_path) -> Path:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["slug", "version"])
        sheet.write_row(2, 0, ["a", 1])
    return path


def test_a_process_of_its_own_gives_the_same_lines(book):
    assert lines_apart(book, 2) == lines(book, 2) == [["slug", "version"], [], ["a", "1"]]


def test_more_rows_or_more_text_than_may_be_is_too_large(book, monkeypatch):
    with pytest.raises(TooLarge):
        lines(book, 1)
    monkeypatch.setattr(workbooks, "MOST_TEXT", 12)
    with pytest.raises(TooLarge):
        lines(book, 2)


def dies() -> None:
    """As a process ends that took too much memory or time."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_was_ended_for_what_it_took_is_a_word_and_no_more(book, monkeypatch):
    monkeypatch.setattr(workbooks, "_limit", dies)
    with pytest.raises(TooLarge):
        lines_apart(book, 2)
