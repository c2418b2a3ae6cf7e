"""How fast records come in, beside what the parts cost alone: `make benchmark-import`.

`--records N` imports N made-up ClinicalTrials.gov records (5,000) into SQLite and PostgreSQL: new, once more unchanged,
and in a version in which each changed. Beside what the clock says stands the work of the importing process and of the
second one, which reads for it: other programs on the machine hardly change these. `--memory` imports 1,000, 5,000 and
50,000, each in a process of its own, and prints the memory that they took.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from benchmarks.measuring import POSTGRES, SQLITE, run_apart, servers, table
from tools.postgres import NoPostgresError

SIZES = (1_000, 5_000, 50_000)
STEPS = {
    "json": "JSON parsed (msgspec), no database",
    "reader": "read into records, no database",
    "bare": "bare bulk insert of the same rows",
    "first": "import: all new",
    "unchanged": "import: all unchanged",
    "changed": "import: all changed",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark and prints its tables; 1 if there is no PostgreSQL."""
    parser = argparse.ArgumentParser(prog="benchmarks.importing", description=__doc__)
    parser.add_argument("--records", type=int, default=5_000, metavar="N")
    parser.add_argument("--memory", action="store_true", help="print memory for 1,000, 5,000 and 50,000 records")
    parser.add_argument("--only", choices=[SQLITE, POSTGRES], help="only this database")
    options = parser.parse_args(arguments)
    names = [options.only] if options.only else [SQLITE, POSTGRES]
    try:
        with servers(names) as urls:
            print(_memory(urls) if options.memory else _speed(urls, options.records))
    except NoPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(url: str, records: int, bare: bool) -> dict[str, Any]:
    return run_apart("benchmarks.import_run", {"records": records, "bare": bare}, url)


def _speed(urls: dict[str, str], records: int) -> str:
    runs = {name: _run(url, records, True) for name, url in urls.items()}
    counted = next(iter(runs.values()))["rows"]
    total = sum(counted.values())
    rows = [[name, f"{count:,}", f"{count / records:.1f}"] for name, count in counted.items()]
    rows.append(["together", f"{total:,}", f"{total / records:.1f}"])
    peaks = "; ".join(f"{name} {run['peak']:,.0f} MB" for name, run in runs.items())
    return "\n\n".join(
        (
            _rates(runs, records, total),
            f"Most memory of the imports, without the second process: {peaks}",
            table(["rows after the first import", "rows", "per record"], rows),
        )
    )


def _rates(runs: dict[str, dict[str, Any]], records: int, rows: int) -> str:
    """Three columns for each database: by the clock, by the process's own work, and by that of the second process."""
    timed = [{step: took[kind] for step, took in run["seconds"].items()} for run in runs.values() for kind in range(3)]
    lines = [[words, *(_rate(records, seconds[step]) for seconds in timed)] for step, words in STEPS.items()]
    lines.append(["all new: rows", *(_rate(rows, seconds["first"]) for seconds in timed)])
    lines.append(
        ["all new: times the bare insert", *(f"{s['first'] / s['bare']:.1f}" if s["bare"] else "" for s in timed)]
    )
    columns = [column for name in runs for column in (name, f"{name}, own work", "second process")]
    return table([f"{records:,} records, a second", *columns], lines)


def _rate(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}" if seconds else ""


def _memory(urls: dict[str, str]) -> str:
    lines = []
    for records in SIZES:
        runs = [_run(url, records, False) for url in urls.values()]
        lines.append([f"{records:,}", *(f"{run['before']:,.0f} → {run['peak']:,.0f}" for run in runs)])
    return table(["records; MB before → at most", *urls], lines)


if __name__ == "__main__":
    sys.exit(main())
