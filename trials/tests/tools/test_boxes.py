"""The script that writes the boxes of countries, and what it wrote."""

from __future__ import annotations

from tools.boxes import box_of, merged, outward
from trials.quality.rules.places import boxes


def test_a_ring_lies_in_its_box():
    assert box_of([(2.0, 5.0), (4.0, 1.0), (3.0, 7.0)]) == (2, 1, 4, 7)


def test_parts_that_lie_near_share_a_box_and_far_ones_do_not():
    near, far = (0.0, 0.0, 2.0, 2.0), (50.0, 0.0, 51.0, 1.0)
    assert sorted(merged([near, far, (2.5, 1.0, 4.0, 3.0)])) == [(0, 0, 4, 3), far]
    # One that lies between two joins all three.
    assert merged([(0.0, 0.0, 1.0, 1.0), (3.5, 0.0, 5.0, 1.0), (1.5, 0.0, 3.0, 1.0)]) == [(0, 0, 5, 1)]


def test_boxes_are_rounded_outward():
    assert outward((-1.23, 4.01, 5.0, 6.78)) == [-13, 40, 50, 68]


def test_what_was_written_has_every_country_in_boxes_on_earth():
    written = boxes()
    assert len(written) > 200
    for parts in written.values():
        for west, south, east, north in parts:
            assert -1800 <= west <= east <= 1800
            assert -900 <= south <= north <= 900
