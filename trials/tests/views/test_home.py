"""The start page as a visitor's browser gets it."""

from __future__ import annotations

import pytest

from trials.models import CellType
from trials.search.publishing import publish_all
from trials.tests.search.making import site, term, trial

pytestmark = pytest.mark.django_db


def page(client):
    publish_all()
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_each_way_in_says_how_many_trials_there_are_and_how_many_recruit(client):
    term(CellType, "natural-killer")
    for slug, status in (("nct1", "RECRUITING"), ("nct2", "NOT_YET_RECRUITING")):
        site(trial(slug, cells=("natural-killer",), status=status), "IT", status="RECRUITING")
    html = page(client)
    for value in ("cell_type=natural-killer", "country=it"):
        assert f'<a class="way-list__value" href="/trials/?{value}">' in html
    # A site that is marked as recruiting makes no trial of it that recruits.
    for both in ("status=recruiting&amp;cell_type=natural-killer", "status=recruiting&amp;open_in=it"):
        assert f'<a class="way-list__open" href="/trials/?{both}">1<' in html
    assert '<a class="button button--quiet" href="/trials/?status=recruiting">1 recruiting</a>' in html


def test_not_stated_is_no_way_in(client):
    trial("nct1", status="RECRUITING")
    assert "not-stated" not in page(client)


def test_of_many_values_eight_are_shown_with_the_way_to_all(client):
    made = trial("nct1")
    for country in ("IT", "FR", "DE", "ES", "PT", "BE", "NL", "CH"):
        site(made, country)
    assert "/trials/facets/country/" not in page(client)
    site(made, "AT")
    html = page(client)
    assert html.count('href="/trials/?country=') == 8
    assert html.count("none recruiting") == 8
    assert '<a href="/trials/facets/country/">Show all' in html


def test_what_the_catalogue_holds_and_how_fresh_it_is_stands_in_a_sentence(client):
    for slug, registry, fetched in (("a", "CTGOV", "2024-04-01"), ("b", "CTGOV", "2024"), ("c", "CTIS", "2023-01")):
        trial(slug).registrations.create(order=1, registry=registry, number=slug, document="record", fetched=fetched)
    text = " ".join(page(client).split())
    assert (
        "The catalogue holds 3 trials with living cells, under the numbers of ClinicalTrials.gov (2) and EU CTIS (1). "
        "Its newest copies of their records are of 1 April 2024, its oldest of January 2023;" in text
    )


def test_what_is_new_and_what_changed_is_told_with_the_days_counted(client):
    made = trial("nct1", title="Cells <for> nerves", status="RECRUITING", first_posted="2024-03-01")
    made.registrations.create(order=1, document="record", fetched="2024-04-01", updated="2024-03-20")
    html = page(client)
    assert html.count('<a href="/trials/nct1/">Cells &lt;for&gt; nerves</a>') == 2
    assert "first posted 1 March 2024" in html
    assert "changed 20 March 2024" in html
    assert "up to 1 April 2024, when the newest copy in this catalogue was made, from 1 March 2024 on" in html


def test_nothing_new_says_so(client):
    trial("nct1", first_posted="2020").registrations.create(order=1, document="record", fetched="2024-04-01")
    html = page(client)
    assert "No record held here says that it was first posted in this month. The latest before it:" in html
    assert "first posted 2020" in html
    assert "No record held here was changed by its registry in this month." in html


def test_without_any_copy_there_is_no_news(client):
    trial("nct1")
    assert "New in the last month" not in page(client)
