"""The rows that card, words and names are made from."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.models import Trial
from trials.search.rows import read
from trials.tests.search.text.test_documents import full

pytestmark = pytest.mark.django_db


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
