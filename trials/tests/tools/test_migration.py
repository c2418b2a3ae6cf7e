"""The first migration, folded: each table made at once, after those that it refers to."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RunSQL

from tools.migration import folded


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


def test_the_first_migration_is_folded():
    """Where this fails: `python -m tools.migration`."""
    steps = import_module("trials.migrations.0001_catalogue").Migration.operations
    assert {type(step) for step in steps} == {CreateModel}
