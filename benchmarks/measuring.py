"""What the benchmarks share: databases that are gone afterwards, a process for each run, time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tools.environment import clean_environment
from tools.postgres import server

ROOT = Path(__file__).resolve().parents[1]
SQLITE, POSTGRES = "SQLite", "PostgreSQL"
# What the documentation of PostgreSQL advises for a machine of some gigabytes.
TUNING = {"shared_buffers": "2GB", "effective_cache_size": "6GB", "max_wal_size": "8GB", "random_page_cost": "1.1"}


@contextmanager
def servers(names: list[str]) -> Iterator[dict[str, str]]:
    """Where new databases can be made, by the names of the kinds; PostgreSQL runs as `tools.postgres` starts it."""
    if POSTGRES not in names:
        yield dict.fromkeys(names, "")
        return
    with server(tuning=TUNING) as url:
        yield {name: url if name == POSTGRES else "" for name in names}


def run_apart(module: str, arguments: dict[str, Any], url: str) -> dict[str, Any]:
    """What `module`, run with `arguments` as JSON in a process and on an empty database of its own, prints as JSON.

    `url` is a PostgreSQL server, or empty for SQLite.
    """
    with tempfile.TemporaryDirectory(prefix="catalogue-benchmark-") as folder, _database(url) as address:
        environment = clean_environment(DATA_DIR=folder, DEMO="0", **({"DATABASE_URL": address} if address else {}))
        command = [sys.executable, "-m", module, json.dumps(arguments)]
        answer = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


@contextmanager
def _database(url: str) -> Iterator[str]:
    if not url:
        yield ""
        return
    name = f"benchmark_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def stopwatch(seconds: dict[str, list[float]], name: str) -> Iterator[None]:
    """Adds how long the block takes to what `seconds` has under `name`: by the clock, of this process's own work, and
    of processes that it started and that ended in the block.

    The first differs from the others by the time that a database server works and that other programs take from a busy
    machine.
    """
    before = _times()
    yield
    took = [after - then for after, then in zip(_times(), before, strict=True)]
    known = seconds.get(name, [0.0] * len(took))
    seconds[name] = [one + more for one, more in zip(known, took, strict=True)]


def _times() -> tuple[float, float, float]:
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), time.process_time(), others.ru_utime + others.ru_stime


def peak_megabytes() -> float:
    """The most memory that this process has held so far, in millions of bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def table(head: list[str], rows: list[list[str]]) -> str:
    """The rows as a table that also reads as Markdown: the first column to the left, figures to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    rule = ["-" * width if not place else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    return "\n".join(_line(row, widths) for row in (head, rule, *rows))


def _line(row: list[str], widths: list[int]) -> str:
    first, *others = row
    cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    return f"| {' | '.join(cells)} |"
