"""Counts of values within a result, held to sets: results of every size, from none to all."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search import counting, forward
from trials.search.counting import FORWARD, LEAST_SPARSE, SPARSE, TOGETHER, Counting, Forwards, forwards
from trials.search.forward import Forward

PUBLIC = range(3, 60_003, 3)
# Just where a result begins, and where it ceases, to be counted by what it leaves out, or trial by trial.
EDGES = (
    LEAST_SPARSE - 1,
    LEAST_SPARSE,
    *(len(PUBLIC) // share + more for share in (SPARSE, FORWARD, TOGETHER) for more in (0, 1)),
)
# What a few values hold at one time; trials above 40 come later.
HELD = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.integers(0, 40)))
HELD_LATER = st.dictionaries(st.sampled_from("abcdefg"), st.frozensets(st.integers(0, 50)))


def drawn(random: Random, size: int) -> frozenset[int]:
    return frozenset(random.sample(PUBLIC, size))


def held_as(way: str, bitmaps: dict[str, BitMap], public: BitMap) -> Forwards:
    """A facet called “facet” as bitmaps alone, as a long one, and together with another of the same values."""
    if way == "own":
        return Forwards({"facet": Forward.of(bitmaps, public)})
    if way == "together":
        pairs = {(key, slug): ids for key in ("other", "facet") for slug, ids in bitmaps.items()}
        return Forwards({}, ("other", "facet"), Forward.of(pairs, public))
    return Forwards()


@pytest.mark.parametrize("way", ["bitmaps", "own", "together"])
@given(st.lists(st.integers(0, len(PUBLIC)) | st.sampled_from(EDGES), max_size=3), st.integers(0, 99))
@example([0, len(PUBLIC), *EDGES], 1)
def test_values_are_counted_within_several_results_of_one_question(way, sizes, seed):
    random = Random(seed)  # noqa: S311 (data for a test)
    members = {f"value-{size}": drawn(random, size) for size in (0, 1, 40, 5_000, len(PUBLIC))}
    bitmaps = {slug: BitMap(ids) for slug, ids in members.items()}
    whole = {slug: len(ids) for slug, ids in members.items()}
    public = BitMap(PUBLIC)
    results = [drawn(random, size) for size in sizes]
    held = held_as(way, bitmaps, public)
    for found in results:
        asked = [BitMap(result) for result in results]
        one = Counting(public, {"facet": whole}, held, asked[results.index(found)])
        for result, ids in zip(results, asked, strict=True):
            counts = one.within(ids, "facet", bitmaps)
            assert {slug: counts.get(slug, 0) for slug in members} == {
                slug: len(held & result) for slug, held in members.items()
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
    """Facets of three values and more in catalogues of eight trials and more are held the other way round too, and
    those of two values and more together."""
    monkeypatch.setattr(counting, "LEAST_TRIALS", 8)
    monkeypatch.setattr(counting, "LEAST_VALUES", 3)
    monkeypatch.setattr(counting, "LEAST_TOGETHER", 2)
    monkeypatch.setattr(counting, "CHANGED", 4)


LONG = {"a": BitMap([1, 2]), "b": BitMap([2, 3]), "c": BitMap([9])}
MIDDLE = {"a": BitMap([1, 2]), "b": BitMap([2, 3])}
SHORT = {"a": BitMap([1])}


@pytest.mark.usefixtures("small")
def test_long_facets_of_large_catalogues_with_near_ids_are_held_the_other_way_round():
    facets = {"long": LONG, "middle": MIDDLE, "short": SHORT, "other": MIDDLE}
    made = forwards(BitMap(range(10)), facets)
    assert list(made.own) == ["long"]
    assert made.shared == ("long", "middle", "other")
    assert made.together.counts(BitMap([2])) == {(key, slug): 1 for key in made.shared for slug in "ab"}
    assert forwards(BitMap(range(7)), facets) == Forwards()
    assert forwards(BitMap([*range(10), 1_000]), facets) == Forwards()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("held", "array"), [(LONG, lambda made: made.own["facet"]), (MIDDLE, lambda made: made.together)]
)
def test_a_few_changes_share_the_arrays_and_many_make_them_anew(held, array):
    public = BitMap(range(10))
    made = forwards(public, {"facet": held})
    same = forwards(public, {"facet": dict(held)}, made, {"facet": held})
    assert array(same) is array(made)
    few = {**held, "a": BitMap([1, 4])}
    after = forwards(public, {"facet": few}, made, {"facet": held})
    assert array(after).values is array(made).values
    assert array(after).covered == public - BitMap([2, 4])
    anew = forwards(public, {"facet": {**few, "b": BitMap([5])}}, after, {"facet": few})
    assert array(anew).values is not array(made).values
    assert array(anew).covered == public


@pytest.mark.usefixtures("small")
def test_another_set_of_facets_is_put_together_anew():
    public = BitMap(range(10))
    made = forwards(public, {"one": MIDDLE})
    both = forwards(public, {"one": MIDDLE, "two": MIDDLE}, made, {"one": MIDDLE})
    assert both.together.counts(BitMap([3])) == {("one", "b"): 1, ("two", "b"): 1}
