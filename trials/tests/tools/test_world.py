"""The script that draws the world: a square of four borders, an island across the 180th meridian."""

from __future__ import annotations

import pytest

from tools.world import cut, decoded, packed_ring, rings_of, thinned, worth_drawing


def test_differences_become_degrees():
    topology = {"transform": {"scale": [0.5, 2], "translate": [-180, -90]}, "arcs": [[[360, 45], [2, -1]]]}
    assert list(decoded(topology)) == [[(0, 0), (1, -2)]]


def test_a_ring_across_the_180th_meridian_is_cut_into_two():
    west, east = cut([(178.0, 0.0), (-178.0, 0.0), (-178.0, 2.0), (178.0, 2.0)])
    assert sorted(west) == [(-180, 0), (-180, 2), (-178, 0), (-178, 2)] or sorted(east) == [
        (-180, 0),
        (-180, 2),
        (-178, 0),
        (-178, 2),
    ]
    assert {point[0] for point in [*west, *east]} == {178, 180, -180, -178}


def test_a_ring_that_only_touches_the_meridian_stays_whole():
    ring = [(170.0, 0.0), (180.0, 0.0), (180.0, 5.0), (170.0, 5.0)]
    assert [sorted(part) for part in cut(ring)] == [sorted(ring)]


def test_a_border_is_read_backwards_by_its_second_country():
    arcs = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]]
    [ring] = rings_of({"type": "Polygon", "arcs": [[-1, -2]]}, arcs)
    assert sorted(ring) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_a_point_that_is_hardly_off_the_line_is_left_out_and_ends_stay():
    assert thinned([(0.0, 0.0), (1.0, 0.01), (2.0, 0.0)]) == [(0, 0), (2, 0)]
    assert thinned([(0.0, 0.0), (1.0, 0.5), (2.0, 0.0)]) == [(0, 0), (1, 0.5), (2, 0)]


def test_a_country_of_one_small_island_keeps_it():
    speck = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01)]
    large = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    assert worth_drawing([speck]) == [speck]
    assert worth_drawing([speck, large]) == [large]


@pytest.mark.parametrize(("ring", "numbers"), [([(1.0, -1.0), (1.001, -1.0), (1.5, -0.5)], [100, -100, 50, 50])])
def test_a_ring_is_packed_as_differences_without_repeats(ring, numbers):
    assert packed_ring(ring) == numbers
