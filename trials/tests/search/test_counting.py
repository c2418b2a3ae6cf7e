"""Counts of values within a result, held to sets: results of every size, from none to all."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search import counting, forward
from trials.search.counting import FORWARD, LEAST_SPARSE, LEAST_VALUES, SPARSE, Counting, forwards
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
    results = [drawn(random, size) for size in sizes]
    # Beside another facet of the same values.
    held = Forward.of({"other": bitmaps, "facet": bitmaps}, public) if is_forward else None
    least = patch.object(counting, "LEAST_VALUES", 1 if is_forward else LEAST_VALUES)
    for found in results:
        asked = [BitMap(result) for result in results]
        one = Counting(public, {"facet": whole}, held, asked[results.index(found)])
        for result, ids in zip(results, asked, strict=True):
            with least:
                counts = one.within(ids, "facet", bitmaps)
            assert {slug: counts.get(slug, 0) for slug in members} == {
                slug: len(held & result) for slug, held in members.items()
            }


@given(
    st.tuples(HELD, HELD), st.lists(st.tuples(HELD_LATER, HELD_LATER), max_size=3), st.frozensets(st.integers(0, 50))
)
def test_values_are_counted_the_other_way_round_after_any_changes(first, later, result):
    members: dict[str, Mapping[str, BitMap]] = {
        key: {slug: BitMap(ids) for slug, ids in held.items()} for key, held in enumerated(first)
    }
    one = Forward.of(members, BitMap(range(41)))
    with patch.object(forward, "STEP", 7):
        for both in [first, *later]:
            now = {key: kept(members[key], held) for key, held in enumerated(both)}
            one, members = one.after(members, now), now
            wanted = {
                key: {slug: len(ids & result) for slug, ids in held.items() if ids & result}
                for key, held in enumerated(both)
            }
            assert one.counts(BitMap(result)) == {key: counts for key, counts in wanted.items() if counts}


def enumerated(both: tuple[Mapping[str, frozenset[int]], ...]) -> list[tuple[str, Mapping[str, frozenset[int]]]]:
    return list(zip(("one", "two"), both, strict=True))


def kept(before: Mapping[str, BitMap], sets: Mapping[str, frozenset[int]]) -> Mapping[str, BitMap]:
    """As in an index: what stays the same is the same bitmap, and the same mapping where all of it does."""
    now = {slug: before[slug] if before.get(slug) == BitMap(ids) else BitMap(ids) for slug, ids in sets.items()}
    return before if now == before else now


@pytest.mark.parametrize("values", [1, 4, 5, 8, 9, 255, 256, 65_535, 65_536])
def test_a_trial_may_hold_any_number_of_values(values):
    # Trial 0 holds the first value alone, trial 2 all of them, trial 1 and the last one none.
    members = {f"v{number}": BitMap([2]) for number in range(values)} | {"v0": BitMap([0, 2])}
    made = Forward.of({"facet": members}, BitMap(range(4)))
    assert made.counts(BitMap([0, 1, 3])) == {"facet": {"v0": 1}}
    assert made.counts(BitMap([0, 2])) == {"facet": dict.fromkeys(members, 1) | {"v0": 2}}
    later = made.after({"facet": members}, {"facet": {"v0": BitMap([0, 1])}})
    assert later.counts(BitMap(range(4))) == {"facet": {"v0": 2}}


@pytest.fixture
def small(monkeypatch):
    """Facets of two values and more in catalogues of eight trials and more are held the other way round too."""
    monkeypatch.setattr(counting, "LEAST_TRIALS", 8)
    monkeypatch.setattr(counting, "LEAST_VALUES", 2)
    monkeypatch.setattr(counting, "CHANGED", 4)


LONG = {"a": BitMap([1, 2]), "b": BitMap([2, 3])}
SHORT = {"a": BitMap([1])}


@pytest.mark.usefixtures("small")
def test_facets_of_many_values_are_held_the_other_way_round_in_large_catalogues_with_near_ids():
    facets = {"long": LONG, "short": SHORT, "other": LONG}
    made = forwards(BitMap(range(10)), facets)
    assert made
    assert made.counts(BitMap([2])) == {key: {"a": 1, "b": 1} for key in ("long", "other")}
    assert forwards(BitMap(range(7)), facets) is None
    assert forwards(BitMap([*range(10), 1_000]), facets) is None
    assert forwards(BitMap(range(10)), {"short": SHORT}) is None


@pytest.mark.usefixtures("small")
def test_a_few_changes_share_the_arrays_and_many_make_them_anew():
    public = BitMap(range(10))
    made = forwards(public, {"long": LONG})
    assert forwards(public, {"long": dict(LONG)}, made, {"long": LONG}) is made
    few = {**LONG, "a": BitMap([1, 4])}
    after = forwards(public, {"long": few}, made, {"long": LONG})
    assert made
    assert after
    assert after.words is made.words
    assert after.covered == public - BitMap([2, 4])
    anew = forwards(public, {"long": {**few, "b": BitMap([5])}}, after, {"long": few})
    assert anew
    assert anew.words is not made.words
    assert anew.covered == public


@pytest.mark.usefixtures("small")
def test_a_facet_that_has_become_long_is_counted_too():
    public = BitMap(range(10))
    then, now = {"one": LONG, "two": {"b": LONG["b"]}}, {"one": LONG, "two": LONG}
    after = forwards(public, now, forwards(public, then), then)
    assert after
    assert after.counts(BitMap([3])) == {"one": {"b": 1}, "two": {"b": 1}}
