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


def test_it_leads_to_the_choices(client):
    term(CellType, "natural-killer")
    trial("nct1", cells=("natural-killer",), status="RECRUITING")
    html = page(client)
    assert '<a href="/trials/?cell_type=natural-killer">' in html
    assert '<a href="/trials/?status=recruiting">1 recruiting</a>' in html


def test_not_stated_is_no_way_in(client):
    trial("nct1", status="RECRUITING")
    assert "not-stated" not in page(client)


def test_of_many_values_eight_are_shown_with_the_way_to_all(client):
    made = trial("nct1", status="RECRUITING")
    for country in ("IT", "FR", "DE", "ES", "PT", "BE", "NL", "CH"):
        site(made, country)
    assert "/trials/facets/open_in/" not in page(client)
    site(made, "AT")
    html = page(client)
    assert html.count('<a href="/trials/?open_in=') == 8
    assert '<a href="/trials/facets/open_in/">Show all' in html


def test_what_is_new_and_what_changed_is_told_with_the_days_counted(client):
    made = trial("nct1", title="Cells <for> nerves", status="RECRUITING", first_posted="2024-03-01")
    made.registrations.create(order=1, document="record", fetched="2024-04-01", updated="2024-03-20")
    html = page(client)
    assert html.count('<a href="/trials/nct1/">Cells &lt;for&gt; nerves</a>') == 2
    assert "first posted 1 March 2024" in html
    assert "changed 20 March 2024" in html
    assert (
        "from 2 January 2024: the 90 days up to 1 April 2024, when the newest copy in this catalogue was made" in html
    )


def test_nothing_new_says_so(client):
    trial("nct1").registrations.create(order=1, document="record", fetched="2024-04-01")
    html = page(client)
    assert "No record held here says that it was first posted in these 90 days." in html
    assert "No record held here was changed by its registry in these 90 days." in html


def test_without_any_copy_there_is_no_news(client):
    trial("nct1")
    assert "Newly registered" not in page(client)
