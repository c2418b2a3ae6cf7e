"""Every check of the project, one after the other: `make test`; with `--long` also what takes minutes.

A stage that fails does not keep the next from running. The table at the end says how each went, with pytest's own
last line beside it. Tests write to a temporary folder, never to `var/`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools import chromium, pythons
from tools.environment import clean_environment
from tools.postgres import NoPostgresError, server, stop_on_signals

# What the run on PostgreSQL says of the tests that touch no database: they ran on SQLite, the stage before.
LEFT = "left to SQLite"
# Each process begins with a stretch of the tests, so that what a file shares is made once, and then takes over from
# one that is behind.
SPREAD = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal")


@dataclass(frozen=True)
class Outcome:
    """Whether a stage passed (None: it could not be tried here), and pytest's last line or what is missing."""

    passed: bool | None
    note: str = ""


Stage = tuple[str, Callable[[], Outcome]]


class Checks:
    """The stages, all with the same temporary DATA_DIR."""

    def __init__(self, folder: str, long: bool) -> None:
        self.folder = folder
        self.long = long

    def run(self, *command: str | Path, **variables: str) -> Outcome:
        """Runs a command with these variables, passing on what it prints as it comes."""
        last = left = ""
        if sys.dont_write_bytecode:
            # Hundreds of processes would each compile the project anew. The folder keeps their bytecode, and that of
            # the packages, which is made once more for it.
            variables |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{self.folder}/bytecode"}
        with subprocess.Popen(
            command,
            # Whatever a test leaves behind, even one that was cut off, goes with this folder.
            env=clean_environment(DATA_DIR=self.folder, TMPDIR=self.folder, PYTHONUNBUFFERED="1", **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                for line in process.stdout or ():
                    print(line, end="", flush=True)
                    last = line.strip(" =\n") or last
                    left = f"; {line.strip()}" if LEFT in line else left
            except SystemExit:
                # Asked to stop: as after Ctrl-C, which reaches it by itself, pytest stops the servers that it started.
                process.send_signal(signal.SIGINT)
                raise
        return Outcome(process.returncode == 0, last + left)

    def program(self, name: str, *arguments: str) -> Outcome:
        """Runs a program that was installed beside this Python."""
        return self.run(Path(sys.executable).with_name(name), *arguments)

    def migrations(self) -> Outcome:
        return self.run(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")

    def suite(self, python: str | Path = sys.executable, **variables: str) -> Outcome:
        """All tests without a browser, on the database in DATABASE_URL or else SQLite."""
        how = ["-m", "not browser and not long"]
        if self.long:
            how = ["-m", "not browser", "--hypothesis-profile", "long"]
        return self.run(python, "-m", "pytest", "-q", *SPREAD, *how, **variables)

    def browser(self, **variables: str) -> Outcome:
        """The tests that drive a Chromium, which is installed if there is none."""
        which = "browser" if self.long else "browser and not long"
        try:
            path = chromium.find_or_install()
        except chromium.NoChromiumError as error:
            return Outcome(False, str(error))
        pytest = (sys.executable, "-m", "pytest", "-q", *SPREAD, "-m", which, "trials/tests/browser")
        return self.run(*pytest, CHROMIUM=path, **variables)

    def on_postgres(self, check: Callable[..., Outcome]) -> Outcome:
        """A check with DATABASE_URL naming a PostgreSQL server, which is gone afterwards if it was started here."""
        try:
            with server() as url:
                return check(DATABASE_URL=url)
        except NoPostgresError as error:
            return Outcome(False, str(error))

    def variant(self, variant: pythons.Variant) -> Outcome:
        """The suite on SQLite with another Python or Django."""
        python = pythons.install(variant)
        return self.suite(python) if python else Outcome(False, "its packages could not be installed")

    def stages(self) -> Iterator[Stage]:
        yield "ruff check", lambda: self.program("ruff", "check", ".")
        yield "ruff format", lambda: self.program("ruff", "format", "--check", ".")
        yield "mypy", lambda: self.program("mypy", ".")
        yield "migrations", self.migrations
        yield "hadolint", lambda: self.program("hadolint", "Dockerfile")
        yield "tests on SQLite", self.suite
        yield "tests on PostgreSQL", lambda: self.on_postgres(self.suite)
        yield "browser tests", self.browser
        if self.long:
            yield "browser tests on PostgreSQL", lambda: self.on_postgres(self.browser)
            for variant in pythons.variants():
                if isinstance(variant, str):
                    yield variant, partial(Outcome, None, "not on this machine")
                else:
                    yield f"tests on {variant.name}", partial(self.variant, variant)


def main() -> int:
    """Runs all stages, prints the table; 0 if every stage that could be tried passed."""
    stop_on_signals()
    table = []
    with tempfile.TemporaryDirectory(prefix="catalogue-test-") as folder:
        for name, stage in Checks(folder, long="--long" in sys.argv[1:]).stages():
            print(f"\n──── {name} ────", flush=True)
            started = time.monotonic()
            outcome = stage()
            if outcome.passed is False:
                print(f"FAILED: {name}: {outcome.note}", flush=True)
            table.append((name, outcome, time.monotonic() - started))
    print()
    for name, outcome, seconds in table:
        word = {True: "ok", False: "FAILED", None: "absent"}[outcome.passed]
        print(f"{name:<36} {word:<7} {seconds:5.1f} s  {outcome.note.splitlines()[0] if outcome.note else ''}")
    return int(any(outcome.passed is False for _, outcome, _ in table))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
