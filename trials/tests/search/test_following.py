"""A worker follows what is published, withdrawn and deleted, and vocabularies that change."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import transaction
from django.http import QueryDict

from trials.models import Card, CellType, Condition, Trial
from trials.models.choices import State
from trials.search.browse import browse
from trials.search.filters import read_question
from trials.search.live import Live
from trials.search.publishing import publish_all
from trials.tests.search.following import edit, found
from trials.tests.search.making import publish, term, trial

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def test_many_titles_that_change_at_once_stand_where_they_belong(monkeypatch):
    monkeypatch.setattr("trials.search.sorting.MOST_PLACED", 3)
    ids = [trial(f"a{number}", title=f"Title {number}").pk for number in range(8)]
    publish_all()
    worker = Live()
    assert found(worker, "sort=title") == [f"Title {number}" for number in range(8)]
    with transaction.atomic():
        for number, pk in enumerate(ids[:5]):
            Trial.objects.filter(pk=pk).update(title=f"New {9 - number}")
        publish(ids[:5])
    expected = [*(f"New {number}" for number in range(5, 10)), *(f"Title {number}" for number in range(5, 8))]
    assert found(worker, "sort=title") == expected


def test_a_card_that_the_log_never_told_of_keeps_no_title_from_its_place():
    """A trial taken from the public and given back by hand, past `publish`."""
    first, other = trial("a", title="A").pk, trial("b", title="B").pk
    trial("d", title="D")
    publish_all()
    Trial.objects.filter(pk=first).update(state=State.DRAFT)
    worker = Live()
    with worker.reading() as index:
        assert len(index.public) == 2
    Trial.objects.filter(pk=first).update(state=State.PUBLISHED)
    edit(other, title="Aa")
    with worker.reading() as index:
        assert index.orders["title"].ids[0] == other
        assert len(index.orders["title"].ids) == 2


def test_a_draft_is_published_and_withdrawn():
    pk = trial("a", status="RECRUITING", state=State.DRAFT).pk
    publish_all()
    worker = Live()
    assert found(worker) == []
    edit(pk, state=State.PUBLISHED)
    assert found(worker) == found(worker, "sort=title") == ["Trial a"]
    edit(pk, state=State.DRAFT)
    assert found(worker) == found(worker, "sort=title") == []
    assert Card.objects.count() == 0


def test_a_deleted_trial_is_gone():
    made, kept = trial("a", status="RECRUITING"), trial("b", status="RECRUITING")
    publish_all()
    worker = Live()
    assert found(worker) == ["Trial a", "Trial b"]
    with transaction.atomic():
        pk = made.pk
        made.delete()
        publish([pk])
    assert found(worker) == ["Trial b"]
    edit(kept.pk)
    assert found(worker) == ["Trial b"]


def counts(worker: Live, key: str) -> dict[str, int]:
    with worker.reading() as index:
        return {slug: count for slug, count in index.counts[key].items() if count}


@pytest.fixture
def lupus(db):
    return term(Condition, "lupus")


def test_a_term_that_is_added_is_a_value_at_once(lupus):
    publish_all()
    worker = Live()
    counts(worker, "condition")
    term(Condition, "stroke")
    pk = trial("a", conditions=("stroke",)).pk
    edit(pk, terms=True)
    assert counts(worker, "condition") == {"stroke": 1}
    assert found(worker, "condition=stroke") == ["Trial a"]


def test_a_term_that_is_renamed_has_its_new_name_on_cards_and_choices():
    cell = term(CellType, "msc")
    trial("a", cells=("msc",))
    publish_all()
    worker = Live()
    found(worker, "")
    CellType.objects.filter(pk=cell.pk).update(label="Stromal cell", slug="stromal")
    with transaction.atomic():
        publish((), terms=True)
    assert counts(worker, "cell_type") == {"stromal": 1}
    with worker.reading() as index:
        question, _ = read_question(QueryDict("cell_type=stromal"), index.values, lambda: index.gazetteer)
        results = browse(question, index)
    assert results.title == "Trials: with Stromal cell"
    assert [line.cells for line in results.cards[0].products] == ["Stromal cell"]


def test_a_term_that_moves_takes_its_trials_from_the_one_to_the_other(lupus):
    old, new = term(Condition, "old"), term(Condition, "new")
    Condition.objects.filter(pk=lupus.pk).update(parent=old)
    trial("a", conditions=("lupus",))
    publish_all()
    worker = Live()
    assert counts(worker, "condition") == {"lupus": 1, "old": 1}
    Condition.objects.filter(pk=lupus.pk).update(parent=new)
    with transaction.atomic():
        publish((), terms=True)
    assert counts(worker, "condition") == {"lupus": 1, "new": 1}


def test_a_term_that_is_deleted_leaves_its_trials_unmapped(lupus):
    made = trial("a", conditions=("lupus",))
    publish_all()
    worker = Live()
    counts(worker, "condition")
    with transaction.atomic():
        made.conditions.update(condition=None)
        lupus.delete()
        publish([made.pk], terms=True)
    assert counts(worker, "condition") == {"not-stated": 1}
    with worker.reading() as index:
        assert "lupus" not in index.values["condition"].values


def test_terms_in_a_circle_are_counted_once():
    one, other = term(Condition, "one"), term(Condition, "other")
    trial("a", conditions=("one",))
    Condition.objects.filter(pk=one.pk).update(parent=other)
    Condition.objects.filter(pk=other.pk).update(parent=one)
    publish_all()
    assert counts(Live(), "condition") == {"one": 1, "other": 1}


def test_a_worker_that_followed_knows_the_same_flags_as_a_new_one():
    made = trial("a")
    publish_all()
    worker = Live()
    counts(worker, "flag")
    flag = made.flags.create(order=1, rule="age-gap", sentence="…")
    edit(made.pk)
    assert counts(worker, "flag") == {"age-gap": 1}
    flag.dismissed = "is right"
    flag.save()
    edit(made.pk)
    for each in (worker, Live()):
        with each.reading() as index:
            assert list(index.values["flag"].values) == []
