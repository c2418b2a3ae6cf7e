"""The cities that the catalogue's sites name, and what lies within a distance of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from django_countries import countries
from pyroaring import BitMap

from trials.search.folding import fold
from trials.search.question import Near

# Mean radius of the earth, IUGG.
EARTH_KM = 6371.0088


class Place(NamedTuple):
    """What sites say of where they are: ISO country code, city, degrees (WGS 84) or None. Stored values of sites."""

    country: str
    city: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class City:
    """A city with the coordinates that most of its trials give, and how many trials have a site in it."""

    name: str
    country: str
    latitude: float
    longitude: float
    trials: int

    @property
    def label(self) -> str:
        return f"{self.name}, {countries.name(self.country)}" if self.country else self.name

    def near(self, km: int) -> Near:
        """Everything within so many kilometres of here."""
        text = f"{fold(self.name).strip().replace(' ', '-')}{f',{self.country.lower()}' if self.country else ''}"
        return Near(text, self.label, self.latitude, self.longitude, km)


@lru_cache(maxsize=65_536)
def city_key(country: str, city: str) -> tuple[str, str]:
    """What makes two spellings one city: country, and the name without accents and case."""
    return country, fold(city).strip()


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the great circle, in kilometres (haversine); degrees in."""
    north, other_north = radians(latitude), radians(other_latitude)
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True)
class Gazetteer:
    """Cities by key, and where each place is: at its own coordinates, else where most trials of its city are."""

    cities: Mapping[tuple[str, str], City]
    by_name: Mapping[str, tuple[City, ...]]
    spots: tuple[tuple[float, float, Place], ...]

    @classmethod
    def of(cls, places: Mapping[Place, BitMap]) -> Gazetteer:
        named: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in places:
            named[city_key(place[0], place[1])].append(Place(*place))
        cities = {}
        for key, spellings in named.items():
            located = [place for place in spellings if place.latitude is not None and place.longitude is not None]
            if key[1] and located:
                usual = min(located, key=lambda place: (-len(places[place]), place))
                trials = len(BitMap.union(*(places[place] for place in spellings)))
                cities[key] = City(usual.city, usual.country, usual.latitude or 0.0, usual.longitude or 0.0, trials)
        by_name: defaultdict[str, list[City]] = defaultdict(list)
        for (_, name), city in cities.items():
            by_name[name].append(city)
        ranked = {
            name: tuple(sorted(same, key=lambda city: (-city.trials, city.country))) for name, same in by_name.items()
        }
        spots = []
        for place in map(Place._make, places):
            usual_spot = cities.get(city_key(place.country, place.city))
            if place.latitude is not None and place.longitude is not None:
                spots.append((place.latitude, place.longitude, place))
            elif usual_spot is not None:
                spots.append((usual_spot.latitude, usual_spot.longitude, place))
        return cls(cities, ranked, tuple(spots))

    def named(self, text: str) -> tuple[City, ...]:
        """Cities of that name, the one with most trials first; a country's code or name may follow a comma."""
        name, _, country = text.partition(",")
        found = self.by_name.get(fold(name).strip(), ())
        wanted = fold(country).strip()
        if wanted:
            found = tuple(
                city for city in found if wanted in (city.country.lower(), fold(countries.name(city.country)).strip())
            )
        # “Washington, D.C.” is a name.
        return found or self.by_name.get(fold(text).strip(), ())

    def within(self, near: Near) -> Iterator[Place]:
        """The places at most so far away."""
        # A degree of latitude is a little over 110 km everywhere: most places are out by that alone.
        reach = near.km / 110
        for latitude, longitude, place in self.spots:
            if abs(latitude - near.latitude) > reach:
                continue
            if distance_km(near.latitude, near.longitude, latitude, longitude) <= near.km:
                yield place
