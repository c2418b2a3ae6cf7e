"""The first migration, folded: all tables made in one step, each after those that it refers to."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RunSQL
from django.db.migrations.state import ProjectState

from tools.migration import folded
from trials.migrations._together import CreateTogether


def test_references_rules_and_indexes_go_into_their_table_and_tables_into_order():
    rule = models.CheckConstraint(condition=models.Q(order__gt=0), name="order_from_one")
    index = models.Index(fields=["order"], name="by_order")
    steps = [
        CreateModel("Arm", [("order", models.IntegerField())], {"ordering": ["order"]}),
        CreateModel("Trial", []),
        AddField("Arm", "trial", models.ForeignKey("trials.Trial", models.CASCADE)),
        AddConstraint("Arm", rule),
        AddIndex("Arm", index),
    ]
    trial, arm = folded(steps, "trials")
    assert (trial.name, trial.options) == ("Trial", {})
    assert [name for name, _ in arm.fields] == ["order", "trial"]
    assert arm.options == {"ordering": ["order"], "constraints": [rule], "indexes": [index]}


def test_a_step_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="this one also has: Raw SQL operation"):
        folded([RunSQL("SELECT 1")], "trials")


def test_what_is_folded_may_be_folded_again():
    arm = CreateModel("Arm", [("trial", models.ForeignKey("trials.Trial", models.CASCADE))])
    tables = folded([CreateTogether([arm, CreateModel("Trial", [])])], "trials")
    assert [table.name for table in tables] == ["Trial", "Arm"]


def test_the_first_migration_is_folded():
    """Where this fails: `python -m tools.migration`."""
    (step,) = import_module("trials.migrations.0001_catalogue").Migration.operations
    assert isinstance(step, CreateTogether)
    assert [table.name for table in step.tables] == [table.name for table in folded(step.tables, "trials")]


@pytest.mark.django_db(transaction=True)
def test_tables_are_made_together_and_taken_away_again():
    key = ("id", models.BigAutoField(primary_key=True))
    to_one = ("one", models.ForeignKey("trials.MadeOne", models.CASCADE))
    step = CreateTogether([CreateModel("MadeOne", [key]), CreateModel("MadeTwo", [key, to_one])])
    before = ProjectState()
    # Built already, as in a migration after others.
    assert not list(before.apps.get_models())
    after = before.clone()
    step.state_forwards("trials", after)
    # Models that were built would have been built anew after each table.
    assert "apps" not in vars(after)
    made = {"trials_madeone", "trials_madetwo"}
    with connection.schema_editor() as editor:
        step.database_forwards("trials", editor, before, after)
    assert made <= set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        step.database_backwards("trials", editor, after, before)
    assert not made & set(connection.introspection.table_names())
