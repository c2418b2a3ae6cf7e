"""`kill -9` at any moment: the next run takes over at once, and the catalogue is as if nothing had happened."""

from __future__ import annotations

import itertools
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tools.environment import clean_environment
from trials.tests.intake.making import lines, study
from trials.tests.serving import ROOT, manage, new_database

pytestmark = pytest.mark.server

BATCH = "15"
_numbers = itertools.count(1)


CRITERIA = "Inclusion Criteria:\n* Adult\n* Well\nExclusion Criteria:\n* Ill"
SITES = [{"city": f"Town {number}", "country": "Italy"} for number in range(9)]


def records() -> list[dict[str, Any]]:
    """Trials of many sponsors and conditions, some in several versions, some without cells."""
    found = []
    for number in range(1, 161):
        meshes = [{"id": f"D{number % 40:06}", "term": f"Disease {number % 40}"}]
        record = study(
            number,
            title="Aspirin" if number % 7 == 0 else f"Stem cells {number}",
            sponsorCollaboratorsModule={"leadSponsor": {"name": f"Hospital {number % 50}", "class": "OTHER"}},
            # A word comes twenty trials before the term that it names.
            conditionsModule={"conditions": [f"Relapsed disease {(number + 20) % 60}", "Lupus"]},
            eligibilityModule={"eligibilityCriteria": CRITERIA},
            contactsLocationsModule={"locations": SITES},
        )
        found.append(record | {"derivedSection": {"conditionBrowseModule": {"meshes": meshes}}})
    later = [study(number, title=f"Stem cells {number}, later", updated="2024-05-01") for number in range(5, 160, 10)]
    return found + later


def copies() -> str:
    """Rows of WHO ICTRP: copies of the studies, pages of one number by country, trials that name a study as theirs."""
    rows = [f"NCT{number:08},Stem cells {number}," for number in range(1, 60)]
    for country in ("FR", "DE", "ES"):
        rows += [f"EUCTR2019-0000{number}-10-{country},Stem cells," for number in range(10, 30)]
    rows += [f"ChiCTR21000{number:05},Stem cells,NCT{number:08}" for number in range(40, 80)]
    return "\n".join(["TrialID,Public title,Secondary ID", *rows])


@dataclass(frozen=True)
class Source:
    """A file to import, and how many seconds an import takes that nothing interrupts."""

    registry: str
    file: Path
    seconds: float = 0


@dataclass(frozen=True)
class Catalogue:
    """An empty catalogue of its own, whose database the test can read itself."""

    environment: dict[str, str]

    def query(self, sql: str) -> list[Any]:
        if "DATABASE_URL" in self.environment:
            with psycopg.connect(self.environment["DATABASE_URL"]) as server:
                return server.execute(sql).fetchall()
        with closing(sqlite3.connect(Path(self.environment["DATA_DIR"]) / "catalogue.sqlite3")) as file:
            return file.execute(sql).fetchall()

    def start(self, source: Source) -> subprocess.Popen[bytes]:
        """An import that has begun."""
        begun = "SELECT count(*) FROM trials_importrun"
        before = self.query(begun)
        command = [sys.executable, "manage.py", "import_trials", source.registry, str(source.file), "--batch", BATCH]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 60
        while self.query(begun) == before and time.monotonic() < deadline:
            time.sleep(0.005)
        return process

    def finish(self, *sources: Source) -> str:
        """Imports whole files; the digest of the catalogue after it."""
        arguments = [(source.registry, str(source.file), "--batch", BATCH) for source in sources]
        code = (
            "from contextlib import suppress\n"
            "from io import StringIO\n"
            "from django.core.management import call_command\n"
            f"for arguments in {arguments}:\n"
            "    with suppress(SystemExit):\n"
            "        call_command('import_trials', *arguments, stdout=StringIO(), stderr=StringIO())\n"
            "call_command('catalogue_digest')\n"
        )
        return manage("shell", "--verbosity", "0", "--command", code, environment=self.environment)

    def received(self) -> list[Any]:
        columns = "source, number, digest, verdict, reason, rule, updated"
        return sorted(self.query(f"SELECT {columns}, registration_id IS NULL FROM trials_rawrecord"))  # noqa: S608


@dataclass(frozen=True)
class Reference:
    """The files, what uninterrupted imports made of them, and an empty catalogue to copy."""

    sources: tuple[Source, ...]
    digest: str
    received: list[Any]
    empty: Path
    template: str

    @contextmanager
    def catalogue(self, folder: Path) -> Iterator[Catalogue]:
        number = next(_numbers)
        shutil.copytree(self.empty, folder / str(number))
        with new_database(f"kill_{number}", self.template) as found:
            yield Catalogue(clean_environment(DATA_DIR=str(folder / str(number)), **found))


def files(folder: Path) -> tuple[Source, ...]:
    studies, rows = folder / "studies.ndjson", folder / "rows.csv"
    middle = len(records()) // 2
    cut_off = b'{"protocolSection": {"cut off\n'
    studies.write_bytes(lines(*records()[:middle]) + cut_off + lines(*records()[middle:]))
    rows.write_text(copies())
    return Source("ctgov", studies), Source("ictrp", rows)


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Iterator[Reference]:
    folder = tmp_path_factory.mktemp("kill")
    empty = folder / "empty"
    empty.mkdir()
    with new_database("kill") as found:
        template = found.get("DATABASE_URL", "")
        manage("migrate", "--verbosity", "0", environment=clean_environment(DATA_DIR=str(empty), **found))
        timed = []
        with Reference((), "", [], empty, template).catalogue(folder) as catalogue:
            for source in files(folder):
                process = catalogue.start(source)
                began = time.monotonic()
                process.wait(timeout=120)
                timed.append(replace(source, seconds=time.monotonic() - began))
            digest, received = manage("catalogue_digest", environment=catalogue.environment), catalogue.received()
        yield Reference(tuple(timed), digest, received, empty, template)


def kill_and_run_again(reference: Reference, folder: Path, chance: random.Random) -> bool:
    """Whether an import was killed before it was through; the catalogue has to be the same in the end."""
    place, share = chance.randrange(len(reference.sources)), chance.random()
    source = reference.sources[place]
    with reference.catalogue(folder) as catalogue:
        if place:
            catalogue.finish(*reference.sources[:place])
        process = catalogue.start(source)
        time.sleep(share * source.seconds)
        process.send_signal(signal.SIGKILL)
        was_killed = process.wait() == -signal.SIGKILL
        ((kept,),) = catalogue.query("SELECT count(*) FROM trials_rawrecord")
        where = f"{source.registry} killed after {share:.0%} of its time, with {kept} records received"
        assert catalogue.finish(*reference.sources) == reference.digest, where
        assert catalogue.received() == reference.received, where
        assert catalogue.query("SELECT count(*) FROM trials_importrun WHERE ended IS NULL") == [(0,)], where
    return was_killed


def kill_often(reference: Reference, folder: Path, times: int) -> None:
    """At least one import must be hit: where the machine has become faster since the reference, more are tried."""
    killed = [kill_and_run_again(reference, folder, random.SystemRandom()) for _ in range(times)]
    while not any(killed) and len(killed) < times + 20:
        killed.append(kill_and_run_again(reference, folder, random.SystemRandom()))
    assert any(killed)


def test_an_import_killed_at_any_of_3_moments_can_be_run_again(reference, tmp_path):
    kill_often(reference, tmp_path, 3)


@pytest.mark.long
def test_an_import_killed_at_any_of_50_moments_can_be_run_again(reference, tmp_path):
    kill_often(reference, tmp_path, 50)
