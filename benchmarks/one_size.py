"""One size of catalogue in a process of its own: `python -m benchmarks.one_size N FOLDER` prints a `Report` as JSON.

DATA_DIR and DATABASE_URL say where the catalogue is; it is made, or grown to N trials. BENCHMARK_POSTGRES names the
server of the peer on PostgreSQL.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from benchmarks import timing
from benchmarks.report import PageRow, Report

PAGE_SECONDS = 3.0


def main() -> None:
    total, folder = int(sys.argv[1]), Path(sys.argv[2]) / "peers"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    django.setup()
    from benchmarks import ours
    from benchmarks.comparing import Comparison

    report = Report(total)
    _make(total, report)
    ours.settle()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        Comparison(report, folder).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _serve(report)
    connections.close_all()
    print(json.dumps(dataclasses.asdict(report)), flush=True)


def _make(total: int, report: Report) -> None:
    """Makes the catalogue, or what it lacks."""
    from benchmarks.comparing import say
    from trials.models import Trial

    say(f"Making {total:,} trials …")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    held = Trial.objects.count()
    if held > total:
        sys.exit(f"The catalogue holds {held:,} trials already. Name another FOLDER, or ask for this size or more.")
    report.made = total - held
    if report.made:
        # What it prints belongs to the progress, not to the report.
        report.making = timing.elapsed(partial(call_command, "generate_trials", str(total), stdout=sys.stderr))


def _serve(report: Report) -> None:
    """The same pages from the catalogue and from constant data."""
    from benchmarks.comparing import say
    from benchmarks.serving import serving

    os.environ["PAGES"] = " ".join(address.partition("?")[2] for address in report.addresses)
    bodies: dict[str, list[bytes]] = {}
    for name, application in (("this project", "catalogue.wsgi:application"), ("constant", "benchmarks.constant")):
        say(f"Pages of {name} through gunicorn …")
        with serving(application, report.addresses[0]) as server:
            bodies[name] = [server.page(address) for address in report.addresses]
            server.load(report.addresses, PAGE_SECONDS / 2)
            for question, address in zip(report.questions, report.addresses, strict=True):
                load = server.load([address], PAGE_SECONDS / 2)
                report.pages.append(PageRow(name, question, **dataclasses.asdict(load)))
            load = server.load(report.addresses, PAGE_SECONDS)
            report.pages.append(PageRow(name, "all in turn", **dataclasses.asdict(load)))
            report.memory[name] = dataclasses.asdict(server.memory())
    report.same_bytes = bodies["this project"] == bodies["constant"]


if __name__ == "__main__":
    main()
    # Were Python to take itself apart, DuckDB would list dozens of objects that it still holds.
    os._exit(0)
