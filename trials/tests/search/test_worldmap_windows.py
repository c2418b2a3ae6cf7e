"""Windows of the world, projections, and the outlines that a script drew."""

from __future__ import annotations

import pytest

from trials.search.worldmap_windows import (
    WIDTH,
    WORLD,
    Sheet,
    Window,
    clipped,
    drawn,
    fitting,
    middle,
    outlines,
    window_of,
)

SQUARE = Window("square", "Square", -10, -10, 10, 10)


def test_the_middle_of_the_world_is_the_middle_of_its_sheet():
    x, y = Sheet(WORLD).at(0, 0)
    assert x == pytest.approx(WIDTH / 2)
    assert 0 < y < Sheet(WORLD).height


def test_the_projection_is_the_one_published():
    # As d3-geo's naturalEarth1 has them, in radians: 2.735385 at the equator, 2.463988 at 45°, 1.505556 at the pole.
    sheet = Sheet(WORLD)
    lengths = [sheet.at(180, north)[0] - sheet.at(-180, north)[0] for north in (0, 45, 90)]
    assert lengths[1] / lengths[0] == pytest.approx(2.463988 / 2.735385, rel=1e-6)
    assert lengths[2] / lengths[0] == pytest.approx(1.505556 / 2.735385, rel=1e-6)


def test_a_window_is_as_wide_as_it_is_high_where_degrees_are_alike():
    sheet = Sheet(SQUARE)
    assert sheet.at(-10, 10)[1] == 0
    assert sheet.at(10, -10)[1] == pytest.approx(sheet.height)
    assert sheet.at(10, 0)[0] - sheet.at(-10, 0)[0] == pytest.approx(sheet.height)


def test_what_lies_beside_a_narrow_window_is_seen_too():
    assert Sheet(SQUARE).seen.holds(11, 0)
    assert not Sheet(SQUARE).seen.holds(0, 11)


def test_a_single_point_has_some_room_around_it():
    window = fitting("one", "One", [(9.19, 45.46)])
    assert (window.east - window.west, window.north - window.south) == pytest.approx((2.0, 1.4))


def test_a_ring_is_cut_at_the_edges_of_a_box():
    assert set(clipped(((0, 0), (4, 0), (4, 4), (0, 4)), (1, 1, 9, 9))) == {(4, 1), (4, 4), (1, 4), (1, 1)}
    assert clipped(((0, 0), (1, 0), (1, 1)), (5, 5, 9, 9)) == ()


def test_the_united_states_are_shown_without_their_far_parts_and_italy_with_its_islands():
    states, italy = window_of("US", "United States"), window_of("IT", "Italy")
    assert states is not None
    assert italy is not None
    assert not states.holds(-150, 65)
    assert states.holds(-71, 42)
    assert italy.holds(14, 37)
    assert italy.holds(9, 40)


def test_the_file_has_outlines_by_code_and_none_crosses_the_map():
    assert {"IT", "US", "RU", "FJ", "SG", "MT"} <= outlines().keys()
    assert "AQ" not in outlines()
    for code, d in drawn(WORLD):
        steps = [
            abs(int(step.split(" ")[0]))
            for part in d.split("M")[1:]
            for step in part.split("l")[1].strip("z").split(" ")[::2]
        ]
        assert max(steps) < 700, code


def test_a_country_without_an_outline_has_no_middle():
    assert middle("XX") is None
    assert window_of("XX", "Nowhere") is None
