"""The table of towns that the registry puts elsewhere."""

from __future__ import annotations

import pytest

from trials.quality.rules.facts import SiteFields
from trials.quality.rules.places import is_outside
from trials.records import SITE_REMARK
from trials.registries.misplaced import _TOWNS, spot
from trials.search.places import distance_km


@pytest.mark.parametrize("known", _TOWNS, ids=lambda known: f"{known[1]} {known[2]}")
def test_a_corrected_town_lies_elsewhere_in_its_country(known):
    country, city, latitude, longitude = known
    found = spot(country, city, latitude, longitude)
    assert SITE_REMARK.fullmatch(found.remark)
    if found.latitude is not None and found.longitude is not None:
        assert distance_km(latitude, longitude, found.latitude, found.longitude) > 30
        assert not is_outside(
            SiteFields(city=city, country=country, latitude=found.latitude, longitude=found.longitude)
        )


def test_no_town_is_corrected_to_a_point_that_is_corrected_itself():
    for country, city, latitude, longitude in _TOWNS:
        found = spot(country, city, latitude, longitude)
        if found.latitude is not None and found.longitude is not None:
            assert spot(country, city, found.latitude, found.longitude).remark == ""


@pytest.mark.parametrize(
    ("country", "city", "south", "north", "west", "east"),
    [
        ("IT", "Milan", 45.3, 45.6, 9.0, 9.4),
        ("IT", "Roma", 41.7, 42.1, 12.3, 12.7),
        ("IT", "Torino", 44.9, 45.2, 7.5, 7.8),
        ("IT", "Genova", 44.3, 44.5, 8.8, 9.1),
        ("DE", "München", 48.0, 48.3, 11.4, 11.8),
        ("DE", "Frankfurt", 50.0, 50.3, 8.5, 8.9),
        ("CN", "Xi’an", 34.0, 34.5, 108.7, 109.2),
    ],
)
def test_each_town_gets_its_own_place(country, city, south, north, west, east):
    (found,) = (spot(*known) for known in _TOWNS if known[:2] == (country, city))
    assert found.latitude is not None
    assert found.longitude is not None
    assert south < found.latitude < north
    assert west < found.longitude < east
