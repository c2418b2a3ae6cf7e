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
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks import timing
from benchmarks.report import PageRow, PeerRow, Report

# Trials up to which a peer takes part; it would take hours beyond.
MOST = {"plain ORM version": 100_000, "SQL by hand": 500_000, "Datasette": 500_000, "Groonga": 500_000}
PAGE_SECONDS = 4.0


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def main() -> None:
    total, folder = int(sys.argv[1]), Path(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    django.setup()
    report = Report(total)
    _make(total, report)
    peers_folder = folder / "peers"
    shutil.rmtree(peers_folder, ignore_errors=True)
    peers_folder.mkdir(parents=True)
    try:
        _compare(report, peers_folder)
        _serve(report)
    finally:
        shutil.rmtree(peers_folder, ignore_errors=True)
    print(json.dumps(dataclasses.asdict(report)))


def _make(total: int, report: Report) -> None:
    """Makes the catalogue, or what it lacks."""
    from trials.models import Trial

    say(f"Making {total:,} trials …")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    held = Trial.objects.count()
    if held > total:
        sys.exit(f"The catalogue holds {held:,} trials already. Name another FOLDER, or ask for this size or more.")
    report.making = timing.elapsed(lambda: call_command("generate_trials", str(total), stdout=sys.stderr))
    report.made = total - held


def _compare(report: Report, folder: Path) -> None:
    """Asks every peer every question, once to compare and then to time."""
    from benchmarks import data as catalogue
    from benchmarks import ours
    from benchmarks.peers_bitmaps import Bare
    from benchmarks.questions import questions

    say("Reading the catalogue for the peers …")
    words = folder / "words.txt"
    ours.write_words(words)
    data = catalogue.read(words)
    report.values, report.memberships = len(data.values), data.memberships
    asks = questions(data)
    report.questions = [ask.name for ask in asks]
    bare = Bare()
    bare.build(data, folder, asks)
    wanted = [bare.ask(ask) for ask in asks]
    report.hits = [answer.total for answer in wanted]

    project = ours.Project()
    row = _row(project, lambda: project.build(data, folder, asks), report)
    _ask(row, project, project.find, asks, wanted, project.forget_words)
    report.peers.append(PeerRow("this project, asked again"))
    _ask(report.peers[-1], project, project.find, asks, wanted)
    report.addresses = [ours.address(ask) for ask in asks]
    report.statements = [ours.statements(ask) for ask in asks]
    report.edits = dict(ours.edits())
    report.start_up = ours.start_up()
    project.close()

    _ask(_row(bare, lambda: None, report), bare, bare.loop, asks, wanted)
    bare.close()
    for make in _peers():
        _measure(make, data, folder, asks, wanted, report)


def _peers() -> Sequence[Callable[[], Any]]:
    from benchmarks.ours import Plain
    from benchmarks.peers_datasette import Datasette
    from benchmarks.peers_groonga import Groonga
    from benchmarks.peers_sql import DuckDb, Postgres, Sqlite

    url = os.environ.get("BENCHMARK_POSTGRES", "")
    return (Plain, Sqlite, lambda: Postgres(url), DuckDb, Datasette, Groonga)


def _measure(
    make: Callable[[], Any], data: Any, folder: Path, asks: Sequence[Any], wanted: Sequence[Any], report: Report
) -> None:
    from benchmarks.peers import AbsentError

    try:
        peer = make()
        limit = next((most for name, most in MOST.items() if peer.name.startswith(name)), sys.maxsize)
        if report.trials > limit:
            report.peers.append(PeerRow(peer.name, notes=[f"stops at {limit:,} trials"]))
            return
        row = _row(peer, lambda: peer.build(data, folder, asks), report)
    except AbsentError as error:
        report.peers.append(PeerRow(error.peer, notes=[f"not installed: {error}"]))
        return
    _ask(row, peer, peer.ask, asks, wanted)
    peer.close()


def _row(peer: Any, build: Callable[[], object], report: Report) -> PeerRow:
    say(f"{peer.name} …")
    row = PeerRow(peer.name, notes=[peer.note] if peer.note else [], build=timing.elapsed(build))
    row.name = peer.name
    report.peers.append(row)
    return row


def _ask(
    row: PeerRow,
    peer: Any,
    run: Callable[[Any], object],
    asks: Sequence[Any],
    wanted: Sequence[Any],
    before: Callable[[], object] = lambda: None,
) -> None:
    """Asks once to compare with what bare bitmaps over the tables give, then times `run`."""
    from benchmarks.answers import differences

    for ask, answer in zip(asks, wanted, strict=True):
        started = time.perf_counter()
        given = peer.ask(ask)
        took = time.perf_counter() - started
        row.notes += [
            f"DIFFERS at “{ask.name}”: {difference}" for difference in differences(answer, given, peer.ignores(ask))
        ]
        row.seconds.append(took if took > timing.SLOW else timing.seconds(partial(run, ask), before))


def _serve(report: Report) -> None:
    """The same pages from the catalogue and from constant data."""
    from benchmarks.serving import serving

    os.environ["PAGES"] = " ".join(address.partition("?")[2] for address in report.addresses)
    bodies: dict[str, list[bytes]] = {}
    for name, application in (("this project", "catalogue.wsgi:application"), ("constant", "benchmarks.constant")):
        say(f"Pages of {name} through gunicorn …")
        with serving(application, report.addresses[0]) as server:
            bodies[name] = [server.page(address) for address in report.addresses]
            server.load(report.addresses, 1)
            for question, address in zip(report.questions, report.addresses, strict=True):
                load = server.load([address], PAGE_SECONDS / 2)
                report.pages.append(PageRow(name, question, **dataclasses.asdict(load)))
            load = server.load(report.addresses, PAGE_SECONDS)
            report.pages.append(PageRow(name, "all in turn", **dataclasses.asdict(load)))
            report.memory[name] = server.memory()
    report.same_bytes = bodies["this project"] == bodies["constant"]


if __name__ == "__main__":
    main()
