"""Counts of values within a result, held to sets: results of every size, from none to all."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search import counting, forward
from trials.search.counting import FORWARD, LEAST_SPARSE, SPARSE, Counting, forwards
from trials.search.forward import Forward

PUBLIC = range(3, 60_003, 3)
# Just where a result begins, and where it ceases, to be counted by what it leaves out, or trial by trial.
EDGES = (
    LEAST_SPARSE - 1,
    LEAST_SPARSE,
    *(len(PUBLIC) // share + more for share in (SPARSE, FORWARD) for more in (0, 1)),
)
# What a few values hold at one time; trials above 40 come later.
HELD = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.integers(0, 40)))
HELD_LATER = st.dictionaries(st.sampled_from("abcdefg"), st.frozensets(st.integers(0, 50)))


def drawn(random: Random, size: int) -> frozenset[int]:
    return frozenset(random.sample(PUBLIC, size))


@pytest.mark.parametrize("is_forward", [False, True])
@given(st.lists(st.integers(0, len(PUBLIC)) | st.sampled_from(EDGES), max_size=3), st.integers(0, 99))
@example([0, len(PUBLIC), *EDGES], 1)
def test_values_are_counted_within_several_results_of_one_question(is_forward, sizes, seed):
    random = Random(seed)  # noqa: S311 (data for a test)
    members = {f"value-{size}": drawn(random, size) for size in (0, 1, 40, 5_000, len(PUBLIC))}
    bitmaps = {slug: BitMap(ids) for slug, ids in members.items()}
    whole = {slug: len(ids) for slug, ids in members.items()}
    public = BitMap(PUBLIC)
    one = Counting(public, {"facet": whole}, {"facet": Forward.of(bitmaps, public)} if is_forward else {})
    for size in sizes:
        result = drawn(random, size)
        counts = one.within(BitMap(result), "facet", bitmaps)
        assert {slug: counts.get(slug, 0) for slug in members} == {
            slug: len(ids & result) for slug, ids in members.items()
        }


@given(HELD, st.lists(HELD_LATER, max_size=3), st.frozensets(st.integers(0, 50)))
def test_values_are_counted_the_other_way_round_after_any_changes(first, later, result):
    members = {slug: BitMap(ids) for slug, ids in first.items()}
    one = Forward.of(members, BitMap(range(41)))
    with patch.object(forward, "STEP", 7):
        for held in [first, *later]:
            # As in an index, what stays the same is the same bitmap.
            now = {slug: members[slug] if members.get(slug) == ids else BitMap(ids) for slug, ids in held.items()}
            one, members = one.after(members, now), now
            expected = {slug: len(ids & result) for slug, ids in held.items() if ids & result}
            assert one.counts(BitMap(result)) == expected


@pytest.fixture
def small(monkeypatch):
    """Facets of three values and more in catalogues of eight trials and more are held the other way round too."""
    monkeypatch.setattr(counting, "LEAST_TRIALS", 8)
    monkeypatch.setattr(counting, "LEAST_VALUES", 3)
    monkeypatch.setattr(counting, "CHANGED", 4)


LONG = {"a": BitMap([1, 2]), "b": BitMap([2, 3]), "c": BitMap([9])}
SHORT = {"a": BitMap([1]), "b": BitMap([2])}


@pytest.mark.usefixtures("small")
def test_only_long_facets_of_large_catalogues_with_near_ids_are_held_the_other_way_round():
    facets = {"long": LONG, "short": SHORT}
    assert list(forwards(BitMap(range(10)), facets)) == ["long"]
    assert forwards(BitMap(range(7)), facets) == {}
    assert forwards(BitMap([*range(10), 1_000]), facets) == {}


@pytest.mark.usefixtures("small")
def test_a_few_changes_share_the_arrays_and_many_make_them_anew():
    public = BitMap(range(10))
    made = forwards(public, {"long": LONG})
    same = forwards(public, {"long": dict(LONG)}, made, {"long": LONG})
    assert same["long"] is made["long"]
    few = {**LONG, "a": BitMap([1, 4])}
    after = forwards(public, {"long": few}, made, {"long": LONG})
    assert after["long"].values is made["long"].values
    assert after["long"].covered == public - BitMap([2, 4])
    anew = forwards(public, {"long": {**few, "c": BitMap([5])}}, after, {"long": few})
    assert anew["long"].values is not made["long"].values
    assert anew["long"].covered == public
