"""The search beside its peers: `make benchmark`, or `python -m benchmarks.search [SIZES] [--folder F] [--write FILE]`.

Every size is measured in a process of its own, on one made catalogue that grows.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from benchmarks.measuring import TUNING
from benchmarks.report import Report, as_markdown
from tools.environment import clean_environment
from tools.postgres import NoPostgresError, server, stop_on_signals

SIZES = (1_000, 10_000, 100_000)
LARGEST = 1_000_000
_SIZE = re.compile(r"^### ([\d,]+) trials$", re.MULTILINE)
BEGIN, END = "<!-- search: written by make benchmark -->", "<!-- search: end -->"


def main() -> None:
    options = _options()
    stop_on_signals()
    reports = []
    with _folder(options.folder) as folder, _postgres() as url:
        for trials in options.sizes:
            reports.append(_measured(trials, folder, url, options.database))
            text = as_markdown(reports[-1], _machine(options))
            print(f"\n{text}\n", flush=True)
            if options.write:
                _write(options.write, trials, text)
    if any(report.differs for report in reports):
        sys.exit("Some peers answered differently: see the notes.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="?", type=_sizes, default=SIZES, help="numbers of trials: 1000,10000,100000")
    parser.add_argument("--folder", type=Path, help="keep the made catalogue here, and grow one that is here")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite", help="of the catalogue")
    parser.add_argument("--write", type=Path, help="put the tables into this file, between its two marks")
    return parser.parse_args()


def _sizes(text: str) -> Sequence[int]:
    try:
        sizes = sorted({int(size) for size in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no list of numbers such as 1000,10000.") from None
    if not all(100 <= size <= LARGEST for size in sizes):
        raise argparse.ArgumentTypeError(f"Sizes go from 100 to {LARGEST:,}.")
    return sizes


@contextlib.contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="catalogue-benchmark-") as folder:
            yield Path(folder)


@contextlib.contextmanager
def _postgres() -> Iterator[str]:
    """Address of a server for the peer, or nothing where none can be had."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(server(tuning=TUNING))
        except NoPostgresError as error:
            print(f"Without PostgreSQL: {error}", file=sys.stderr)
            url = ""
        yield url


def _measured(trials: int, folder: Path, url: str, database: str) -> Report:
    environment = clean_environment(DATA_DIR=str(folder), BENCHMARK_POSTGRES=url)
    if database == "postgresql":
        environment["DATABASE_URL"] = _own_database(url)
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_size", str(trials), str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    if run.returncode:
        sys.exit(f"Measuring {trials:,} trials failed: see above.")
    return Report.read(json.loads(run.stdout.splitlines()[-1]))


def _own_database(url: str) -> str:
    """A database of the catalogue's own on the server of the peer."""
    if not url:
        sys.exit("There is no PostgreSQL to keep the catalogue on: see above.")
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'made_catalogue'").fetchone():
            connection.execute("CREATE DATABASE made_catalogue")
    return re.sub(r"/postgres\b", "/made_catalogue", url, count=1)


def _machine(options: argparse.Namespace) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    sizes = ",".join(map(str, options.sizes))
    return (
        f"`make benchmark SIZES={sizes}` on {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}. The catalogue is "
        f"kept in {'PostgreSQL' if options.database == 'postgresql' else 'SQLite'}."
    )


def _write(path: Path, trials: int, text: str) -> None:
    """Puts the tables of one size into a file as soon as they are there; those of other sizes stay."""
    try:
        path.write_text(written(path.read_text(encoding="utf-8"), trials, text), encoding="utf-8")
    except ValueError as error:
        sys.exit(f"{path}: {error}")


def written(held: str, trials: int, text: str) -> str:
    """A text with the tables of one size in place of the older ones. ValueError where it lacks the marks."""
    before, begin, rest = held.partition(BEGIN)
    tables, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"It lacks the marks {BEGIN} and {END}.")
    # What stands before all sizes holds for each of them.
    common, *parts = _SIZE.split(tables)
    above = f"\n\n{common.strip()}" if common.strip() else ""
    sizes = {int(size.replace(",", "")): part for size, part in zip(parts[::2], parts[1::2], strict=True)}
    kept = {size: f"### {size:,} trials{above}{part}".strip() for size, part in sizes.items()}
    kept[trials] = text.strip()
    joined = "\n\n".join(part for _, part in sorted(kept.items()))
    return f"{before}{BEGIN}\n{joined}\n{END}{after}"


if __name__ == "__main__":
    main()
