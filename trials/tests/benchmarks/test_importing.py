"""The import benchmark on a few records: it runs to its end and counts what it says it counts."""

from __future__ import annotations

import pytest

from benchmarks import importing
from benchmarks.measuring import SQLITE, table


@pytest.mark.early
def test_fifty_records_are_imported_thrice_and_measured(capfd):
    assert importing.main(["--records", "50", "--only", SQLITE]) == 0
    out = capfd.readouterr().out
    for words in (
        "bare bulk insert of the same rows",
        "import: all new",
        "import: all unchanged",
        "import: all changed",
    ):
        (line,) = (line for line in out.splitlines() if line.startswith(f"| {words}"))
        assert int(line.split("|")[2].replace(",", "")) > 0
    assert any(line.split("|")[1:3] == [" trial                       ", "    50 "] for line in out.splitlines())


def test_a_table_has_its_figures_to_the_right():
    assert table(["Database", "a second"], [["SQLite", "9"], ["PostgreSQL", "10"]]).splitlines() == [
        "| Database   | a second |",
        "| ---------- | -------: |",
        "| SQLite     |        9 |",
        "| PostgreSQL |       10 |",
    ]
