"""The rows that card, words and names are made from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.models import Trial
from trials.records import PartialDate
from trials.search.rows import Rows, handed, name_organisations, read
from trials.tests.search.making import term
from trials.tests.search.text.test_documents import full

pytestmark = pytest.mark.django_db

LISTS: tuple[Any, ...] = (
    models.Registration,
    models.Identifier,
    models.TrialCondition,
    models.Intervention,
    models.CellProduct,
    models.Arm,
    models.Dose,
    models.Sponsorship,
    models.Site,
    models.Criterion,
    models.Absence,
)


def test_a_trial_that_is_gone_has_no_rows():
    assert read(Trial.objects.filter(pk=4711)) == {}


def test_as_many_queries_for_many_trials_as_for_one():
    first = full()
    with CaptureQueriesContext(connection) as one:
        read(Trial.objects.filter(pk=first.pk))
    others = [full(f"nct0000000{number}").pk for number in range(5)]
    with CaptureQueriesContext(connection) as many:
        assert sorted(read(Trial.objects.filter(pk__in=others))) == others
    assert len(one) == len(many) == 16


def from_columns(made: Trial) -> Rows:
    """The rows of a trial as they would be handed over: plain columns, dates as text."""

    def plain(rows: Any) -> list[dict[str, Any]]:
        return [{name: str(v) if isinstance(v, PartialDate) else v for name, v in row.items()} for row in rows.values()]

    lists = {model: plain(model.objects.filter(trial=made).order_by("order")) for model in LISTS}
    for product in lists[models.CellProduct]:
        held = models.CellProduct.objects.get(pk=product["id"])
        product["cell_types"] = list(held.cell_types.values_list("pk", flat=True))
    [trial] = plain(Trial.objects.filter(pk=made.pk))
    rows = handed(trial, lists)
    name_organisations([rows])
    return rows


def test_rows_that_are_handed_over_are_those_that_are_read():
    made = full()
    Trial.objects.filter(pk=made.pk).update(
        start_date="2024-05", last_update_posted="2025-01-31", our_wording=["title"]
    )
    made.registrations.update(updated="2025")
    product = made.products.get()
    product.cell_types.set([term(models.CellType, "b-cells", order=2), term(models.CellType, "a-cells", order=3)])
    made.doses.create(order=1, product=product, amount_low="1500000", basis="PER_KG", route=term(models.Route, "vein"))
    made.absences.create(order=1, field="sites", reason="NOT_KEPT")
    assert from_columns(made) == read(Trial.objects.filter(pk=made.pk))[made.pk]


def test_what_is_not_handed_over_has_its_default():
    made = Trial.objects.create(slug="a", title="Cells")
    assert handed({"id": made.pk, "slug": "a", "title": "Cells"}, {}) == read(Trial.objects.all())[made.pk]
