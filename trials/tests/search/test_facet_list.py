"""The whole list of a facet in pages, and what is found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.search import facet_list as module
from trials.search import groups
from trials.search.facet_list import FacetList, facet_list
from trials.search.grouping import Counted, grouped
from trials.search.groups import Choice, walk
from trials.search.question import Question
from trials.search.values import Value, value_set
from trials.tests.search.test_grouping import AREAS, DISEASES, WITHIN, area, pair, trees
from trials.tests.search.test_groups import counts_of, facet, many, outline, value, values_of


def listed(*drawn, wanted="", page=1, missing=0, of=None, question=None) -> FacetList:
    counts = counts_of(*drawn) | {"not-stated": missing}
    return facet_list(of or facet(), question or Question(), values_of(*drawn), counts, wanted, page)


@pytest.fixture
def three_a_page(monkeypatch):
    monkeypatch.setattr(module, "PER_PAGE", 3)


def test_a_list_that_fits_has_no_pages():
    shown = listed(*many(5), missing=1)
    assert outline(shown.choices) == "A1 A2 A3 A4 A5 Not stated or not kept"
    assert (shown.value_count, shown.found_count, shown.first, shown.last, shown.pages) == (6, 6, 1, 6, ())


@pytest.mark.usefixtures("three_a_page")
def test_every_value_is_on_one_page_and_the_last_holds_not_stated():
    pages = [listed(*many(7), missing=1, page=number) for number in (1, 2, 3)]
    assert [outline(shown.choices) for shown in pages] == ["A1 A2 A3", "A4 A5 A6", "A7 Not stated or not kept"]
    assert [(shown.first, shown.last) for shown in pages] == [(1, 3), (4, 6), (7, 8)]


@pytest.mark.usefixtures("three_a_page")
def test_a_page_past_the_end_is_the_last():
    assert outline(listed(*many(4), page=10**9).choices) == "A4"


@pytest.mark.usefixtures("three_a_page")
def test_links_to_pages_keep_the_question_and_what_is_looked_for():
    shown = listed(*many(7), wanted="a", question=Question(q="cells", page=9))
    assert [(link.label, link.url, link.is_current) for link in shown.pages] == [
        ("1", "/trials/facets/condition/?q=cells&find=a", True),
        ("2", "/trials/facets/condition/?q=cells&find=a&page=2", False),
        ("3", "/trials/facets/condition/?q=cells&find=a&page=3", False),
    ]


@pytest.mark.usefixtures("three_a_page")
def test_a_page_that_begins_within_a_tree_shows_what_its_values_stand_under():
    kidney = value("Kidney", 9, value("Nephrosis", 5, value("Steroid-dependent", 2)), value("Stones", 1))
    assert outline(listed(kidney).choices) == "Kidney(Nephrosis(Steroid-dependent))"
    assert outline(listed(kidney, page=2).choices) == "Kidney(Stones)"


@pytest.mark.usefixtures("three_a_page")
def test_pages_are_in_the_order_of_counts_where_the_facet_is():
    rising = [value(f"B{number}", number) for number in range(1, 6)]
    of = facet(by_count=True)
    assert [outline(listed(*rising, of=of, page=page).choices) for page in (1, 2)] == ["B5 B4 B3", "B2 B1"]


def test_only_the_choices_of_a_page_are_made(monkeypatch):
    made: list[str] = []

    def choice(slug, *arguments):
        made.append(slug)
        return Choice(slug, *arguments)

    monkeypatch.setattr(groups, "Choice", choice)
    listed(*many(950), page=2)
    assert made == [f"a{number}" for number in range(101, 201)]


def test_finding_needs_neither_case_nor_accents():
    shown = listed(value("Sjögren’s Syndrome", 1), value("Stroke", 1), wanted="SJOGREN")
    assert outline(shown.choices) == "Sjögren’s Syndrome"


def test_finding_needs_no_american_spelling():
    shown = listed(value("Leukemia", 1), value("Brain tumour", 1), wanted="leukaemia")
    assert outline(shown.choices) == "Leukemia"
    assert outline(listed(value("Brain tumour", 1), wanted="tumor").choices) == "Brain tumour"


def test_a_value_is_found_by_a_part_of_its_name():
    shown = listed(value("Osteoarthritis", 1), value("Stroke", 1), wanted="arthritis")
    assert outline(shown.choices) == "Osteoarthritis"


def test_a_found_value_stands_where_it_stood_and_brings_what_is_below_it():
    kidney = value(
        "Kidney diseases", 3, value("Nephrotic syndrome", 2, value("Steroid-dependent", 1)), value("Stones", 1)
    )
    shown = listed(kidney, wanted="nephrotic")
    assert outline(shown.choices) == "Kidney diseases(Nephrotic syndrome(Steroid-dependent))"
    assert (shown.value_count, shown.found_count) == (4, 2)


def test_a_value_is_found_by_a_synonym_which_is_named():
    values = value_set(
        [Value("als", "Amyotrophic lateral sclerosis", synonyms=("Motor neurone disease", "ALS")), Value("ms", "MS")],
        lambda stored: (),
    )
    [one] = facet_list(facet(), Question(), values, {"als": 2, "ms": 1}, "motor neur").choices
    assert (one.label, one.also) == ("Amyotrophic lateral sclerosis", "Motor neurone disease")
    [one] = facet_list(facet(), Question(), values, {"als": 2, "ms": 1}, "lateral").choices
    assert (one.label, one.also) == ("Amyotrophic lateral sclerosis", "")


def test_a_synonym_counts_as_soon_as_the_facet_has_it():
    without = value_set([Value("als", "Sclerosis")], lambda stored: ())
    with_it = value_set([Value("als", "Sclerosis", synonyms=("ALS",))], lambda stored: ())
    found = [facet_list(facet(), Question(), values, {"als": 1}, "als").found_count for values in (without, with_it)]
    assert found == [0, 1]


def test_nothing_found():
    shown = listed(value("Stroke", 1), wanted="zzz")
    assert (shown.choices, shown.value_count, shown.found_count, shown.first, shown.last) == ((), 1, 0, 0, 0)


def test_not_stated_is_found_by_what_it_is_called():
    assert outline(listed(value("Stroke", 1), missing=2, wanted="not stated").choices) == "Not stated or not kept"


def test_terms_that_stand_in_a_circle_hang_nothing():
    circle = value_set((Value("a", "A", "b"), Value("b", "B", "a"), Value("c", "C")), lambda stored: ())
    shown = facet_list(facet(), Question(), circle, {"a": 1, "b": 1, "c": 1})
    assert [one.label for one in walk(shown.choices)] == ["C"]


def under_areas(own: Counted, above: Counted, wanted="", page=1, question=None) -> FacetList:
    return facet_list(own.facet, question or Question(), own.values, own.counts, wanted, page, above)


def diseases(missing=3, unplaced=1) -> tuple[Counted, Counted]:
    """Cancer(Lymphoma(Burkitt)) Blood(Lymphoma Anaemia) Skin() Not known(Rash) Not mapped."""
    return pair(AREAS, DISEASES, WITHIN, missing, unplaced)


def test_a_tree_has_a_line_for_each_area_and_for_a_condition_in_each_of_its_areas():
    shown = under_areas(*diseases())
    assert outline(shown.choices) == "Cancer(Lymphoma(Burkitt)) Blood(Lymphoma Anaemia) Not known(Rash) Not mapped"
    assert (shown.label, shown.is_grouped) == ("Area and condition", True)
    assert (shown.value_count, shown.found_count, shown.line_count) == (8, 8, 9)


@pytest.mark.usefixtures("three_a_page")
def test_a_page_that_begins_within_an_area_says_which():
    pages = [under_areas(*diseases(), page=number) for number in (1, 2, 3)]
    assert [outline(shown.choices) for shown in pages] == [
        "Cancer(Lymphoma(Burkitt))",
        "Blood(Lymphoma Anaemia)",
        "Not known(Rash) Not mapped",
    ]
    own, above = pair([area("Blood", 9)], many(4), [(f"a{number}", ["blood"]) for number in range(1, 5)])
    shown = under_areas(own, above, page=2)
    assert (outline(shown.choices), shown.first, shown.last) == ("Blood(A3 A4)", 4, 5)
    assert [one.count for one in walk(shown.choices)] == [9, 997, 996]


def test_a_condition_is_found_under_each_of_its_areas():
    shown = under_areas(*diseases(), wanted="LYMPH")
    assert outline(shown.choices) == "Cancer(Lymphoma(Burkitt)) Blood(Lymphoma)"
    assert (shown.value_count, shown.found_count, shown.line_count) == (8, 2, 3)


def test_an_area_that_is_found_brings_its_conditions():
    shown = under_areas(*diseases(), wanted="blood")
    assert outline(shown.choices) == "Blood(Lymphoma Anaemia)"
    assert (shown.found_count, shown.line_count) == (3, 3)


def test_an_area_is_found_by_a_synonym_which_is_named():
    areas = [(Value("blood", "Blood", synonyms=("Haematology",)), 2)]
    [one] = under_areas(*pair(areas, [value("Anaemia", 1)], [("anaemia", ["blood"])]), wanted="hematol").choices
    assert (one.label, one.also, outline(one.children)) == ("Blood", "Haematology", "Anaemia")


def test_what_is_not_stated_of_either_facet_is_found_by_what_it_is_called():
    assert outline(under_areas(*diseases(), wanted="not known").choices) == "Not known(Rash)"
    assert outline(under_areas(*diseases(), wanted="not mapped").choices) == "Not mapped"


def test_an_area_without_trials_that_conditions_stand_under_is_found_but_leads_nowhere():
    shown = under_areas(*pair([*AREAS], [value("Rash", 1)], [("rash", ["skin"])]), wanted="skin")
    assert [(one.label, one.count) for one in walk(shown.choices)] == [("Skin", 0), ("Rash", 1)]


def test_an_area_and_a_condition_of_one_slug_are_two_values():
    own, above = pair([area("Stroke", 5)], [value("Stroke", 3)], [("stroke", ["stroke"])])
    shown = under_areas(own, above, wanted="stroke")
    assert [(one.label, one.count) for one in walk(shown.choices)] == [("Stroke", 5), ("Stroke", 3)]
    assert (shown.found_count, shown.line_count) == (2, 2)


def test_choices_of_a_page_of_a_tree_keep_the_rest_of_the_question():
    question = Question(q="cells", chosen=(("area", ("blood",)), ("condition", ("rash",))))
    shown = under_areas(*diseases(missing=0, unplaced=0), question=question)
    urls = {one.label: one.url for one in walk(shown.choices)}
    assert urls == {
        "Cancer": "/trials/?q=cells&area=blood&area=cancer&condition=rash",
        "Blood": "/trials/?q=cells&condition=rash",
        "Lymphoma": "/trials/?q=cells&area=blood&condition=rash&condition=lymphoma",
        "Burkitt": "/trials/?q=cells&area=blood&condition=rash&condition=burkitt",
        "Anaemia": "/trials/?q=cells&area=blood&condition=rash&condition=anaemia",
        "Not known": "/trials/?q=cells&area=blood&area=not-stated&condition=rash",
        "Rash": "/trials/?q=cells&area=blood",
    }
    assert shown.chosen_count == 2


def test_without_any_area_the_list_is_of_conditions_alone():
    shown = under_areas(*pair([area("Skin")], DISEASES, unplaced=4))
    assert (outline(shown.choices), shown.label) == ("Lymphoma(Burkitt) Anaemia Rash", "Condition")
    assert (shown.value_count, shown.found_count, shown.line_count) == (4, 4, 4)


Path = tuple[str, ...]


def paths(choices: tuple[Choice, ...], above: Path = ()) -> list[Path]:
    """Every choice as the way to it from the top."""
    return [path for one in choices for path in [(*above, one.label), *paths(one.children, (*above, one.label))]]


@given(trees(), st.integers(1, 5))
def test_the_pages_of_a_tree_end_to_end_are_the_tree(both, per_page):
    own, above = both
    whole = paths(grouped(own, above, Question()).choices)
    seen: list[Path] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "PER_PAGE", per_page)
        pages = [under_areas(own, above, page=page + 1) for page in range(max(1, -(-len(whole) // per_page)))]
    for shown in pages:
        lines = whole[max(0, shown.first - 1) : shown.last]
        seen += lines
        # With what the first of them stands under.
        assert paths(shown.choices) == [path for path in whole if any(line[: len(path)] == path for line in lines)]
    assert seen == whole
    assert {shown.line_count for shown in pages} == {len(whole)}
