"""The page with the whole list of a facet."""

from __future__ import annotations

import pytest

from trials.models import Area, Condition
from trials.search.facets import FACETS
from trials.search.publishing import publish_all
from trials.tests.search.making import term, trial

pytestmark = pytest.mark.django_db


def page(client, address):
    publish_all()
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def stroke():
    """Two trials on stroke, one of which recruits, and one on lupus."""
    term(Condition, "stroke")
    term(Condition, "lupus")
    trial("nct1", conditions=("stroke",), status="RECRUITING")
    trial("nct2", conditions=("stroke",), status="COMPLETED")
    trial("nct3", conditions=("lupus",), status="COMPLETED")


def counts(html):
    """What the list shows: label -> count."""
    found = {}
    for part in html.split('class="facet__label">')[1:]:
        label, rest = part.split("</span>", 1)
        found[label.split("<")[0]] = int(rest.split('class="facet__count">', 1)[1].split("<", 1)[0])
    return found


def test_it_counts_for_the_question_and_leads_back_to_it_with_the_value_chosen(client, stroke):
    html = page(client, "/trials/facets/condition/?status=completed")
    assert counts(html) == {"Lupus": 1, "Stroke": 1}
    assert 'href="/trials/?status=completed&amp;condition=stroke"' in html
    assert "Counted for: <strong>Trials: status completed</strong>" in html
    assert 'href="/trials/?status=completed">Back to 2 trials</a>' in html


def test_its_own_choices_do_not_narrow_it_and_can_be_taken_away(client, stroke):
    html = page(client, "/trials/facets/condition/?condition=lupus")
    assert counts(html) == {"Stroke": 2, "Lupus": 1}
    assert 'href="/trials/" rel="nofollow" data-chosen' in html


def test_a_value_is_found_and_the_question_stays(client, stroke):
    html = page(client, "/trials/facets/condition/?status=completed&find=STRO")
    assert counts(html) == {"Stroke": 1}
    assert '<input type="hidden" name="status" value="completed">' in html
    assert 'href="/trials/facets/condition/?status=completed">Show all 2</a>' in html
    assert "was not used" not in html


def test_a_value_is_found_by_another_name_of_it(client, stroke):
    Condition.objects.filter(slug="stroke").update(synonyms=["Cerebral infarction"])
    html = page(client, "/trials/facets/condition/?find=infarction")
    assert counts(html) == {"Stroke ": 2}
    assert '<span class="facet__also">also Cerebral infarction</span>' in html


def test_a_long_list_has_pages_that_keep_the_question(client, monkeypatch):
    monkeypatch.setattr("trials.search.facet_list.PER_PAGE", 2)
    for number in range(5):
        term(Condition, f"c{number}")
        trial(f"nct{number}", conditions=(f"c{number}",), status="RECRUITING")
    html = page(client, "/trials/facets/condition/?status=recruiting&page=2")
    assert list(counts(html)) == ["C2", "C3"]
    assert "Values 3 to 4 of 5." in html
    assert 'href="/trials/facets/condition/?status=recruiting&amp;page=3" rel="nofollow">' in html


@pytest.fixture
def areas(stroke):
    """Stroke is of brain and vessels, lupus of none; one more trial is known by its area alone."""
    for label in ("brain", "vessels"):
        Condition.objects.get(slug="stroke").areas.add(term(Area, label))
    trial("nct4", status="RECRUITING").areas.create(order=1, wording="Brain", area=Area.objects.get(slug="brain"))


def lines(html):
    """Labels with their counts in the order of the page."""
    return [
        (part.split("<")[0], int(part.split('class="facet__count">', 1)[1].split("<", 1)[0]))
        for part in html.split('class="facet__label">')[1:]
    ]


def test_conditions_stand_under_their_areas(client, areas):
    html = page(client, "/trials/facets/condition/")
    assert "<h1>Disease area and condition: the whole list</h1>" in html
    assert lines(html) == [
        ("Brain", 3),
        ("Stroke", 2),
        ("Vessels", 2),
        ("Stroke", 2),
        ("Area not known", 1),
        ("Lupus", 1),
        ("Not mapped to a term", 1),
    ]
    assert 'href="/trials/?area=brain"' in html
    assert 'href="/trials/?condition=stroke"' in html


def test_every_count_of_the_tree_is_that_of_the_page_it_leads_to(client, areas):
    html = page(client, "/trials/facets/condition/?status=completed")
    assert lines(html) == [
        ("Brain", 1),
        ("Stroke", 1),
        ("Vessels", 1),
        ("Stroke", 1),
        ("Area not known", 1),
        ("Lupus", 1),
    ]
    for address in ("area=brain", "area=vessels", "area=not-stated", "condition=stroke", "condition=lupus"):
        found = client.get(f"/trials/?status=completed&{address}").context["results"]
        assert found.total == 1, address


def test_an_area_is_found_in_the_list_of_conditions(client, areas):
    html = page(client, "/trials/facets/condition/?find=vessel")
    assert lines(html) == [("Vessels", 2), ("Stroke", 2)]
    assert "in one of their names: 2." in html
    assert ">Show all 6</a>" in html


def test_an_area_is_repeated_where_a_page_begins_within_it(client, areas, monkeypatch):
    monkeypatch.setattr("trials.search.facet_list.PER_PAGE", 3)
    html = page(client, "/trials/facets/condition/?page=2")
    assert lines(html) == [("Vessels", 2), ("Stroke", 2), ("Area not known", 1), ("Lupus", 1)]
    assert "Lines 4 to 6 of 7." in html


def test_the_areas_alone_have_their_list_too(client, areas):
    html = page(client, "/trials/facets/area/")
    assert "<h1>Disease area: the whole list</h1>" in html
    assert lines(html) == [("Brain", 3), ("Vessels", 2), ("Area not known", 1)]


def test_nothing_found_says_so_and_leads_to_all(client, stroke):
    html = page(client, "/trials/facets/condition/?find=%3Cb%3E%00zzz")
    assert "None of the 2 values here holds “&lt;b&gt; zzz”." in html
    assert counts(html) == {}


def test_a_question_that_nothing_matches(client, stroke):
    html = page(client, "/trials/facets/condition/?q=zzz")
    assert "No trial matches the rest of this question" in html
    assert "Back to 0 trials" in html


def test_an_empty_catalogue(client):
    assert "holds no published trial yet" in page(client, "/trials/facets/country/")


@pytest.mark.parametrize("key", ["history", "Condition", "conditions", "x" * 300])
def test_a_list_that_there_is_not_is_a_page_that_there_is_not(client, key):
    assert client.get(f"/trials/facets/{key}/").status_code == 404


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.key)
def test_every_facet_has_its_list(client, facet):
    trial("nct1", status="RECRUITING", phase="PHASE1")
    assert f"<h1>{facet.label}: the whole list</h1>" in page(client, f"/trials/facets/{facet.key}/")


def test_what_was_not_used_is_named(client, stroke):
    html = page(client, "/trials/facets/condition/?colour=red&phase=9&page=7")
    assert "<code>colour</code> “red”: is not something that this page can ask for." in html
    assert "<code>phase</code> “9”: is no phase of this catalogue." in html
    assert "<code>page</code>" not in html


def test_a_long_facet_is_cut_on_the_browse_page(client):
    for number in range(16):
        term(Condition, f"c{number:02}")
        trial(f"nct{number}", conditions=(f"c{number:02}",), status="RECRUITING")
    html = page(client, "/trials/?status=recruiting&condition=c15")
    assert 'href="/trials/facets/condition/?status=recruiting&amp;condition=c15" rel="nofollow">Show all 16<' in html
    shown = [label for label in counts(html) if label.startswith("C")]
    assert [*(f"C{number:02}" for number in range(10)), "C15"] == [label for label in shown if label[1:].isdigit()]


def test_search_engines_are_kept_from_the_lists(client):
    assert "Disallow: /trials/facets/\n" in client.get("/robots.txt").content.decode()
