"""The query string, cleaned: what is asked, and what is named as unusable."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from trials.records import PartialDate
from trials.search.facets import FACETS
from trials.search.filters import Remark, read_question
from trials.search.question import Question
from trials.search.values import Value, value_set

PHASES = value_set((Value("1", "Phase 1"), Value("2", "Phase 2")), lambda raw: (raw,))
NOTHING = value_set((), lambda raw: ())
VALUES = {facet.key: PHASES if facet.key == "phase" else NOTHING for facet in FACETS}


def read(query: str) -> tuple[Question, tuple[Remark, ...]]:
    return read_question(QueryDict(query), VALUES)


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
    assert question.sort == "updated"
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


PARAMETERS = st.sampled_from(
    [*(facet.key for facet in FACETS), "q", "age", "start_from", "start_to", "sort", "page", "colour"]
)


@given(st.lists(st.tuples(PARAMETERS, st.text(max_size=30) | st.sampled_from(["1", "2", "12-18", "2020-02"]))))
def test_any_query_string_is_read_and_its_question_reads_back_the_same(pairs):
    from urllib.parse import urlencode

    query = urlencode(pairs, encoding="utf-8", errors="replace")
    question, _ = read(query)
    again, remarks = read(question.query_string())
    assert again == question
    assert remarks == ()
