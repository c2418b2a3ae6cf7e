"""Cities by name and what lies near them, held to distances worked out one by one."""

from __future__ import annotations

from math import acos, cos, degrees, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from trials.search.places import EARTH_KM, City, Gazetteer, Place, distance_km
from trials.search.question import Near

MILAN = Place("IT", "Milan", 45.464, 9.19)
latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0])
longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0])


def gazetteer(*places: Place | tuple[Place, set[int]]) -> Gazetteer:
    pairs = [place if isinstance(place[1], set) else (place, {order}) for order, place in enumerate(places)]
    return Gazetteer.of({place: BitMap(trials) for place, trials in pairs})


def around(latitude: float, longitude: float, km: int) -> Near:
    return Near("here", "Here", latitude, longitude, km)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((45.464, 9.19), (41.893, 12.483), 477),  # Milan to Rome
        ((51.507, -0.128), (40.713, -74.006), 5570),  # London to New York
        ((0, 179.9), (0, -179.9), 22),  # over the antimeridian
        ((90, 0), (90, 135), 0),  # one pole, two longitudes
        ((89.9, 0), (89.9, 180), 22),  # over the pole
        ((0, 0), (0, 180), 20015),  # half around
    ],
)
def test_distances(one, other, km):
    assert distance_km(*one, *other) == pytest.approx(km, abs=1.5)


@given(latitudes, longitudes, latitudes, longitudes)
def test_the_distance_is_that_of_the_law_of_cosines(latitude, longitude, other_latitude, other_longitude):
    one, other, turn = radians(latitude), radians(other_latitude), radians(other_longitude - longitude)
    angle = acos(max(-1.0, min(1.0, sin(one) * sin(other) + cos(one) * cos(other) * cos(turn))))
    found = distance_km(latitude, longitude, other_latitude, other_longitude)
    assert found == pytest.approx(EARTH_KM * angle, abs=0.5)
    assert 0 <= found <= EARTH_KM * pi


@given(
    st.lists(st.tuples(latitudes, longitudes), max_size=10),
    latitudes,
    longitudes,
    st.integers(1, 20_100),
)
def test_nothing_within_reach_is_left_out(spots, latitude, longitude, km):
    places = [Place("IT", f"city {order}", *spot) for order, spot in enumerate(spots)]
    near = around(latitude, longitude, km)
    assert set(gazetteer(*places).within(near)) == {
        place for place, spot in zip(places, spots, strict=True) if distance_km(latitude, longitude, *spot) <= km
    }


@pytest.mark.parametrize("longitude", [0.0, 90.0, 180.0, -135.0])
def test_a_place_just_within_reach_due_north_is_found(longitude):
    up = degrees(100 / EARTH_KM)
    assert list(gazetteer(Place("IT", "a", 10 + up * 0.9999, longitude)).within(around(10, longitude, 100)))
    assert not list(gazetteer(Place("IT", "a", 10 + up * 1.0001, longitude)).within(around(10, longitude, 100)))


def test_a_site_without_coordinates_stands_where_its_city_is():
    silent = Place("IT", "MILAN", None, None)
    assert list(gazetteer(MILAN, silent).within(around(45.4, 9.2, 20))) == [MILAN, silent]


def test_a_city_that_no_site_gives_coordinates_of_is_nowhere():
    held = gazetteer(Place("FR", "Lyon", None, None))
    assert held.named("lyon") == ()
    assert list(held.within(around(45.76, 4.84, 20_000))) == []


def test_a_place_without_a_city_is_found_by_its_own_coordinates_only():
    held = gazetteer(Place("IT", "", 45.4, 9.2), Place("IT", "", None, None))
    assert held.cities == {}
    assert list(held.within(around(45.4, 9.2, 10))) == [Place("IT", "", 45.4, 9.2)]


def test_a_city_is_where_most_of_its_trials_say():
    wrong = Place("IT", "Milan", 0.0, 0.0)
    held = gazetteer((wrong, {1}), (MILAN, {2, 3}), (Place("IT", "milan", None, None), {3, 4}))
    [city] = held.named("Milan")
    assert (city.name, city.latitude, city.longitude, city.trials) == ("Milan", 45.464, 9.19, 4)


def test_a_site_outside_its_city_stays_where_it_says_it_is():
    far = Place("IT", "Milan", 0.0, 0.0)
    held = gazetteer((far, {1}), (MILAN, {2, 3}))
    assert list(held.within(around(0, 0, 10))) == [far]


@pytest.mark.parametrize("text", ["köln", "Koln", "KÖLN,de", "köln, Germany", "Köln ,DE"])
def test_a_city_is_found_without_case_and_accents_and_with_its_country(text):
    assert [city.label for city in gazetteer(Place("DE", "Köln", 50.94, 6.96)).named(text)] == ["Köln, Germany"]


@pytest.mark.parametrize("text", ["", ",de", "kol", "köln,fr", "köln,x"])
def test_what_names_no_city(text):
    assert gazetteer(Place("DE", "Köln", 50.94, 6.96)).named(text) == ()


def test_a_comma_in_the_name_of_a_city():
    [city] = gazetteer(Place("US", "Washington, D.C.", 38.9, -77.04)).named("Washington, D.C.")
    assert city.near(50).text == "washington-d-c,us"


def test_a_city_with_its_country_in_its_name_does_not_stand_before_the_city():
    held = gazetteer(MILAN, (Place("IT", "Milan, IT", 1.0, 1.0), {1, 2, 3}))
    assert [city.name for city in held.named("milan,it")] == ["Milan"]


def test_of_two_cities_with_one_name_the_one_with_more_trials_comes_first():
    held = gazetteer((Place("IT", "Milan", 45.46, 9.19), {1, 2}), (Place("US", "Milan", 38.0, -89.0), {3, 4, 5}))
    assert [city.country for city in held.named("milan")] == ["US", "IT"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["IT", "US", "DE"]), st.text(min_size=1, max_size=12), st.sets(st.integers(0, 9))),
        max_size=6,
    )
)
def test_every_city_is_found_by_the_address_it_gives_itself(drawn):
    held = gazetteer(*((Place(country, city, 1.0, 2.0), trials or {1}) for country, city, trials in drawn))
    for city in held.cities.values():
        assert held.named(city.near(10).text)[0] == city


PLACES = st.sampled_from(
    [
        Place(country, city, *spot)
        for country in ("IT", "US")
        for city in ("Milan", "MILÁN", "Rome", "")
        for spot in ((45.0, 9.0), (41.0, 12.0), (None, None))
    ]
)
HELD = st.dictionaries(PLACES, st.frozensets(st.integers(1, 5), min_size=1), max_size=12)


def named(made: Gazetteer) -> dict[str, tuple[City, ...]]:
    return {name: same for name, same in made.by_name.items() if same}


@given(st.lists(HELD, min_size=2, max_size=4))
def test_a_gazetteer_that_follows_changes_is_the_one_made_anew(states):
    before: dict[Place, BitMap] = {}
    followed = Gazetteer.of(before)
    for state in states:
        places = {
            place: before[place] if before.get(place) == BitMap(trials) else BitMap(trials)
            for place, trials in state.items()
        }
        followed = followed.changed(before, places)
        anew = Gazetteer.of(places)
        assert followed.cities == anew.cities
        assert named(followed) == named(anew)
        assert set(followed.spots) == set(anew.spots)
        assert {start.bearer for start in followed.starts.sorted} == set(anew.cities)
        before = places
