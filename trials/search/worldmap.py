"""Where the trials of a question run, by country and in circles around cities: counted from the bitmaps of places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trials.search.filters import MAX_VALUES
from trials.search.landscape_asked import Asked, Count
from trials.search.values import NOT_STATED
from trials.search.worldmap_places import Atlas, Town, atlas_of
from trials.search.worldmap_windows import REGIONS, Sheet, Window, fitting, middle, window_of

# Circles of one map; the places with fewest trials come last.
MOST_CIRCLES = 120
# Units of a sheet: circles begin so far apart at least, so that they can be told apart.
APART = 22
# Kilometres that a circle may reach.
REACHES = (5, 10, 15, 25, 50, 75, 100, 150, 200, 300, 500, 750, 1000)


@dataclass(frozen=True)
class Land:
    """A country with the trials that have a site there, and those that recruit there. `code` is its slug.

    As on the start page a trial recruits there only if its own status says so too: sites of trials long over are often
    still marked as recruiting.
    """

    code: str
    label: str
    trials: Count
    recruiting: Count


@dataclass(frozen=True)
class Circle:
    """Trials around a point of a sheet: of one or several countries on a map of the world, else around a city."""

    x: float
    y: float
    label: str
    trials: Count


@dataclass(frozen=True)
class WorldMap:
    """The trials of a question on one sheet.

    `lands` are all countries, those with most trials first, whether on the sheet or not. Circles reach `km` around the
    city that they are named for; 0 on a map of the world, where they stand for countries. `left_out` further circles
    would not fit. `here` trials have a site on the sheet, `unlocated` ones name no city that any map could show, and
    `unplaced` ones no country. `ring` is what the question itself asks to be near to:
    middle and radius in units of the sheet.
    """

    window: Window
    ring: tuple[float, float, float] | None
    lands: tuple[Land, ...]
    circles: tuple[Circle, ...]
    km: int
    left_out: int
    here: int
    unlocated: int
    unplaced: Count


def window_for(asked: Asked, zoom: str) -> Window | None:
    """The window of that name: a part of the world, or a country by its code; None where there is none."""
    named = {window.key: window for window in REGIONS}
    if not zoom:
        return REGIONS[0]
    if zoom in named:
        return named[zoom]
    value = asked.index.values["country"].values.get(zoom)
    if value is None:
        return None
    return window_of(zoom.upper(), value.label) or _around_towns(asked, zoom, value.label)


def _around_towns(asked: Asked, slug: str, label: str) -> Window | None:
    """The window of a country without an outline: around its cities."""
    cities = atlas_of(asked.index).of_country(slug)
    return fitting(slug, label, [(city.longitude, city.latitude) for city in cities]) if cities else None


def world_map(asked: Asked, window: Window) -> WorldMap:
    """The question on a sheet of that window."""
    atlas, sheet, countries = atlas_of(asked.index), Sheet(window), lands(asked)
    towns, here = atlas.seen(sheet.seen)
    km, left_out = 0, 0
    if window.is_world:
        circles = _of_countries(asked, sheet, countries, atlas)
    else:
        km = reach(sheet)
        spots = _apart(asked, sheet, towns, km)
        circles = [
            Circle(x, y, town.city.label, _around(asked, town, km, atlas)) for x, y, town in spots[:MOST_CIRCLES]
        ]
        left_out = max(0, len(spots) - MOST_CIRCLES)
    return WorldMap(
        window=window,
        ring=_ring(asked, sheet),
        lands=countries,
        circles=tuple(circles),
        km=km,
        left_out=left_out,
        here=asked.found.intersection_cardinality(here),
        unlocated=len(asked.found - atlas.located),
        unplaced=asked.count({"country": NOT_STATED}),
    )


def _ring(asked: Asked, sheet: Sheet) -> tuple[float, float, float] | None:
    near = asked.question.near
    if near is None or sheet.window.is_world:
        return None
    return *sheet.at(near.longitude, near.latitude), near.km / sheet.km_per_unit


def lands(asked: Asked) -> tuple[Land, ...]:
    """Every country with one of the found trials, those with most first."""
    found = []
    for slug, value in asked.index.values["country"].values.items():
        if asked.members("country", slug).intersect(asked.found):
            recruiting = asked.count({"status": "recruiting", "open_in": slug})
            found.append(Land(slug, value.label, asked.count({"country": slug}), recruiting))
    return tuple(sorted(found, key=lambda land: (-land.trials.total, land.label)))


def reach(sheet: Sheet) -> int:
    """Kilometres around a city that its circle stands for, so that two can be told apart on this sheet."""
    least = APART * sheet.km_per_unit
    return next((km for km in REACHES if km >= least), REACHES[-1])


def _of_countries(asked: Asked, sheet: Sheet, countries: Sequence[Land], atlas: Atlas) -> list[Circle]:
    """A circle for each country; those too close to one with more trials join it."""
    heads: list[tuple[float, float, list[Land]]] = []
    for land in countries:
        at = middle(land.code.upper()) or _busiest(land.code, atlas)
        if at is None:
            continue
        x, y = sheet.at(*at)
        for head_x, head_y, joined in heads:
            if (head_x - x) ** 2 + (head_y - y) ** 2 < (APART + 4) ** 2:
                joined.append(land)
                break
        else:
            heads.append((x, y, [land]))
    return [Circle(x, y, _together(joined), _any_of(asked, joined)) for x, y, joined in heads]


def _busiest(slug: str, atlas: Atlas) -> tuple[float, float] | None:
    """Where most trials of a country without an outline are."""
    city = max(atlas.of_country(slug), key=lambda city: (city.trials, city.name), default=None)
    return (city.longitude, city.latitude) if city else None


def _together(joined: Sequence[Land]) -> str:
    others = len(joined) - 1
    return joined[0].label + (f" and {others} more {'country' if others == 1 else 'countries'}" if others else "")


def _any_of(asked: Asked, joined: Sequence[Land]) -> Count:
    """The trials in any of these countries: to choose several of them asks for just that."""
    if len(joined) == 1:
        return joined[0].trials
    slugs = tuple(land.code for land in joined)
    of_them = asked.members("country", slugs[0]).union(*(asked.members("country", slug) for slug in slugs[1:]))
    total = asked.found.intersection_cardinality(of_them)
    is_exact = len(slugs) <= MAX_VALUES and asked.without("country").intersection_cardinality(of_them) == total
    return Count(total, asked.address(asked.choosing({"country": slugs})) if is_exact else "")


def _apart(asked: Asked, sheet: Sheet, towns: Iterable[Town], km: int) -> list[tuple[float, float, Town]]:
    """The cities with most of the found trials, with their places on the sheet, none within the circle of another."""
    sizes = ((asked.found.intersection_cardinality(town.trials), town) for town in towns)
    ordered = sorted(((size, town) for size, town in sizes if size), key=lambda pair: (-pair[0], pair[1].key))
    apart = km / sheet.km_per_unit
    taken: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    found = []
    for _, town in ordered:
        x, y = sheet.at(town.city.longitude, town.city.latitude)
        column, row = int(x // apart), int(y // apart)
        beside = (spot for i in (-1, 0, 1) for j in (-1, 0, 1) for spot in taken.get((column + i, row + j), ()))
        if all((x - other_x) ** 2 + (y - other_y) ** 2 >= apart**2 for other_x, other_y in beside):
            taken[column, row].append((x, y))
            found.append((x, y, town))
    return found


def _around(asked: Asked, town: Town, km: int, atlas: Atlas) -> Count:
    """The found trials with a site within so many kilometres of a city."""
    ids, near = atlas.within(town, km), town.city.near(km)
    total = asked.found.intersection_cardinality(ids)
    is_exact = not asked.question.near or asked.without("near").intersection_cardinality(ids) == total
    # Of two cities with one name in one country, or one with a comma in it, the address may mean another.
    is_exact = is_exact and asked.index.gazetteer.named(near.text)[:1] == (town.city,)
    return Count(total, asked.address(asked.question.but(near=near)) if is_exact else "")
