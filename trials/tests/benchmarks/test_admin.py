"""The benchmark of the editors' pages."""

from __future__ import annotations

import argparse

import pytest

from benchmarks.admin import Page, _size, as_table


def test_a_page_is_a_line_with_its_times_statements_and_size():
    assert as_table([Page("trials: all", 0.0123, 0.25, 0.1, 16, 51_400)]).splitlines() == [
        "| page        |     p50 |    p95 | own work, p95 | statements | kB |",
        "|-------------|--------:|-------:|--------------:|-----------:|---:|",
        "| trials: all | 12.3 ms | 250 ms |        100 ms |         16 | 51 |",
    ]


def test_a_size_may_have_commas():
    assert _size("100,000") == 100_000


@pytest.mark.parametrize("text", ["99", "1000001", "-1", "ten", ""])
def test_a_size_that_is_none_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="Sizes go from 100 to 1,000,000"):
        _size(text)
