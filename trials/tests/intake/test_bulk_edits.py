"""One edit of many trials: as one of each, without the cost of one."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.intake.bulk_edits import accept_facts, add_condition, open_facts
from trials.models import CellProduct, Condition, Moment, TrialCondition
from trials.search.publishing import publishing
from trials.tests.admin.making import superuser, trial

pytestmark = pytest.mark.django_db


def read(slug: str, **values):
    of = trial(slug)
    CellProduct.objects.create(trial=of, order=1, name="Cells", origin="TEXT", **values)
    return of.pk


def test_each_trial_more_costs_few_queries_and_has_a_moment_of_its_own():
    editor, term = superuser(), Condition.objects.create(slug="als", label="ALS")
    trials = [read(f"nct{at}") for at in range(12)]

    def queries(some, edit):
        with CaptureQueriesContext(connection) as asked, publishing():
            edit(some)
        return len(asked)

    for edit in (lambda some: add_condition(some, term, editor), lambda some: accept_facts(some, editor)):
        few, many = queries(trials[:2], edit), queries(trials[2:], edit)
        # One look at all that a trial has is more.
        assert (many - few) / 8 < 40
    assert TrialCondition.objects.count() == len(trials)
    assert not CellProduct.objects.filter(reviewed_by=None).exists()
    for number in trials:
        kept = Moment.objects.filter(trial=number, by=editor)
        assert [one.edits.get().name for one in kept.order_by("pk")] == ["conditions", "products"]


def test_what_a_colleague_reviewed_is_neither_offered_nor_taken_over():
    # The day may be unknown.
    colleague = get_user_model().objects.create_user("colleague")
    number = read("nct1", reviewed_by=colleague)
    assert list(open_facts([number])) == []
    accept_facts([number], superuser())
    assert CellProduct.objects.get().reviewed_by == colleague
