"""Whole numbers by id as bitmaps, held to plain dictionaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search.bitmaps import Sliced, Spans, union

ids = st.integers(0, 200)
numbers = st.integers(0, 40) | st.sampled_from([0, 1, 2**20, 2**31 - 1])
bounds = st.integers(-3, 45) | st.sampled_from([2**20, 2**31, 2**40])
spans = st.tuples(st.none() | numbers, st.none() | numbers)


def test_the_union_of_nothing_is_empty():
    assert union([]) == BitMap()


def test_the_union_of_one_is_another_bitmap():
    one = BitMap([1])
    joined = union([one])
    joined.add(2)
    assert one == BitMap([1])


def test_a_bound_finds_the_numbers_up_to_it_and_from_it():
    sliced = Sliced.of([(10, 0), (11, 5), (12, 6), (13, 7)])
    assert set(sliced.at_most(5)) == {10, 11}
    assert set(sliced.at_least(6)) == {12, 13}


@pytest.mark.parametrize(("bound", "below", "above"), [(-1, set(), {1, 2}), (0, {1}, {1, 2}), (8, {1, 2}, set())])
def test_bounds_outside_all_numbers(bound, below, above):
    sliced = Sliced.of([(1, 0), (2, 7)])
    assert set(sliced.at_most(bound)) == below
    assert set(sliced.at_least(bound)) == above


def test_no_numbers_at_all():
    sliced = Sliced.of([])
    assert (sliced.at_most(3), sliced.at_least(-3), sliced.number(1)) == (BitMap(), BitMap(), None)


def test_a_larger_number_than_any_before_is_told_from_the_others():
    sliced = Sliced.of([(1, 1), (2, 0)]).changed({2: 1000})
    assert (sliced.number(1), sliced.number(2)) == (1, 1000)
    assert set(sliced.at_least(2)) == {2}


def test_a_change_to_the_same_number_is_no_change():
    sliced = Sliced.of([(1, 5)])
    assert sliced.changed({1: 5, 2: None}) is sliced


def test_a_change_leaves_the_one_before_as_it_was():
    sliced = Sliced.of([(1, 5), (2, 6)])
    sliced.changed({1: None, 2: 1, 3: 9})
    assert [sliced.number(pk) for pk in (1, 2, 3)] == [5, 6, None]


@given(st.dictionaries(ids, numbers), st.lists(st.dictionaries(ids, st.none() | numbers), max_size=4), bounds)
def test_numbers_compare_as_in_a_dictionary_after_any_changes(held, batches, bound):
    sliced = Sliced.of(held.items())
    for batch in batches:
        sliced = sliced.changed(batch)
        held = {pk: number for pk, number in (held | batch).items() if number is not None}
    assert set(sliced.known) == set(held)
    assert {pk: sliced.number(pk) for pk in held} == held
    assert set(sliced.at_most(bound)) == {pk for pk, number in held.items() if number <= bound}
    assert set(sliced.at_least(bound)) == {pk for pk, number in held.items() if number >= bound}


def test_an_open_end_meets_everything_on_its_side():
    held = Spans.of({1: (None, 10), 2: (5, None), 3: (None, None), 4: (11, 12)})
    assert set(held.meeting(11, None)) == {2, 3, 4}
    assert set(held.meeting(None, 4)) == {1, 3}
    assert set(held.meeting(10, 11)) == {1, 2, 3, 4}
    assert set(held.meeting(None, None)) == {1, 2, 3, 4}


def test_a_span_with_both_ends_open_is_not_the_same_as_none():
    held = Spans.of({1: (None, None)}).changed({2: (None, None), 1: None})
    assert set(held.meeting(0, 0)) == {2}


@given(
    st.dictionaries(ids, spans),
    st.lists(st.dictionaries(ids, st.none() | spans), max_size=4),
    st.none() | bounds,
    st.none() | bounds,
)
def test_spans_meet_as_in_a_dictionary_after_any_changes(held, batches, low, high):
    made = Spans.of(held)
    for batch in batches:
        made = made.changed(batch)
        held = {pk: span for pk, span in (held | batch).items() if span is not None}
    assert set(made.meeting(low, high)) == {
        pk
        for pk, (start, end) in held.items()
        if (high is None or start is None or start <= high) and (low is None or end is None or end >= low)
    }
