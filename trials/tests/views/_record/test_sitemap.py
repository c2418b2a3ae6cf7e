"""Sites on a map: a dot for each place, open where any site there is."""

import pytest

from trials.models import Site
from trials.views._record.sitemap import site_map

# A site asks the database for what it is not given.
pytestmark = pytest.mark.django_db


def site(city: str, east: float | None, north: float | None, status: str = "", country: str = "IT") -> Site:
    return Site(city=city, longitude=east, latitude=north, status=status, country=country)


def test_without_coordinates_there_is_no_map():
    assert site_map([site("Milan", None, None)]) is None


def test_sites_of_one_place_are_one_dot_that_is_open_where_any_is():
    drawn = site_map(
        [
            site("Milan", 9.19, 45.46, "COMPLETED"),
            site("Milan", 9.19, 45.46, "RECRUITING"),
            site("Rome", 12.5, 41.9),
            site("Bari", None, None),
        ]
    )
    assert drawn is not None
    assert [(dot.kind, dot.words) for dot in drawn.dots] == [
        ("unknown", "Rome: status not stated"),
        ("open", "Milan: completed, recruiting"),
    ]
    rome, milan = drawn.dots
    assert milan.x < rome.x
    assert milan.y < rome.y
    assert (drawn.title, drawn.unplaced) == ("3 sites on a map: Italy", "1 site without coordinates")


def test_sites_far_apart_stand_on_a_map_of_the_world():
    drawn = site_map([site("Milan", 9.19, 45.46), site("Sydney", 151.2, -33.9, country="AU")])
    assert drawn is not None
    assert drawn.title == "2 sites on a map: The world"
    assert all(0 <= dot.x <= drawn.width and 0 <= dot.y <= drawn.height for dot in drawn.dots)
