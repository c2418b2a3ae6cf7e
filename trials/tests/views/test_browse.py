"""The browse page as a visitor's browser gets it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trials.models import Area, Condition
from trials.search.facets import FACETS
from trials.search.publishing import publish_all
from trials.tests.search.making import term, trial

pytestmark = pytest.mark.django_db


def page(client: Client, query: str = "") -> str:
    publish_all()
    response = client.get(f"/trials/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_works(client):
    trial("nct1", title="Cells for nerves", status="RECRUITING")
    html = page(client)
    assert "<h1>All cell-therapy trials</h1>" in html
    assert '<a href="/trials/nct1/">Cells for nerves</a>' in html
    assert "Recruiting" in html


def test_public_pages_set_no_cookie(client):
    for address in ("/", "/trials/", "/trials/?status=recruiting&q=x", "/nowhere/"):
        assert not client.get(address).cookies


def test_text_from_a_record_is_escaped(client):
    trial("nct1", title="<script>alert(1)</script> & more")
    html = page(client, "q=%3Cscript%3E")
    assert "<script>" not in html
    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp; more" in html


def test_what_was_not_used_is_named(client):
    html = page(client, "colour=red&phase=9")
    assert "<code>colour</code> “red”: is not something that this page can ask for." in html
    assert "<code>phase</code> “9”: is no phase of this catalogue." in html


def test_an_empty_answer_says_how_many_there_are_without_each_choice(client):
    trial("nct1", phase="PHASE1", status="COMPLETED")
    trial("nct2", phase="PHASE1", status="COMPLETED")
    trial("nct3", phase="PHASE1", status="RECRUITING")
    html = page(client, "phase=2&status=completed")
    assert "No trial matches all of this." in html
    # Without the phase two are found, without the status still none.
    assert '<a href="/trials/?status=completed" rel="nofollow">without Phase: Phase 2</a>: 2 trials' in html
    assert "without Status" not in html


def test_where_two_choices_stand_in_the_way_the_pairs_are_offered(client):
    trial("nct1", title="Cells", phase="PHASE1", status="COMPLETED")
    html = page(client, "q=cells&phase=2&status=recruiting")
    assert "More than one choice stands in the way." in html
    assert (
        '<a href="/trials/?q=cells" rel="nofollow">without Status: Recruiting and Phase: Phase 2</a>: 1 trial' in html
    )


def test_a_word_that_no_trial_has_is_the_one_to_drop(client):
    trial("nct1", phase="PHASE1")
    assert '<a href="/trials/?phase=1" rel="nofollow">without “nothing”</a>: 1 trial' in page(
        client, "phase=1&q=nothing"
    )


def test_the_table_has_the_columns_that_are_chosen_and_every_link_keeps_them(client):
    trial("nct1", title="Cells for nerves", phase="PHASE1", sex="ALL", min_age_value=18, min_age_unit="YEARS")
    html = page(client, "view=table&columns=ages&columns=phase")
    heads = '<tr><th scope="col">Trial</th><th scope="col">Phase</th><th scope="col">Ages</th></tr>'
    assert heads in html
    assert "18 years and older, all sexes" in html
    assert 'href="/trials/?phase=1&amp;view=table&amp;columns=phase&amp;columns=ages#narrow"' in html
    assert '<input type="hidden" form="site-search" name="columns" value="ages">' in html
    assert '<a id="view-1" href="/trials/" rel="nofollow">Cards</a>' in html


def test_a_table_without_chosen_columns_has_the_usual_ones_and_unknown_ones_are_named(client):
    trial("nct1")
    html = page(client, "view=table&columns=colour")
    assert html.count('<th scope="col">') == 7
    assert "<code>columns</code> “colour”: is no column; there are status, phase," in html
    assert "<code>view</code> “map”: is no view; there are cards and table." in page(client, "view=map")


def test_no_two_things_of_a_page_bear_one_id(client):
    lupus, skin = term(Condition, "lupus"), term(Area, "skin")
    lupus.areas.set([skin, term(Area, "immunity")])
    # Under both areas, without an area, and without a condition.
    for slug, conditions in (("nct1", ("lupus",)), ("nct2", ("fatigue",)), ("nct3", ())):
        trial(slug, conditions=conditions)
    ids = re.findall(r' id="([^"]+)"', page(client, "condition=lupus&condition=not-stated&area=not-stated"))
    assert {"area.skin.lupus", "area.not-stated", "condition.not-stated"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_status_that_time_has_overtaken_is_warned_of_and_stays_as_it_is(client):
    trial("nct1", status="RECRUITING", status_verified="2020-05", completion_date="2021")
    html = page(client)
    assert (
        '<span class="badge badge--open">Recruiting</span> <span class="status__when">verified May 2020</span>' in html
    )
    assert "not confirmed for over two years; stated completion, 2021, has passed" in html


def test_an_empty_catalogue_says_so(client):
    assert "holds no published trial yet" in page(client)
    assert "holds no published trial yet" in client.get("/").content.decode()


def test_a_registry_number_alone_leads_to_its_trial(client):
    made = trial("nct1")
    made.registrations.create(order=1, registry="CTGOV", number="NCT00000001", document="record")
    publish_all()
    assert client.get("/trials/?q=nct+00000001&phase=").headers["Location"] == "/trials/nct1/"
    assert client.get("/trials/?q=nct00000001&phase=1").status_code == 200


def test_search_engines_are_kept_from_the_combinations_of_choices(client):
    assert "Disallow: /trials/?\n" in client.get("/robots.txt").content.decode()


def test_only_reading_is_allowed(client):
    assert client.post("/trials/").status_code == 405
    assert client.head("/trials/").status_code == 200


ODD = [
    "page=1000000000000000000000",
    "page=-1&page=x",
    "&".join(f"status=x{number}" for number in range(2000)),
    "&".join(f"p{number}=1" for number in range(2000)),
    "q=%00%01%ff%fe",
    "q=%22unbalanced",
    "q=%27%3B+DROP+TABLE+trials_trial%3B--",
    "q=NEAR(a+b)+AND+*+OR+-",
    "q=" + "a" * 3000,
    "q=%F0%9F%92%89%E2%80%AE",
    "=&&;&=x",
    "status[]=recruiting&status[$ne]=1",
    "age=99999999999&start_from=0000-00-00&start_to=9999-99",
    "sort=-pk&sort=title",
    "start_from=2024&start_to=2020",
    "q=%25%25%25&condition=%25",
    "condition=" + "x" * 3000,
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_no_odd_query_string_is_an_error(client, query):
    trial("nct1", phase="PHASE1")
    assert client.get(f"/trials/?{query}").status_code == 200


def test_more_parameters_than_django_reads_are_refused_with_a_page_of_ours(client):
    publish_all()
    response = client.get("/trials/?" + "a&" * 30_000)
    assert response.status_code == 400
    assert "This request cannot be read" in response.content.decode()


NAMES = st.sampled_from([*(facet.key for facet in FACETS), "q", "age", "start_from", "start_to", "sort", "page"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pairs=st.lists(st.tuples(NAMES | st.text(max_size=8), st.text(max_size=20)), max_size=8))
def test_no_query_string_whatever_is_an_error(client, pairs):
    query = urlencode(pairs, encoding="utf-8", errors="surrogatepass")
    assert client.get(f"/trials/?{query}").status_code == 200


def test_which_doses_are_compared_is_told_and_is_no_fault(client):
    html = page(client, "sort=dose&colour=red")
    assert "Sorted by the largest dose in cells per kg body weight" in html
    assert html.count("Part of the address was not used") == 1
    assert "Part of the address was not used" not in page(client, "sort=dose")
