"""Maps: outlines of countries, shaded by their trials, with circles that count. Also `spots_map` for any few places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from django.utils.safestring import SafeString, mark_safe

from trials.phrases import count, number
from trials.search.landscape_asked import Count
from trials.search.worldmap import Land, WorldMap
from trials.search.worldmap_windows import REGIONS, WIDTH, Sheet, Window, drawn, fitting
from trials.views._pictures.charts import shade
from trials.views._pictures.svg import Picture, circle, link, path, rect, text

# Degrees: places farther apart are shown on a map of the world.
WIDEST = 120.0
# Units: spots nearer to each other are drawn as one.
TOGETHER = 16.0


def world_picture(found: WorldMap) -> Picture:
    """Countries shaded by how many of the trials have a site there, and circles with numbers."""
    sheet = Sheet(found.window)
    most = max((land.trials.total for land in found.lands), default=1)
    marks = [*_ground(sheet), *_lands(found.window, {land.code.upper(): land for land in found.lands}, most)]
    if found.ring:
        marks.append(circle("p-ring", *found.ring))
    # The small ones come last, so that none lies under a large one.
    for spot in found.circles:
        around = f"within {found.km} km of {spot.label}" if found.km else spot.label
        marks.append(_counted(spot.x, spot.y, spot.trials, f"{around}: {count(spot.trials.total, 'trial')}"))
    where = "countries" if found.window.is_world else f"cities, each {found.km} km around"
    description = (
        f"The stronger a country's colour, the more of the trials have a site there, up to {number(most)}. "
        f"{count(len(found.circles), 'circle')} with numbers for {where}."
    )
    title = f"Sites: {found.window.label}"
    return Picture(f"map-{found.window.key}", title, description, WIDTH, sheet.height, tuple(marks))


def _ground(sheet: Sheet) -> Iterator[SafeString]:
    yield rect("p-sea", 0, 0, WIDTH, sheet.height)


def _lands(window: Window, lands: Mapping[str, Land], most: int) -> Iterator[SafeString]:
    """All outlines, those with trials shaded and led to them."""
    shapes = []
    for code, d in drawn(window):
        land = lands.get(code)
        if land is None:
            shapes.append(path("p-land", d))
            continue
        css = f"p-land p-heat-{shade(land.trials.total, most)}"
        shapes.append(link(land.trials.url, [path(css, d, f"{land.label}: {count(land.trials.total, 'trial')}")]))
    # Outlines are in tenths of a unit.
    yield mark_safe(f'<g transform="scale(.1)">{"".join(shapes)}</g>')  # noqa: S308 (written by `svg`)


def _counted(x: float, y: float, found: Count, hint: str) -> SafeString:
    """A circle with a number in it, wide enough for its figures and a little wider for ten times as many."""
    radius = 7.5 + 2.6 * log10(max(1, found.total))
    shapes = [circle("p-spot", x, y, radius, hint)]
    if found.total:
        shapes.append(text("p-tiny p-middle p-through", x, y + 3.5, found.total))
    return link(found.url, shapes)


@dataclass(frozen=True)
class Spot:
    """A place to put on a map, in degrees. `is_open` says whether it recruits; `url` is where it leads, if anywhere."""

    label: str
    latitude: float
    longitude: float
    is_open: bool = False
    url: str = ""


def spots_map(key: str, title: str, spots: Sequence[Spot]) -> Picture | None:
    """A few places on a map just large enough, those that would overlap as one circle with their number; None for none.

    `key` is the picture's id on its page. Show it with `trials/_map_picture.html`.
    """
    if not spots:
        return None
    window = _window_of(key, spots)
    sheet = Sheet(window)
    marks = [*_ground(sheet), *_lands(window, {}, 1)]
    groups = tuple(_joined(sheet, spots))
    for x, y, joined in groups:
        named = ", ".join(dict.fromkeys(spot.label for spot in joined))
        css = "p-spot p-spot--open" if any(spot.is_open for spot in joined) else "p-spot"
        shapes = [circle(css, x, y, 6.0 if len(joined) == 1 else 9.0, named)]
        if len(joined) > 1:
            shapes.append(text("p-tiny p-middle p-through", x, y + 3.5, len(joined)))
        marks.append(link(joined[0].url if len(joined) == 1 else "", shapes))
    places = ", ".join(dict.fromkeys(spot.label for spot in spots[:12]))
    more = f" and {len(spots) - 12} more" if len(spots) > 12 else ""
    description = f"{count(len(spots), 'place')} on a map: {places}{more}."
    return Picture(key, title, description, WIDTH, sheet.height, tuple(marks))


def _window_of(key: str, spots: Iterable[Spot]) -> Window:
    points = [(spot.longitude, spot.latitude) for spot in spots]
    window = fitting(key, "", points)
    if window.east - window.west > WIDEST or window.north - window.south > WIDEST:
        return REGIONS[0]
    # Some of what lies around, to know it by.
    wide, high = max(6.0, window.east - window.west) * 0.15, max(4.0, window.north - window.south) * 0.15
    return fitting("spots", "", [(window.west - wide, window.south - high), (window.east + wide, window.north + high)])


def _joined(sheet: Sheet, spots: Iterable[Spot]) -> Iterator[tuple[float, float, list[Spot]]]:
    """Spots with their places on the sheet, those too close to one before joined to it."""
    heads: list[tuple[float, float, list[Spot]]] = []
    for spot in spots:
        x, y = sheet.at(spot.longitude, spot.latitude)
        for head_x, head_y, joined in heads:
            if (head_x - x) ** 2 + (head_y - y) ** 2 < TOGETHER**2:
                joined.append(spot)
                break
        else:
            heads.append((x, y, [spot]))
    yield from heads
