"""`manage.py check_records DIR`: reads every registry record below a folder and accounts for each. Writes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.intake.sources import Fault, Meter, find, read
from trials.intake.versions import Incoming
from trials.management.progress import Progress
from trials.records import Problem
from trials.registries.readers import FORMS
from trials.registries.values import Unreadable

_MOST_LISTED = 50


@dataclass
class Account:
    """What became of the records of one registry."""

    read: int = 0
    unreadable: int = 0
    with_problems: int = 0


@dataclass
class Kind:
    """A kind of problem: how often, and the first text that had it."""

    count: int = 0
    example: str = ""


@dataclass
class Books:
    """All that is counted. `strangers` are texts that look like no registry's record."""

    accounts: dict[str, Account] = field(default_factory=lambda: {registry: Account() for registry in FORMS})
    problems: dict[tuple[str, str, str], Kind] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    strangers: Counter[str] = field(default_factory=Counter)

    def enter(self, incoming: Incoming) -> None:
        """Reads one record."""
        if not incoming.source:
            self.strangers[incoming.place.rpartition(", record ")[0]] += 1
            return
        account = self.accounts[incoming.source]
        try:
            record = FORMS[incoming.source].parse(incoming.body)
        except Exception as error:
            # What is not `Unreadable` is a fault of the reader, which this command is there to find.
            why = str(error) if isinstance(error, Unreadable) else f"the reader failed, {type(error).__name__}: {error}"
            account.unreadable += 1
            self.unreadable.append(f"{incoming.place}: {why}")
            return
        account.read += 1
        account.with_problems += bool(record.problems)
        for problem in record.problems:
            self._note(incoming, record.number, problem)

    def _note(self, incoming: Incoming, number: str, problem: Problem) -> None:
        kind = self.problems.setdefault((incoming.source, problem.field, problem.what), Kind())
        kind.count += 1
        kind.example = kind.example or f"{number}: “{problem.text[:60]}”"


class Command(BaseCommand):
    help = (
        "Runs the readers over every registry record below a folder, telling by its look which registry a record is "
        "from, and accounts for each: read, read with problems, unreadable. Writes nothing to the database. Exit "
        "status: 1 if anything is unreadable, 2 if the folder is."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = find(options["paths"])
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.", returncode=2) from None
        books, meter, size = Books(), Meter(), max(1, files.size)
        progress = Progress(self.stderr, step=10_000)
        for count, piece in enumerate(read(files.paths, meter=meter), 1):
            if isinstance(piece, Fault):
                books.unreadable.append(f"{piece.place}: {piece.reason}")
            else:
                books.enter(piece)
            progress.show(count, f"{count:,} records", meter.read / size)
        progress.clear()
        self._report(books, len(files.paths), files.passed_over)
        if books.unreadable:
            raise SystemExit(1)

    def _report(self, books: Books, files: int, passed_over: int) -> None:
        for registry, account in books.accounts.items():
            self.stdout.write(
                f"{FORMS[registry].label:<20} {account.read:>8,} read, {account.with_problems:,} of them with "
                f"problems; {account.unreadable:,} unreadable"
            )
        self._list("Problems", [_problem_line(key, kind) for key, kind in _by_count(books.problems)])
        self._list("Look like no record of a registry", [f"{n:>7,}  {path}" for path, n in books.strangers.items()])
        self._list("Unreadable", books.unreadable)
        self.stdout.write(f"Files read: {files:,}; passed over, being of other kinds: {passed_over:,}.")

    def _list(self, title: str, lines: list[str]) -> None:
        if not lines:
            return
        self.stdout.write(f"\n{title}:")
        for line in lines[:_MOST_LISTED]:
            self.stdout.write(f"  {line}")
        if len(lines) > _MOST_LISTED:
            self.stdout.write(f"  … and {len(lines) - _MOST_LISTED:,} more.")


def _by_count(problems: dict[tuple[str, str, str], Kind]) -> list[tuple[tuple[str, str, str], Kind]]:
    return sorted(problems.items(), key=lambda item: (-item[1].count, item[0]))


def _problem_line(key: tuple[str, str, str], kind: Kind) -> str:
    registry, name, what = key
    return f"{kind.count:>7,}  {FORMS[registry].label}, {name}: {what} (first: {kind.example})"
