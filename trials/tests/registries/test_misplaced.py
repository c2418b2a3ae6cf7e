"""The table of towns that the registry puts elsewhere."""

from __future__ import annotations

import pytest

from trials.quality.rules.facts import SiteFields
from trials.quality.rules.places import is_outside
from trials.registries.misplaced import _TOWNS, spot
from trials.search.places import distance_km


@pytest.mark.parametrize("known", _TOWNS, ids=lambda known: f"{known[1]} {known[2]}")
def test_a_corrected_town_lies_elsewhere_in_its_country(known):
    country, city, latitude, longitude = known
    found = spot(country, city, latitude, longitude)
    assert found.remark
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
