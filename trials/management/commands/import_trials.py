"""`manage.py import_trials ctgov PATH…`: records of a registry from files."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from trials.intake.sources import Meter, Piece, find, read
from trials.intake.versions import Incoming
from trials.long_work import has_two_cores
from trials.management.imports import ImportCommand
from trials.records import PartialDate
from trials.registries.readers import FORMS


class Command(ImportCommand):
    help = (
        "Imports registry records from files and folders: JSON (one record, a list, an envelope of studies, one to a "
        "line), also packed as .gz or .zip; for WHO ICTRP also XML and CSV. May be run again at any time: what is "
        "known stays as it is. Exit status: 0 if all went well, 1 if anything was set aside, 2 if it could not begin "
        "or not end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("registry", choices=[name.lower() for name in FORMS])
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="A file, or a folder with all below.")
        parser.add_argument(
            "--copied",
            type=_partial_date,
            metavar="DATE",
            help="When the files were copied from the registry, for records that do not say so: 2024-03-31, 2024-03 "
            "or 2024.",
        )
        parser.add_argument(
            "--one-process",
            action="store_true",
            help="Read and save records in one process even where there are two cores: slower, with less memory.",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        registry, paths = options["registry"].upper(), options["paths"]
        try:
            files = find(paths)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.", returncode=2) from None
        if not files.paths:
            raise CommandError(f"No file of records in {', '.join(map(str, paths))}.", returncode=2)
        if files.passed_over:
            self.stdout.write(f"Passed over: {files.passed_over:,} of the files, being of other kinds.")
        meter, size = Meter(), max(1, files.size)
        what = " ".join(map(str, paths))
        pieces = _dated(read(files.paths, registry, meter), options["copied"])
        apart = not options["one_process"] and has_two_cores()
        self.run_import(registry, what, pieces, options, lambda: meter.read / size, apart)


def _partial_date(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _dated(pieces: Iterable[Piece], copied: PartialDate | None) -> Iterator[Piece]:
    for piece in pieces:
        yield replace(piece, copied=copied) if isinstance(piece, Incoming) else piece
