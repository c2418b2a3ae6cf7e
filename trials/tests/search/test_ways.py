"""Which values lead into the catalogue."""

from __future__ import annotations

from trials.search.values import Value
from trials.search.ways import telling


def test_a_value_that_is_mostly_one_under_it_gives_way_to_that_one():
    values = {
        value.slug: value
        for value in (
            Value("t", "T cells"),
            Value("car-t", "CAR-T cells", "t"),
            Value("treg", "Regulatory T cells", "t"),
            Value("nk", "Natural killer cells"),
            Value("car-nk", "CAR-NK cells", "nk"),
        )
    }
    counts = {"t": 100, "car-t": 71, "treg": 5, "nk": 100, "car-nk": 70}
    assert telling(values, counts) == ["car-t", "treg", "nk", "car-nk"]
