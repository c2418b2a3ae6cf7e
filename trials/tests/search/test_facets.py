"""Adding a facet means adding an entry to FACETS: everything else follows."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import QueryDict

from trials import models
from trials.models import choices
from trials.search import facets, plain, saved
from trials.search.browse import answer
from trials.search.declaring import Facet, Source
from trials.search.filters import read_question
from trials.search.live import live
from trials.search.publishing import publish_all
from trials.search.values import from_choices
from trials.tests.search.making import term, trial

pytestmark = pytest.mark.django_db

ALLOCATION = Facet(
    key="allocation",
    label="Allocation of arms",
    phrase="allocation {}",
    missing_phrase="without a stated allocation",
    sources=(Source(models.Trial, ("allocation",), trial="pk"),),
    values=lambda: from_choices(choices.Allocation),
)


@pytest.fixture
def added(tmp_path, monkeypatch):
    """A release with one more facet, on three trials."""
    trial("drawn", allocation="RANDOMIZED", status="RECRUITING")
    trial("chosen", allocation="NON_RANDOMIZED")
    trial("silent")
    publish_all()
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(facets, "FACETS", (*facets.FACETS, ALLOCATION))
    live.forget()
    yield
    live.forget()


def test_it_counts_and_narrows(added):
    results = answer(QueryDict("allocation=randomized&allocation=not-stated"))
    assert [card.title for card in results.cards] == ["Trial drawn", "Trial silent"]
    counts = {choice.slug: choice.count for choice in results.facet("allocation").choices}
    assert counts == {"randomized": 1, "non-randomized": 1, "not-stated": 1}
    assert {choice.slug: choice.count for choice in results.facet("status").choices} == {
        "recruiting": 1,
        "not-stated": 1,
    }


def test_it_is_said_in_the_title_and_in_the_chips(added):
    results = answer(QueryDict("allocation=randomized&allocation=not-stated"))
    assert results.title == "Trials: allocation Randomized or without a stated allocation"
    assert [chip.label for chip in results.chips] == [
        "Allocation of arms: Randomized",
        "Allocation of arms: not stated or not kept",
    ]
    assert results.chips[0].url == "/trials/?allocation=not-stated"


def test_it_is_read_from_the_address_and_written_to_it(added):
    with live.reading() as index:
        query = QueryDict("allocation=randomized&allocation=by-lot")
        question, remarks = read_question(query, index.values, lambda: index.gazetteer)
    assert question.parameters() == [("allocation", "randomized")]
    assert [remark.why for remark in remarks] == ["is no allocation of arms of this catalogue"]


def test_it_is_on_the_page_and_has_one_of_its_own(added, client):
    page = client.get("/trials/").content.decode()
    assert "Allocation of arms" in page
    assert 'href="/trials/?allocation=randomized' in page
    assert "Randomized" in client.get("/trials/facets/allocation/").content.decode()


def test_the_plain_way_has_it_too(added):
    with live.reading() as index:
        question, _ = read_question(QueryDict("allocation=randomized"), index.values, lambda: index.gazetteer)
        counts = plain.answer(question, index.values).counts["allocation"]
    assert counts == {"randomized": 1, "non-randomized": 1, "not-stated": 1}


def test_it_is_in_the_saved_index_and_one_without_it_is_not_used(added, monkeypatch):
    with live.reading() as index:
        saved.save(index)
        again = saved.load(index.state)
        assert again is not None
        assert again.counts["allocation"] == {"randomized": 1, "non-randomized": 1, "not-stated": 1}
        monkeypatch.setattr(facets, "FACETS", facets.FACETS[:-1])
        assert saved.load(index.state) is None


def test_the_keys_of_facets_differ_and_name_no_other_parameter():
    keys = [facet.key for facet in facets.FACETS]
    others = ["q", "age", "start_from", "start_to", "enrolment_from", "enrolment_to", "near", "within", "sort", "page"]
    assert len({*keys, *others, "find"}) == len(keys) + len(others) + 1


@pytest.fixture
def dosed():
    """Three doses per kg, one of them a range, a larger flat one, and none; two routes into a place."""
    systemic, local = term(models.Route, "systemic"), term(models.Route, "local")
    vein, knee = term(models.Route, "intravenous", systemic), term(models.Route, "intraarticular", local)
    for slug, basis, low, high, route in (
        ("small", "PER_KG", 1_000_000, None, vein),
        ("range", "PER_KG", 500_000, 3_000_000, knee),
        ("middle", "PER_KG", 2_000_000, None, local),
        ("flat", "FLAT", 900_000_000, None, vein),
        ("silent", "", None, None, None),
    ):
        trial(slug).doses.create(order=1, basis=basis, amount_low=low, amount_high=high, route=route)
    publish_all()


def titles(query):
    return [card.title.removeprefix("Trial ") for card in answer(QueryDict(query)).cards]


def test_routes_are_local_or_systemic(dosed):
    assert sorted(titles("delivery=local")) == ["middle", "range"]
    assert sorted(titles("delivery=systemic")) == ["flat", "small"]
    assert titles("delivery=not-stated") == ["silent"]


def test_another_route_is_neither_local_nor_systemic(dosed):
    other = trial("elsewhere")
    other.doses.create(order=1, route=term(models.Route, "other"))
    publish_all()
    group = next(group for group in answer(QueryDict("")).facets if group.key == "delivery")
    assert {choice.slug for choice in group.choices} == {"systemic", "local", "not-stated"}
    assert sorted(titles("delivery=not-stated")) == ["elsewhere", "silent"]


def test_doses_are_found_by_what_they_are_counted_per(dosed):
    counts = {choice.slug: choice.count for choice in answer(QueryDict("")).facet("dose").choices}
    assert counts == {"flat": 1, "per-kg": 3, "not-stated": 1}


def test_doses_sort_within_one_basis_and_others_come_last(dosed):
    assert titles("sort=dose") == ["range", "middle", "small", "flat", "silent"]
    assert titles("sort=dose&dose=flat&dose=per-kg") == ["flat", "small", "range", "middle"]
    assert titles("sort=dose&dose=per-kg") == ["range", "middle", "small"]
