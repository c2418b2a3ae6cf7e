"""Tables of figures."""

from __future__ import annotations

import pytest

from benchmarks.tables import duration, size, table


def test_columns_are_as_wide_as_they_need_and_figures_stand_to_the_right():
    assert table(["peer", "time"], [["by hand", "9 ms"], ["ours", "120 ms"]]).splitlines() == [
        "| peer    |   time |",
        "|---------|-------:|",
        "| by hand |   9 ms |",
        "| ours    | 120 ms |",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.00042, "0.42 ms"), (0.0123, "12.3 ms"), (0.25, "250 ms"), (1.5, "1.50 s"), (72.25, "72.2 s")],
)
def test_a_duration_has_three_figures(seconds, text):
    assert duration(seconds) == text


def test_a_size_is_told_in_megabytes():
    assert size(77_400_000) == "77 MB"
