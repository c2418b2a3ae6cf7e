"""How fast the editors' pages are: `make benchmark-admin`, or `python -m benchmarks.admin [SIZE] [--folder F]`.

A made catalogue of SIZE trials, with as many rows of what imports and editors leave beside them. Every page is asked
for by one signed-in editor, in this process, through all of the middleware; the table says how long it took and how
many statements it asked of the database.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks.tables import duration, table
from benchmarks.timing import at_share

Ask = Callable[[], Any]

SIZE, LARGEST = 10_000, 1_000_000
# Seconds for each page, and how often it is asked for within them.
BUDGET, LEAST, MOST = 4.0, 5, 60


@dataclass(frozen=True)
class Page:
    """What one page took: seconds by the clock (median and 95 in 100) and of this process's own work (95 in 100),
    statements, bytes. Other programs on the machine change its own work little."""

    name: str
    p50: float
    p95: float
    own: float
    statements: int
    size: int


def main() -> None:
    options = _options()
    with nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        os.environ["DATA_DIR"] = str(Path(folder).resolve())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
        django.setup()
        _make(options.size)
        rows = []
        pages = _pages()
        # As each of gunicorn's workers does.
        gc.collect()
        gc.freeze()
        for name, ready in pages.items():
            if options.only in name:
                rows.append(_measured(name, ready))
                print(as_table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
        print(as_table(rows))


def as_table(rows: list[Page]) -> str:
    """Pages as a table in Markdown."""
    return table(
        ["page", "p50", "p95", "own work, p95", "statements", "kB"],
        [
            [row.name, *map(duration, (row.p50, row.p95, row.own)), f"{row.statements}", f"{row.size / 1000:,.0f}"]
            for row in rows
        ],
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="?", type=_size, default=SIZE, help="number of trials (%(default)s)")
    parser.add_argument("--folder", type=Path, help="keep the made catalogue here, and grow one that is here")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    return parser.parse_args()


def _size(text: str) -> int:
    number = int(text.replace(",", "")) if text.replace(",", "").isdecimal() else 0
    if not 100 <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"Sizes go from 100 to {LARGEST:,}.")
    return number


def _make(size: int) -> None:
    """Makes the catalogue, or what it lacks, and what imports and editors would have left beside its trials."""
    from benchmarks.admin_rows import fill
    from trials.models import Trial
    from trials.search.live import live

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    held = Trial.objects.count()
    if held > size:
        sys.exit(f"The catalogue holds {held:,} trials already. Name another FOLDER, or ask for this size or more.")
    if held < size:
        call_command("generate_trials", str(size), stdout=sys.stderr)
    fill(size)
    # As a worker does when it starts.
    live.load_aside().join()
    live.read_ahead().join()


def _pages() -> dict[str, Callable[[], Ask]]:
    from benchmarks.admin_pages import pages

    return pages()


def _measured(name: str, ready: Callable[[], Ask]) -> Page:
    """Asks once for the statements and to warm up, then as often as fits."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask = ready()
    with CaptureQueriesContext(connection) as statements:
        answer = ask()
    asked = len(statements)
    if answer.status_code not in (200, 302):
        sys.exit(f"{name}: answered {answer.status_code}.")
    taken: list[float] = []
    own: list[float] = []
    while len(taken) < MOST and (len(taken) < LEAST or sum(taken) < BUDGET):
        ask = ready()
        began, worked = time.perf_counter(), time.process_time()
        answer = ask()
        taken.append(time.perf_counter() - began)
        own.append(time.process_time() - worked)
    p50, p95, own_p95 = at_share(taken, 0.5), at_share(taken, 0.95), at_share(own, 0.95)
    return Page(name, p50, p95, own_p95, asked, len(answer.content))


if __name__ == "__main__":
    main()
