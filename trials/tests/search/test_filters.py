"""The query string, cleaned: what is asked, and what is named as unusable."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.models.choices import DoseBasis
from trials.records import PartialDate
from trials.search.facets import FACETS
from trials.search.filters import Remark, read_question
from trials.search.places import Gazetteer, Place
from trials.search.question import Near, Question
from trials.search.values import Value, from_choices, value_set

PHASES = value_set((Value("1", "Phase 1"), Value("2", "Phase 2")), lambda raw: (raw,))
NOTHING = value_set((), lambda raw: ())
PLACES = Gazetteer.of(
    {
        Place("IT", "Milan", 45.46, 9.19): BitMap([1, 2]),
        Place("US", "Milan", 38.0, -89.0): BitMap([3]),
        Place("DE", "Köln", 50.94, 6.96): BitMap([4]),
        Place("BR", "São Paulo", -23.55, -46.63): BitMap([5]),
    }
)
VALUES = {facet.key: {"phase": PHASES, "dose": from_choices(DoseBasis)}.get(facet.key, NOTHING) for facet in FACETS}


def read(query: str) -> tuple[Question, tuple[Remark, ...]]:
    return read_question(QueryDict(query), VALUES, lambda: PLACES)


def test_an_empty_query_asks_for_everything():
    assert read("") == (Question(), ())
    assert read("q=&phase=&age=&start_from=&page=&sort=") == (Question(), ())


def test_values_keep_their_order_and_lose_repeats():
    question, remarks = read("phase=2&phase=1&phase=2")
    assert question.values("phase") == ("2", "1")
    assert remarks == ()


def test_an_unknown_parameter_is_named():
    assert read("colour=red")[1] == (Remark("colour", "red", "is not something that this page can ask for"),)


def test_an_unknown_value_is_named_and_the_known_ones_stay():
    question, remarks = read("phase=9&phase=1")
    assert question.values("phase") == ("1",)
    assert remarks == (Remark("phase", "9", "is no phase of this catalogue"),)


@pytest.mark.parametrize("text", ["old", "1-2-3", "-", "12y6", "1e9", "١٢", "12;drop"])
def test_an_age_that_cannot_be_read_is_named(text):
    question, remarks = read(f"age={text}")
    assert question.age is None
    assert remarks == (Remark("age", text, "write an age as 12, an interval as 12-18, months as 6m"),)


def test_an_age_interval_that_runs_backwards_is_named():
    assert read("age=18-12")[1][0].why == "the interval runs backwards: write the lower age first"


def test_dates_keep_their_precision():
    question, _ = read("start_from=2020&start_to=2021-03")
    assert (question.start_from, question.start_to) == (PartialDate(2020), PartialDate(2021, 3))


def test_a_date_that_is_none_is_named():
    assert read("start_from=2021-13")[1][0].why == "write a year, a month or a day: 2024, 2024-05 or 2024-05-31"


def test_an_end_before_the_start_is_named_and_left_out():
    question, remarks = read("start_from=2022&start_to=2021")
    assert question.start_to is None
    assert remarks == (Remark("start_to", "2021", "is before the start of the interval"),)


def test_an_unknown_order_falls_back_on_the_default():
    question, remarks = read("sort=colour")
    assert (question.sort, question.order) == ("", "updated")
    assert remarks[0].parameter == "sort"


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "²"])
def test_a_page_that_is_no_page_is_named(text):
    question, remarks = read(f"page={text}")
    assert question.page == 1
    assert remarks == (Remark("page", text, "is no page number"),)


def test_control_characters_in_words_become_blanks():
    assert read("q=a%00b%0A%E2%80%8Bc")[0].q == "a b c"


def test_what_is_not_used_is_named_without_its_control_characters():
    assert read("phase=%00x%07")[1] == (Remark("phase", "x", "is no phase of this catalogue"),)


def test_words_that_are_too_long_are_named():
    question, remarks = read("q=" + "x" * 201)
    assert question.q == ""
    assert remarks[0].why == "the search takes at most 200 characters"


def test_a_number_of_participants_may_have_blanks_and_be_0():
    question, remarks = read("enrolment_from=0&enrolment_to=1+000")
    assert (question.enrolment_from, question.enrolment_to, remarks) == (0, 1000, ())


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "²", "١٢", "1000000000"])
def test_a_number_of_participants_that_is_none_is_named(text):
    question, remarks = read(f"enrolment_from={text}")
    assert question.enrolment_from is None
    assert remarks == (Remark("enrolment_from", text, "write a whole number of participants"),)


def test_an_upper_number_below_the_lower_is_named_and_left_out():
    question, remarks = read("enrolment_from=20&enrolment_to=10")
    assert (question.enrolment_from, question.enrolment_to) == (20, None)
    assert remarks == (Remark("enrolment_to", "10", "is below the lower end"),)


def test_the_same_number_twice_is_an_interval():
    question, remarks = read("enrolment_from=20&enrolment_to=20")
    assert (question.enrolment_from, question.enrolment_to, remarks) == (20, 20, ())


def test_near_a_city_means_within_100_km_of_its_coordinates():
    question, remarks = read("near=KOLN")
    assert (question.near, remarks) == (Near("koln,de", "Köln, Germany", 50.94, 6.96, 100), ())
    assert urlencode(question.parameters()) == "near=koln%2Cde"


def test_another_distance_stays_in_the_address():
    question, _ = read("near=koln&within=25")
    assert (question.near and question.near.km, urlencode(question.parameters())) == (25, "near=koln%2Cde&within=25")
    assert urlencode(read("near=koln&within=100")[0].parameters()) == "near=koln%2Cde"


def test_of_several_cities_of_one_name_the_others_are_named_with_their_address():
    question, remarks = read("near=milan")
    assert question.near
    assert question.near.label == "Milan, Italy"
    assert remarks == (
        Remark("near", "milan", "is Milan, Italy here; there is also Milan, United States of America (near=milan,us)"),
    )
    question, remarks = read("near=milan,us")
    assert question.near
    assert (question.near.label, remarks) == ("Milan, United States of America", ())


def test_a_city_without_a_site_is_named():
    question, remarks = read("near=atlantis&within=50")
    assert question.near is None
    assert remarks == (Remark("near", "atlantis", "is no city in which a trial of this catalogue has a site"),)


@pytest.mark.parametrize("km", ["0", "20001", "999999999"])
def test_a_distance_that_reaches_nothing_or_more_than_all_is_named(km):
    question, remarks = read(f"near=koln&within={km}")
    assert question.near
    assert question.near.km == 100
    assert remarks == (Remark("within", km, "write kilometres from 1 to 20000"),)


def test_a_distance_that_is_no_number_is_named():
    question, remarks = read("near=koln&within=far")
    assert question.near
    assert question.near.km == 100
    assert remarks == (Remark("within", "far", "write a whole number of kilometres"),)


def test_a_distance_from_nowhere_is_named():
    assert read("within=50")[1] == (Remark("within", "50", "needs a city to measure from: near=milan"),)


def test_cities_are_looked_up_only_for_a_question_that_names_one():
    question, _ = read_question(QueryDict("phase=1"), VALUES, lambda: pytest.fail("asked for the cities"))
    assert question.near is None


def test_more_than_fifty_values_of_a_facet_are_cut_and_it_is_said():
    many = value_set((Value(str(number), str(number)) for number in range(60)), lambda raw: (raw,))
    query = "&".join(f"phase={number}" for number in range(52))
    question, remarks = read_question(QueryDict(query), VALUES | {"phase": many}, lambda: PLACES)
    assert question.values("phase") == tuple(str(number) for number in range(50))
    assert remarks == (Remark("phase", "50, 51", "is left out: of one facet 50 values may be chosen"),)


PARAMETERS = st.sampled_from(
    [
        *(facet.key for facet in FACETS),
        *("q", "age", "start_from", "start_to", "enrolment_from", "enrolment_to", "near", "within", "sort", "page"),
        "colour",
    ]
)
GIVEN = st.sampled_from(
    ["1", "2", "12-18", "2020-02", "milan", "milan,us", "São Paulo", "koln, Germany", "title", "30"]
)


@given(st.lists(st.tuples(PARAMETERS, st.text(max_size=30) | GIVEN), max_size=12))
def test_any_query_string_is_read_and_its_question_reads_back_the_same(pairs):
    query = urlencode(pairs, encoding="utf-8", errors="replace")
    question, _ = read(query)
    again, remarks = read(urlencode(question.parameters()))
    assert again == question
    assert remarks == ()


@given(
    st.integers(1, 20_000),
    st.sampled_from(sorted(PLACES.cities.values(), key=lambda city: city.label)),
    st.none() | st.integers(0, 999_999_999),
    st.none() | st.integers(0, 999_999_999),
)
def test_a_question_with_a_place_and_numbers_reads_back_the_same(km, city, lowest, highest):
    if lowest is not None and highest is not None:
        lowest, highest = sorted([lowest, highest])
    question = Question(near=city.near(km), enrolment_from=lowest, enrolment_to=highest)
    assert read(urlencode(question.parameters())) == (question, ())


def test_sorting_by_dose_says_which_doses_it_compares_where_none_are_chosen():
    question, remarks = read("sort=dose")
    assert (question.order, question.basis) == ("dose", "")
    assert remarks == (
        Remark(
            "sort",
            "dose",
            "Sorted by the largest dose in cells per kg body weight; choose another kind under “Stated dose”",
            is_used=True,
        ),
    )


def test_sorting_by_the_dose_that_is_chosen_needs_no_remark():
    question, remarks = read("sort=dose&dose=not-stated&dose=per-eye")
    assert (question.basis, remarks) == ("per-eye", ())


def test_of_several_kinds_of_dose_the_first_is_compared_and_named():
    question, remarks = read("sort=dose&dose=flat&dose=per-kg")
    assert question.basis == "flat"
    (remark,) = remarks
    assert (remark.is_used, remark.why) == (
        True,
        "Sorted by the largest dose in cells; choose another kind under “Stated dose”",
    )
