"""`manage.py evaluate_reading FILE`: compares what the readers find with labels made by hand. Writes no row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from trials.intake.lexicon import load_lexicon, shipped_lexicon
from trials.intake.sources import Fault
from trials.intake.sources import read as read_files
from trials.management.evaluation import FAULTS, Json, Score, prediction, score
from trials.phrases import count
from trials.reading.lexicon import Lexicon
from trials.reading.read import read
from trials.records import TrialRecord
from trials.registries.readers import FORMS
from trials.registries.values import Unreadable

RECORDS = "records.ndjson.gz"


class Command(BaseCommand):
    help = (
        "Reads the records behind a file of labels and prints, for each field, precision, recall and F1, with every "
        "miss. The words are the catalogue's; before `prepare` has run, those of the fixtures."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("labels", type=Path, metavar="FILE", help="labels, one JSON object a line")
        parser.add_argument("--records", type=Path, metavar="F", help=f"the records; otherwise {RECORDS} beside FILE")
        parser.add_argument("--predictions", type=Path, metavar="OUT", help="also write what was read, in labels' form")

    def handle(self, *args: Any, **options: Any) -> None:
        labels = _labels(options["labels"])
        records = options["records"] or options["labels"].with_name(RECORDS)
        lexicon = self._lexicon()
        wanted = [label["nct_id"] for label in labels]
        predictions, failed = self._predictions(self._records(records, wanted), lexicon)
        if options["predictions"]:
            _write(
                options["predictions"], (predictions[row["nct_id"]] for row in labels if row["nct_id"] in predictions)
            )
        if absent := [number for number in wanted if number not in predictions and number not in failed]:
            self.stderr.write(f"{records} holds no readable record of {', '.join(absent)}.")
        self._report(score(labels, predictions), len(labels))
        if failed:
            self.stdout.write(f"\nThe readers failed on {count(len(failed), 'record')}, counted as refused:")
            for number, why in failed.items():
                self.stdout.write(f"  {number}: {why}")

    def _predictions(self, records: Iterable[TrialRecord], lexicon: Lexicon) -> tuple[dict[str, Json], dict[str, str]]:
        """What is read of records, and why nothing of those on which a reader fails; both by number."""
        found: dict[str, Json] = {}
        failed: dict[str, str] = {}
        for record in records:
            try:
                found[record.number] = prediction(record.number, read(record, lexicon), lexicon)
            except FAULTS as error:
                failed[record.number] = f"{type(error).__name__}: {error}"
        return found, failed

    def _lexicon(self) -> Lexicon:
        try:
            return load_lexicon()
        except DatabaseError:
            self.stderr.write("The database has no tables yet: the words are those of the fixtures.")
            return shipped_lexicon()

    def _records(self, path: Path, wanted: list[str]) -> Iterator[TrialRecord]:
        """The records of a file; each registry's own reader reads what looks like its."""
        if not path.is_file():
            raise CommandError(f"{path} is no file: name the records with --records.", returncode=2)
        for piece in read_files([path]):
            if isinstance(piece, Fault):
                self.stderr.write(f"{piece.place}: {piece.reason}")
            elif not piece.source:
                self.stderr.write(f"{piece.place}: looks like no registry's record.")
            else:
                try:
                    record = FORMS[piece.source].parse(piece.body)
                except Unreadable as error:
                    self.stderr.write(f"{piece.place}: {error}")
                    continue
                if record.number in wanted:
                    yield record

    def _report(self, scores: dict[str, Score], labels: int) -> None:
        self.stdout.write(f"{labels:,} labels\n\n{'field':<16} {'precision':>9} {'recall':>7} {'F1':>6}")
        for name, one in scores.items():
            self.stdout.write(f"{name:<16} {one.precision:>9.3f} {one.recall:>7.3f} {one.f1:>6.3f}")
        for name, one in scores.items():
            if one.misses:
                self.stdout.write(f"\n{name}:")
                for miss in one.misses:
                    self.stdout.write(f"  {miss}")


def _labels(path: Path) -> list[Json]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from None
    except ValueError as error:
        raise CommandError(f"{path} is no file of labels, one JSON object a line: {error}.", returncode=2) from None


def _write(path: Path, rows: Iterable[Json]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
