"""One run of the import benchmark, in a process and on a database of its own: `python -m benchmarks.import_run JSON`.

The argument is `{"records": 5000, "bare": true}`; the last line printed is JSON with what was measured.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import msgspec

from benchmarks.measuring import ROOT, peak_megabytes, stopwatch

os.environ["DJANGO_SETTINGS_MODULE"] = "catalogue.settings"
django.setup()

# Models can be imported only once Django is set up, hence E402.
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402

from trials.intake.digest import TERMS  # noqa: E402
from trials.intake.importing import Import  # noqa: E402
from trials.intake.runs import lease  # noqa: E402
from trials.intake.saving import Saver  # noqa: E402
from trials.intake.sources import read  # noqa: E402
from trials.long_work import has_two_cores  # noqa: E402
from trials.models import bulk  # noqa: E402
from trials.registries import ctgov, made  # noqa: E402
from trials.registries.ctgov_shape import Study  # noqa: E402
from trials.registries.readers import READERS  # noqa: E402


def main() -> None:
    arguments = json.loads(sys.argv[1])
    records, bare = arguments["records"], arguments["bare"]
    call_command("migrate", verbosity=0)
    call_command("loaddata", *sorted(map(str, (ROOT / "fixtures" / "vocabulary").glob("*.json"))), verbosity=0)
    first, changed = (_written(records, version) for version in (1, 2))
    seconds: dict[str, list[float]] = {}
    figures: dict[str, Any] = {"seconds": seconds, "before": peak_megabytes()}
    for name, path, wanted in (
        ("first", first, "new"),
        ("unchanged", first, "unchanged"),
        ("changed", changed, "changed"),
    ):
        with stopwatch(seconds, name):
            _import(path, records, wanted)
        figures.setdefault("rows", _rows())
    figures["peak"] = peak_megabytes()
    if bare:
        _without_database(first, seconds)
        _bare(first, records, seconds)
    print(json.dumps(figures))


def _written(records: int, version: int) -> Path:
    path = Path(settings.DATA_DIR) / f"version-{version}.ndjson"
    with path.open("wb") as file:
        file.writelines(made.lines(records, version))
    return path


def _import(path: Path, records: int, wanted: str, told: Any = lambda _: None) -> None:
    """As `import_trials` does it. All records must end as `wanted`."""
    with lease("CTGOV", path.name) as held:
        running = Import("CTGOV", held, Saver(READERS), told=told, apart=has_two_cores())
        running.run(read([path], "CTGOV"))
    if held.counts != {wanted: records}:
        raise SystemExit(f"Not all {records} records are {wanted}: {dict(held.counts)}, {running.reasons}")


def _without_database(path: Path, seconds: dict[str, list[float]]) -> None:
    decoder = msgspec.json.Decoder(Study)
    with path.open("rb") as file, stopwatch(seconds, "json"):
        for line in file:
            decoder.decode(line)
    with path.open("rb") as file, stopwatch(seconds, "reader"):
        for line in file:
            ctgov.parse(line)


def _bare(path: Path, records: int, seconds: dict[str, list[float]]) -> None:
    """Only the inserts of a first import: the same rows, in the same tables and transactions, and nothing else.

    They are taken down during a further import into emptied tables, which are then emptied again.
    """
    written = Path(settings.DATA_DIR) / "rows"
    _empty()
    with written.open("wb") as file, _noted(file) as told:
        _import(path, records, "new", told)
    _empty()
    with written.open("rb") as noted:
        for batch in _batches(noted):
            with stopwatch(seconds, "bare"), transaction.atomic():
                for model, rows in batch:
                    bulk.insert(model, rows)


@contextmanager
def _noted(file: Any) -> Iterator[Any]:
    """Notes what is inserted; yields what is to be called after every batch."""
    insert = bulk.insert

    def noting(model: type[models.Model], rows: Any) -> None:
        insert(model, rows)
        pickle.dump((model._meta.label, list(rows)), file)

    bulk.insert = noting
    try:
        yield lambda _: pickle.dump(None, file)
    finally:
        bulk.insert = insert


def _batches(file: Any) -> Iterator[list[tuple[type[models.Model], Any]]]:
    batch: list[tuple[type[models.Model], Any]] = []
    while True:
        try:
            note = pickle.load(file)  # noqa: S301 (our own)
        except EOFError:
            return
        if note is None:
            yield batch
            batch = []
        else:
            batch.append((apps.get_model(note[0]), note[1]))


def _filled() -> list[type[models.Model]]:
    """The tables that an import fills: all but the vocabulary."""
    found = apps.get_app_config("trials").get_models(include_auto_created=True)
    return [model for model in found if model not in TERMS and model._meta.auto_created not in TERMS]


def _rows() -> dict[str, int]:
    counted = {model._meta.db_table.removeprefix("trials_"): model._base_manager.count() for model in _filled()}
    return {name: count for name, count in counted.items() if count}


def _empty() -> None:
    tables = [model._meta.db_table for model in _filled()]
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=False, allow_cascade=True)
    connection.ops.execute_sql_flush(statements)


if __name__ == "__main__":
    main()
