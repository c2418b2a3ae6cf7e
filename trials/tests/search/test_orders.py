"""Orders held to sorted lists: changes in batches, missing numbers, room for titles."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search import orders
from trials.search.orders import Order, between, descending, dose_rank, placed, spaced

ids = st.integers(0, 300)
days = st.none() | st.integers(0, 5) | st.sampled_from([738_000, 2**31 - 1])


def by_day(held):
    return Order.of({pk: descending(day, pk) for pk, day in held.items()})


def newest_first(held):
    """Largest first, missing last, equals by id."""
    return sorted(held, key=lambda pk: (held[pk] is None, -(held[pk] or 0), pk))


def test_larger_numbers_come_first_a_missing_one_last_and_equals_by_id():
    assert list(by_day({5: None, 4: 0, 3: 7, 2: 7, 1: 1}).ids) == [2, 3, 1, 4, 5]


def test_an_empty_order():
    empty = Order.of({})
    assert list(empty.page(BitMap(), 0, 20)) == []
    assert 0 not in empty
    assert list(empty.changed({3: descending(1, 3)}).ids) == [3]


def test_a_page_past_the_end_is_empty():
    assert list(by_day({1: 1, 2: 2}).page(BitMap([1]), 1, 20)) == []


def test_the_first_has_none_before_it():
    order = by_day({1: 1, 2: 2})
    assert (order.before(2), order.before(1)) == (None, 2)


def test_an_id_that_is_gone_and_one_that_never_was_are_not_in_it():
    order = by_day({1: 1, 2: 2}).changed({2: None})
    assert (1 in order, 2 in order, 99 in order) == (True, False, False)


def test_a_change_leaves_the_one_before_as_it_was():
    order = by_day({1: 1, 2: 2})
    order.changed({1: None, 2: descending(0, 2), 9: descending(5, 9)})
    assert (list(order.ids), order.key(9)) == ([2, 1], orders.LAST)


def test_a_change_to_the_same_key_is_no_change():
    order = by_day({1: 1, 2: 2})
    assert order.changed({1: descending(1, 1), 77: None}) is order


@given(
    st.dictionaries(ids, days),
    st.lists(st.dictionaries(ids, st.just("gone") | days, max_size=12), max_size=4),
    st.sets(ids),
    st.integers(0, 40),
    st.integers(1, 30),
)
def test_an_order_changed_in_batches_pages_as_a_sorted_list_does(held, batches, wanted, start, size):
    order = by_day(held)
    for batch in batches:
        order = order.changed({pk: None if day == "gone" else descending(day, pk) for pk, day in batch.items()})
        held = {pk: day for pk, day in (held | batch).items() if day != "gone"}
    whole = newest_first(held)
    assert list(order.ids) == whole
    found = [pk for pk in whole if pk in wanted]
    assert list(order.page(BitMap(found), start, size)) == found[start : start + size]
    assert list(order.page(BitMap(whole), start, size)) == whole[start : start + size]
    assert [order.before(pk) for pk in whole] == [None, *whole[:-1]][: len(whole)]


def test_many_hits_are_walked_and_few_are_sorted_to_the_same_page():
    order = by_day({pk: pk % 7 for pk in range(1000)})
    many, few = BitMap(range(0, 1000, 2)), BitMap([3, 500, 999])
    assert list(order.page(many, 40, 20)) == [pk for pk in order.ids if pk in many][40:60]
    assert list(order.page(few, 0, 20)) == [pk for pk in order.ids if pk in few]


def test_between_two_neighbours_there_is_room_until_there_is_none():
    order = Order.of({1: 10, 2: 12})
    assert between(order, 1) == [11]
    assert between(order, 1, 2) is None
    assert between(Order.of({1: 10, 2: 11}), 1) is None


def test_before_the_first_and_behind_the_last():
    order = Order.of({1: 10})
    assert between(order, None) == [5]
    behind = between(order, 1)
    assert behind is not None
    assert 10 < behind[0] < orders.LAST
    assert between(Order.of({}), None) is not None
    assert between(Order.of({1: 1}), None) is None
    assert between(Order.of({1: orders.LAST - 1}), 1) is None


def test_where_no_room_is_left_all_keys_are_drawn_anew():
    order = placed(Order.of({1: 1, 2: 2, 3: 3}), {None: [9], 2: [8, 7]})
    assert list(order.ids) == [9, 1, 2, 8, 7, 3]
    assert between(order, 2) is not None


def test_many_between_the_same_two_keep_their_order(monkeypatch):
    monkeypatch.setattr(orders, "_GAP", 4)
    order = Order.of_pairs(spaced([1, 2]))
    for pk in range(3, 60):
        order = placed(order, {1: [pk]})
    assert list(order.ids) == [1, *range(59, 2, -1), 2]


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 4)), max_size=25), st.integers(5, 9))
def test_ids_put_at_any_places_stand_as_in_a_list(inserted, gap):
    whole: list[int] = []
    order, fresh = Order.of({}), count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "_GAP", gap)
        for place, length in inserted:
            at = place % (len(whole) + 1)
            run = [next(fresh) for _ in range(length)]
            order = placed(order, {whole[at - 1] if at else None: run})
            whole[at:at] = run
            assert list(order.ids) == whole


amounts = st.decimals(min_value=Decimal("0.001"), max_value=Decimal("9.9999999E17"), places=3).map(
    lambda amount: Decimal(f"{amount:.7E}")
)


@given(amounts, amounts)
def test_doses_rank_as_their_amounts_do(one, other):
    assert (dose_rank(one) < dose_rank(other)) == (one < other)
    assert 0 <= dose_rank(one) < 2**31
