"""Which trials bear a name, kept and brought forward, held to the table of names after any edits."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.models import NameKind, Trial, TrialName
from trials.search import bearing
from trials.search.index import FacetIndex
from trials.search.live import Live
from trials.search.publishing import publish_all
from trials.tests.search.making import publish, trial

pytestmark = pytest.mark.django_db

KEYS = ["dexamethasone", "melphalan", "nobody"]
names = st.lists(st.sampled_from(["Melphalan", "Dexamethasone", "Other"]), max_size=2, unique=True)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two trials are many."""
    monkeypatch.setattr(bearing, "LEAST_KEPT", 2)


def give(made: Trial, held: list[str]) -> None:
    made.interventions.all().delete()
    for order, name in enumerate(held, 1):
        made.interventions.create(order=order, name=name)


def assert_right(index: FacetIndex) -> None:
    rows = TrialName.objects.filter(kind=NameKind.INTERVENTION, key__in=KEYS).values_list("key", "trial")
    found = index.bearers.of(NameKind.INTERVENTION, KEYS)
    assert {(key, pk) for key, ids in found.items() for pk in ids} == set(rows)


@settings(max_examples=8)
@given(st.lists(names, min_size=3, max_size=3), st.lists(st.tuples(st.integers(0, 2), names), max_size=5))
def test_after_any_edits_names_are_borne_by_whom_the_table_says_in_every_state(held, edits):
    trials = [trial(f"a{Trial.objects.count()}") for _ in held]
    for made, some in zip(trials, held, strict=True):
        give(made, some)
    publish_all()
    worker = Live()
    for number, some in edits:
        with worker.reading() as index:
            assert_right(index)
        give(trials[number], some)
        publish([trials[number].pk])
    with worker.reading() as index:
        assert_right(index)
        # What was kept is right, too, and not only what is read now.
        assert_right(index)


def test_names_that_most_bear_are_read_once(monkeypatch):
    for slug in "ab":
        give(trial(slug), ["Melphalan", f"Other {slug}"])
    publish_all()
    with Live().reading() as index:
        index.bearers.read_most()
        with CaptureQueriesContext(connection) as queries:
            assert len(index.bearers.of(NameKind.INTERVENTION, ["melphalan"])["melphalan"]) == 2
        assert list(queries) == []


def test_after_many_changed_trials_nothing_old_is_kept(monkeypatch):
    monkeypatch.setattr(bearing, "MOST_CHANGED", 1)
    made = [trial(slug) for slug in "abc"]
    for one in made:
        give(one, ["Melphalan"])
    publish_all()
    worker = Live()
    with worker.reading() as index:
        assert_right(index)
    for one in made[:2]:
        give(one, [])
        publish([one.pk])
        with worker.reading() as index:
            assert_right(index)
    assert len(index.bearers.changed) <= 1
