"""Folds the first migration into one step: `python -m tools.migration` after `makemigrations`.

Django writes a table first and adds references, rules and indexes in steps of their own, and after each step it builds
anew all models that refer to each other. Folded, each table is made at once and all of them in one step, so that an
empty database is ready in a fraction of the time: at the first start, and in every test that makes one. What stands in
the database in the end is the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.migration import SwappableTuple
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter

from trials.migrations._together import CreateTogether

FIRST = Path(__file__).resolve().parents[1] / "trials" / "migrations" / "0001_catalogue.py"


def folded(operations: Sequence[Operation], app: str) -> list[CreateModel]:
    """The tables, each with all that belongs to it, in an order in which each comes after those that it refers to; also
    of what is folded already.

    ValueError for another kind of step; `graphlib.CycleError` when two tables refer to each other.
    """
    tables: dict[str, CreateModel] = {}
    for step in _flat(operations):
        if isinstance(step, CreateModel):
            options = {**step.options, "constraints": [], "indexes": []}
            for kind in ("constraints", "indexes"):
                options[kind] += step.options.get(kind, [])
            tables[step.name_lower] = CreateModel(step.name, list(step.fields), options, step.bases, step.managers)
        elif isinstance(step, AddField):
            tables[step.model_name_lower].fields.append((step.name, step.field))
        elif isinstance(step, AddConstraint):
            tables[step.model_name_lower].options["constraints"].append(step.constraint)
        elif isinstance(step, AddIndex):
            tables[step.model_name_lower].options["indexes"].append(step.index)
        else:
            raise ValueError(f"A first migration makes tables; this one also has: {step.describe()}")
    for table in tables.values():
        table.options = {name: value for name, value in table.options.items() if value not in ([], None)}
    referred = {name: sorted(_referred(table, app) - {name}) for name, table in tables.items()}
    return [tables[name] for name in TopologicalSorter(referred).static_order()]


def _flat(operations: Sequence[Operation]) -> Iterator[Operation]:
    for step in operations:
        yield from step.tables if isinstance(step, CreateTogether) else [step]


def _referred(table: CreateModel, app: str) -> set[str]:
    """Tables of the app that a table's references name."""
    found = set()
    for _, field in table.fields:
        relation = field.remote_field
        for to in (relation.model, getattr(relation, "through", None)) if relation else ():
            of_app, _, name = str(to).lower().partition(".")
            found |= {name} if of_app == app else set()
    return found


def main() -> int:
    """Writes the first migration anew, folded."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    import django

    django.setup()
    written = import_module(f"trials.migrations.{FIRST.stem}").Migration

    class Folded(Migration):
        initial = True
        # The only model that a setting names is the user; Django notes it so.
        dependencies = [
            ("__setting__", "AUTH_USER_MODEL") if isinstance(item, SwappableTuple) else item
            for item in written.dependencies
        ]
        operations = [CreateTogether(folded(written.operations, "trials"))]

    FIRST.write_text(MigrationWriter(Folded(FIRST.stem, "trials")).as_string(), encoding="utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    return max(subprocess.run([ruff, *how, FIRST]).returncode for how in (["check", "--fix"], ["format"]))


if __name__ == "__main__":
    sys.exit(main())
