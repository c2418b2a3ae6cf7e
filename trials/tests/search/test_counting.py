"""Counts of values within a result, held to sets: results of every size, from none to all."""

from __future__ import annotations

from random import Random

from hypothesis import example, given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search.counting import LEAST_SPARSE, SPARSE, Counting

PUBLIC = range(3, 60_003, 3)
# Just where a result begins, and where it ceases, to be counted by what it leaves out.
EDGES = (LEAST_SPARSE - 1, LEAST_SPARSE, len(PUBLIC) // SPARSE, len(PUBLIC) // SPARSE + 1)


def drawn(random: Random, size: int) -> frozenset[int]:
    return frozenset(random.sample(PUBLIC, size))


@given(st.lists(st.integers(0, len(PUBLIC)) | st.sampled_from(EDGES), max_size=3), st.integers(0, 99))
@example([0, len(PUBLIC), *EDGES], 1)
def test_values_are_counted_within_several_results_of_one_question(sizes, seed):
    random = Random(seed)  # noqa: S311 (data for a test)
    members = {f"value-{size}": drawn(random, size) for size in (1, 40, 5_000, len(PUBLIC))}
    bitmaps = {slug: BitMap(ids) for slug, ids in members.items()}
    whole = {slug: len(ids) for slug, ids in members.items()}
    counting = Counting(BitMap(PUBLIC), {"facet": whole})
    for size in sizes:
        result = drawn(random, size)
        counts = counting.within(BitMap(result), "facet", bitmaps)
        assert {slug: counts.get(slug, 0) for slug in members} == {
            slug: len(ids & result) for slug, ids in members.items()
        }
