"""Every peer beside this project: the same data, the same questions, compared and then timed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import data as catalogue
from benchmarks import ours, timing
from benchmarks.answers import Ask, differences
from benchmarks.peers import AbsentError, Peer
from benchmarks.peers_bitmaps import Bare
from benchmarks.peers_datasette import Datasette
from benchmarks.peers_groonga import Groonga
from benchmarks.peers_sql import DuckDb, Postgres, Sqlite
from benchmarks.questions import questions
from benchmarks.report import PeerRow, Report
from benchmarks.tables import duration


def say(text: str) -> None:
    """A line for whoever waits."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


class Comparison:
    """The peers' data, the questions and what they must find, which bare bitmaps over the tables say."""

    def __init__(self, report: Report, folder: Path) -> None:
        say("Reading the catalogue for the peers …")
        words = folder / "words.txt"
        ours.write_words(words)
        self.report, self.folder = report, folder
        self.data = catalogue.read(words)
        self.asks = questions(self.data, ours.is_its_own_token)
        self.bare = Bare()
        self.bare.build(self.data, folder, self.asks)
        self.wanted = [self.bare.ask(ask) for ask in self.asks]
        report.values, report.memberships = len(self.data.values), self.data.memberships
        report.questions = [ask.name for ask in self.asks]
        report.hits = [answer.total for answer in self.wanted]
        report.addresses = [ours.address(ask) for ask in self.asks]

    def run(self) -> None:
        """Measures all of them, this project first."""
        self._project()
        self._timed(self._row(self.bare), self.bare, self.bare.loop)
        self.bare.close()
        url = os.environ.get("BENCHMARK_POSTGRES", "")
        for make in (ours.Plain, Sqlite, partial(Postgres, url), DuckDb, Datasette, Groonga):
            self._peer(make)

    def _project(self) -> None:
        project, report = ours.Project(), self.report
        row = self._row(project)
        row.build = timing.elapsed(lambda: project.build(self.data, self.folder, self.asks))
        self._timed(row, project, project.find, project.forget_words)
        report.peers.append(PeerRow("this project, asked again"))
        self._timed(report.peers[-1], project, project.find)
        report.statements = [ours.statements(ask) for ask in self.asks]
        report.suggesting = dict(ours.suggesting())
        report.whole_list = ours.whole_list()
        report.edits = dict(ours.edits())
        report.start_up = ours.start_up()
        project.close()

    def _peer(self, make: Callable[[], Peer]) -> None:
        try:
            peer = make()
            row = self._row(peer)
            if self.report.trials > peer.most:
                row.notes = [f"takes part up to {peer.most:,} trials"]
                return
            row.build = timing.elapsed(lambda: peer.build(self.data, self.folder, self.asks))
            # Some learn their version only now.
            row.name = peer.name
        except AbsentError as error:
            self.report.peers = [row for row in self.report.peers if row.name != error.peer]
            self.report.peers.append(PeerRow(error.peer, [f"not installed: {error}"]))
            return
        self._timed(row, peer, peer.ask)
        peer.close()

    def _row(self, peer: Peer) -> PeerRow:
        say(f"{peer.name} …")
        self.report.peers.append(PeerRow(peer.name, [peer.note] if peer.note else []))
        return self.report.peers[-1]

    def _timed(
        self,
        row: PeerRow,
        peer: Peer,
        run: Callable[[Ask], object],
        before: Callable[[], object] = lambda: None,
    ) -> None:
        """Asks once to compare; then times `run`, `before` each time. What took long has been timed by that."""
        taken = 0.0
        for ask, wanted in zip(self.asks, self.wanted, strict=True):
            if taken > timing.PATIENCE:
                row.seconds.append(None)
                continue
            if (ask.word and self.report.trials > peer.most_for_words) or (ask.around and not peer.knows_places):
                row.seconds.append(None)
                continue
            started = time.perf_counter()
            given = peer.ask(ask)
            took = time.perf_counter() - started
            found = differences(wanted, given, peer.ignores(ask))
            row.notes += [f"DIFFERS at “{ask.name}”: {difference}" for difference in found]
            taken += took
            if taken > timing.PATIENCE and ask is not self.asks[-1]:
                row.notes.append(f"asked nothing more after “{ask.name}”: its answers had taken {duration(taken)}")
            row.seconds.append(took if took > timing.SLOW else timing.seconds(partial(run, ask), before))
