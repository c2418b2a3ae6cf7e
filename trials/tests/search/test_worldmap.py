"""The map's numbers: each leads to just so many trials, and agrees with the gazetteer and the browse page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.search.bitmaps import union
from trials.search.landscape_asked import Asked, Count, asking
from trials.search.places import Gazetteer, Place
from trials.search.publishing import publish_all
from trials.search.worldmap import WorldMap, window_for, world_map
from trials.search.worldmap_places import atlas_of
from trials.search.worldmap_windows import REGIONS, WORLD
from trials.tests.search.making import publish, site, trial
from trials.tests.search.test_index import make_terms, questions, trials, write
from trials.tests.search.test_landscape import assert_leads_to_so_many, plain_answer

pytestmark = pytest.mark.django_db
MILAN: dict[str, Any] = {"city": "Milan", "latitude": 45.46, "longitude": 9.19}
PAVIA: dict[str, Any] = {"city": "Pavia", "latitude": 45.19, "longitude": 9.16}
ROME: dict[str, Any] = {"city": "Rome", "latitude": 41.9, "longitude": 12.5}


def mapped(query: str, zoom: str = "") -> tuple[Asked, WorldMap]:
    publish_all()
    with asking(QueryDict(query)) as asked:
        window = window_for(asked, zoom)
        assert window is not None
        return asked, world_map(asked, window)


def circles(found: WorldMap) -> dict[str, int]:
    return {one.label: one.trials.total for one in found.circles}


@settings(max_examples=25)
@given(st.lists(trials, max_size=8), questions, st.sampled_from(["", "europe", "it", "us"]))
def test_every_number_leads_to_so_many_trials(made, parts, zoom):
    with transaction.atomic():
        make_terms()
        publish([pk for number, drawn in enumerate(made) if (pk := write(number, drawn))], terms=True)
        with asking(QueryDict("&".join(part for part in parts if not part.startswith("page=")))) as asked:
            window = window_for(asked, zoom)
            found = world_map(asked, window or WORLD)
            counts = [one for land in found.lands for one in (land.trials, land.recruiting)]
            assert_leads_to_so_many([*counts, *(one.trials for one in found.circles), found.unplaced], asked)
            held = plain_answer(urlencode(asked.question.but(chosen=()).parameters()), asked).counts["country"]
            if not asked.question.chosen:
                assert {land.code: land.trials.total for land in found.lands} == {
                    slug: size for slug, size in held.items() if size and slug != "not-stated"
                }
        transaction.set_rollback(True)


def test_places_within_a_distance_are_those_that_the_gazetteer_finds():
    spots = [("it", 45.46, 9.19), ("ru", 66.0, 179.9), ("us", 66.2, -179.8), ("no", 89.5, 10.0), ("no", 89.2, -170.0)]
    for number, (country, north, east) in enumerate(spots):
        site(trial(f"t{number}"), country.upper(), city=f"City {number}", latitude=north, longitude=east)
    asked, _ = mapped("")
    atlas = atlas_of(asked.index)
    for town in map(atlas.town, asked.index.gazetteer.cities):
        for km in (5, 100, 1000):
            places = asked.index.gazetteer.within(town.city.near(km))
            assert atlas.within(town, km) == union(asked.index.places[place] for place in places), (town.city, km)


def test_a_city_counts_those_around_it_and_these_have_no_circle_of_their_own():
    for number, where in enumerate((MILAN, MILAN, PAVIA, ROME)):
        site(trial(f"t{number}"), "IT", **where)
    _, found = mapped("", "it")
    assert circles(found) == {"Milan, Italy": 3, "Rome, Italy": 1}
    assert (found.km, found.here) == (50, 4)
    assert found.circles[0].trials.url == "/trials/?near=milan%2Cit&within=50"


def test_countries_that_lie_close_together_share_a_circle_that_asks_for_either():
    both = trial("both")
    site(both, "NL", city="Utrecht")
    site(both, "BE", city="Ghent")
    site(trial("one"), "BE", city="Ghent")
    site(trial("far"), "AU", city="Perth")
    _, found = mapped("")
    told = {one.label: one.trials for one in found.circles}
    assert told["Belgium and 1 more country"] == Count(2, "/trials/?country=be&country=nl")
    assert told["Australia"] == Count(1, "/trials/?country=au")


def test_a_trial_that_is_also_elsewhere_leads_nowhere_under_a_country_that_was_not_chosen():
    both = trial("both")
    site(both, "IT", **ROME)
    site(both, "FR", city="Lyon")
    site(trial("french"), "FR", city="Lyon")
    _, found = mapped("country=it")
    assert {land.code: land.trials for land in found.lands} == {"it": Count(1, "/trials/?country=it"), "fr": Count(1)}


def test_near_another_city_leads_nowhere_while_the_question_is_near_one():
    here = trial("here")
    site(here, "IT", **MILAN)
    site(here, "IT", **ROME)
    site(trial("roman"), "IT", **ROME)
    _, found = mapped("near=milan&within=10", "it")
    assert {one.label: one.trials for one in found.circles} == {
        "Milan, Italy": Count(1, "/trials/?near=milan%2Cit&within=50"),
        "Rome, Italy": Count(1),
    }
    assert found.ring is not None


def test_a_city_that_the_address_cannot_name_leads_nowhere():
    for number in range(2):
        site(trial(f"italian{number}"), "IT", **MILAN)
    # Of no country, and so asked for by its name alone, which means the other.
    site(trial("one"), "", city="Milan", latitude=40.0, longitude=12.0)
    _, found = mapped("", "it")
    assert [one.trials for one in found.circles] == [Count(2, "/trials/?near=milan%2Cit&within=50"), Count(1)]


def test_a_country_without_an_outline_is_shown_around_its_cities():
    site(trial("one"), "RE", city="Saint-Denis", latitude=-20.88, longitude=55.45)
    asked, found = mapped("", "re")
    assert circles(found) == {"Saint-Denis, Réunion": 1}
    assert window_for(asked, "gi") is None
    assert circles(mapped("")[1]) == {"Réunion": 1}


def test_a_trial_without_a_country_is_counted_as_not_stated():
    trial("nowhere")
    _, found = mapped("")
    assert (found.lands, found.circles, found.here) == ((), (), 0)
    assert found.unplaced == Count(1, "/trials/?country=not-stated")


def test_every_part_of_the_world_has_its_own_name():
    assert len({window.key for window in REGIONS}) == len(REGIONS)
    assert Gazetteer.of({Place("", "", None, None): union([])}).cities == {}
