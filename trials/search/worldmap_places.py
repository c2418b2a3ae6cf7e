"""The cities of the catalogue by where they lie, and the trials within some distance of one. Made once for an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, cos, floor, radians
from typing import NamedTuple

from pyroaring import BitMap

from trials.search.bitmaps import union
from trials.search.index import FacetIndex
from trials.search.landscape_asked import remembered
from trials.search.places import City, CityKey, Gazetteer, Place, distance_km
from trials.search.worldmap_windows import Window

# A degree of latitude is longer than this everywhere.
KM_PER_DEGREE = 110.0
# Circles whose trials are kept.
MOST_KEPT = 2_000


class Town(NamedTuple):
    """A city with the trials that have a site in it."""

    key: CityKey
    city: City
    trials: BitMap


_Spot = tuple[float, float, Place]


@dataclass
class Atlas:
    """Where the places of an index are. `cells` hold them by whole degrees north and east; `located` trials have a site
    in some city that can be put on a map."""

    places: Mapping[Place, BitMap]
    gazetteer: Gazetteer
    located: BitMap
    cells: Mapping[tuple[int, int], list[_Spot]]
    _within: dict[tuple[CityKey, int], BitMap] = field(default_factory=dict)
    _seen: dict[str, tuple[tuple[Town, ...], BitMap]] = field(default_factory=dict)

    def within(self, town: Town, km: int) -> BitMap:
        """The trials that `near` this town finds: those of all places so near."""
        held = self._within.get((town.key, km))
        if held is None:
            near = town.city.latitude, town.city.longitude
            spots = self._around(*near, km)
            held = union(self.places[place] for *at, place in spots if distance_km(*near, *at) <= km)
            if len(self._within) >= MOST_KEPT:
                self._within.clear()
            self._within[town.key, km] = held
        return held

    def _around(self, latitude: float, longitude: float, km: int) -> Iterator[_Spot]:
        """The spots in all cells that a circle may reach."""
        reach = km / KM_PER_DEGREE
        rows = range(floor(latitude - reach), floor(latitude + reach) + 1)
        # Where the circle comes nearest to a pole meridians are closest; round the pole it crosses all of them.
        farthest = min(90.0, max(abs(latitude - reach), abs(latitude + reach)))
        wide = reach / cos(radians(farthest)) if farthest < 89.0 else 180.0
        turn = range(-180, 180)
        columns = (
            turn
            if wide >= 179
            else {_turned(east) for east in range(floor(longitude - wide), ceil(longitude + wide) + 1)}
        )
        for row in rows:
            for column in columns:
                yield from self.cells.get((row, column), ())

    def seen(self, window: Window) -> tuple[tuple[Town, ...], BitMap]:
        """The towns in a window, and all trials that have a site in one of them."""
        if window.key not in self._seen:
            cities = self.gazetteer.cities.items()
            towns = tuple(self.town(key) for key, city in cities if window.holds(city.longitude, city.latitude))
            self._seen[window.key] = towns, union(town.trials for town in towns)
        return self._seen[window.key]

    def town(self, key: CityKey) -> Town:
        spellings = self.gazetteer.spellings[key]
        # Most cities are spelt in one way.
        one = self.places[spellings[0]]
        trials = one if len(spellings) == 1 else union(self.places[place] for place in spellings)
        return Town(key, self.gazetteer.cities[key], trials)

    def of_country(self, slug: str) -> list[City]:
        """The cities of a country."""
        return [city for city in self.gazetteer.cities.values() if city.country == slug.upper()]


def _turned(east: int) -> int:
    """A meridian from -180 to 179."""
    return (east + 180) % 360 - 180


def atlas_of(index: FacetIndex) -> Atlas:
    """The atlas of an index, made when it is first asked for."""
    return remembered(index.places, "atlas", lambda: _atlas(index))


def _atlas(index: FacetIndex) -> Atlas:
    gazetteer = index.gazetteer
    cells: defaultdict[tuple[int, int], list[_Spot]] = defaultdict(list)
    for spot in gazetteer.spots:
        cells[floor(spot[0]), _turned(floor(spot[1]))].append(spot)
    located = union(index.places[place] for key in gazetteer.cities for place in gazetteer.spellings[key])
    return Atlas(index.places, gazetteer, located, cells)
