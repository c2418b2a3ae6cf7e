"""The cities that the catalogue's sites name, and what lies within a distance of one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from operator import itemgetter
from typing import NamedTuple

from pyroaring import BitMap

from trials.models.site import country_name
from trials.search.bitmaps import union
from trials.search.folding import fold
from trials.search.question import Near
from trials.search.starts import Starts

# Mean radius of the earth, IUGG.
EARTH_KM = 6371.0088


class Place(NamedTuple):
    """What sites say of where they are: ISO country code, city, degrees (WGS 84) or None. Stored values of sites."""

    country: str
    city: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class City:
    """A city with the coordinates that most of its trials give, and how many trials have a site in it."""

    name: str
    country: str
    latitude: float
    longitude: float
    trials: int

    @property
    def label(self) -> str:
        return f"{self.name}, {country_name(self.country)}" if self.country else self.name

    def near(self, km: int) -> Near:
        """Everything within so many kilometres of here."""
        text = f"{fold(self.name).strip().replace(' ', '-')}{f',{self.country.lower()}' if self.country else ''}"
        return Near(text, self.label, self.latitude, self.longitude, km)


def city_key(country: str, city: str) -> tuple[str, str]:
    """What makes two spellings one city: country, and the name without accents and case."""
    return country, fold(city).strip()


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the great circle, in kilometres (haversine); degrees in."""
    north, other_north = radians(latitude), radians(other_latitude)
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


CityKey = tuple[str, str]


@dataclass(frozen=True)
class Gazetteer:
    """Cities by key, and where each place is: at its own coordinates, else where most trials of its city are.

    `spellings` are the places of each city. `spots` (degrees north, degrees east, place) go from south to north.
    `starts` finds the keys of cities by the beginnings of their names.
    """

    spellings: Mapping[CityKey, tuple[Place, ...]]
    cities: Mapping[CityKey, City]
    by_name: Mapping[str, tuple[City, ...]]
    spots: tuple[tuple[float, float, Place], ...]
    starts: Starts[CityKey]

    @classmethod
    def of(cls, places: Mapping[Place, BitMap]) -> Gazetteer:
        return cls({}, {}, {}, (), Starts(())).changed({}, places)

    def changed(self, before: Mapping[Place, BitMap], places: Mapping[Place, BitMap]) -> Gazetteer:
        """The gazetteer of `places` from this one, which is that of `before`. What has not changed is shared."""
        moved = [place for place, ids in places.items() if before.get(place) is not ids]
        keys = {city_key(place[0], place[1]) for place in (*moved, *(place for place in before if place not in places))}
        now: dict[CityKey, dict[Place, None]] = {
            key: {place: None for place in self.spellings.get(key, ()) if place in places} for key in keys
        }
        for place in moved:
            now[city_key(place[0], place[1])][Place(*place)] = None
        found = {key: city for key, spellings in now.items() if (city := _city(key, tuple(spellings), places))}
        gone = keys & self.cities.keys() - found.keys()
        by_name: dict[str, list[City]] = {}
        for _, name in keys:
            same = self.by_name.get(name, ())
            by_name[name] = [city for city in same if city_key(city.country, city.name) not in keys]
        for (_, name), city in found.items():
            by_name[name].append(city)
        return Gazetteer(
            spellings={**self.spellings, **{key: tuple(spellings) for key, spellings in now.items()}},
            cities={key: city for key, city in {**self.cities, **found}.items() if key not in gone},
            by_name={**self.by_name, **{name: _ranked(same) for name, same in by_name.items()}},
            spots=_spots(self.spots, {place for key in keys for place in self.spellings.get(key, ())}, now, found),
            starts=self.starts.changed(
                gone, ((city.name, key) for key, city in found.items() if key not in self.cities)
            ),
        )

    def named(self, text: str) -> tuple[City, ...]:
        """Cities of that name, the one with most trials first; a country's code or name may follow a comma."""
        name, _, country = text.partition(",")
        found = self.by_name.get(fold(name).strip(), ())
        wanted = fold(country).strip()
        if wanted:
            found = tuple(
                city for city in found if wanted in (city.country.lower(), fold(country_name(city.country)).strip())
            )
        # “Washington, D.C.” is a name.
        return found or self.by_name.get(fold(text).strip(), ())

    def within(self, near: Near) -> Iterator[Place]:
        """The places at most so far away."""
        # A degree of latitude is a little over 110 km everywhere: most places are out by that alone.
        reach = near.km / 110
        first = bisect_left(self.spots, near.latitude - reach, key=itemgetter(0))
        last = bisect_right(self.spots, near.latitude + reach, key=itemgetter(0))
        for latitude, longitude, place in self.spots[first:last]:
            if distance_km(near.latitude, near.longitude, latitude, longitude) <= near.km:
                yield place


def _city(key: CityKey, spellings: Sequence[Place], places: Mapping[Place, BitMap]) -> City | None:
    """The city with the coordinates that most trials give; None for one that nobody locates."""
    located = [place for place in spellings if place.latitude is not None and place.longitude is not None]
    if not key[1] or not located:
        return None
    usual = min(located, key=lambda place: (-len(places[place]), place))
    trials = len(union(places[place] for place in spellings))
    return City(usual.city, usual.country, usual.latitude or 0.0, usual.longitude or 0.0, trials)


def _ranked(same: Iterable[City]) -> tuple[City, ...]:
    return tuple(sorted(same, key=lambda city: (-city.trials, city.country)))


def _spots(
    spots: Iterable[tuple[float, float, Place]],
    before: Collection[Place],
    now: Mapping[CityKey, Iterable[Place]],
    cities: Mapping[CityKey, City],
) -> tuple[tuple[float, float, Place], ...]:
    """`spots` with the places of some cities as they are `now` instead of as they were `before`."""
    fresh = [spot for spot in spots if spot[2] not in before]
    for key, spellings in now.items():
        usual = cities.get(key)
        for place in spellings:
            if place.latitude is not None and place.longitude is not None:
                fresh.append((place.latitude, place.longitude, place))
            elif usual is not None:
                fresh.append((usual.latitude, usual.longitude, place))
    return tuple(sorted(fresh, key=itemgetter(0)))


# The places that a gazetteer was last made from, and the gazetteer.
_remembered: tuple[Mapping[Place, BitMap], Gazetteer] = ({}, Gazetteer.of({}))


def gazetteer_of(places: Mapping[Place, BitMap]) -> Gazetteer:
    """The gazetteer of these places, made from the one that was asked for last: most edits move few sites or none."""
    global _remembered
    known, gazetteer = _remembered
    if known is not places:
        gazetteer = gazetteer.changed(known, places)
        _remembered = (places, gazetteer)
    return gazetteer
