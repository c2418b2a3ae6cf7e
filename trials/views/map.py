"""Where the trials of a question run: a map of the world, of a part of it or of a country, with its table."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trials.phrases import count
from trials.search import facets
from trials.search.browse import Link
from trials.search.filters import printable
from trials.search.landscape_asked import Asked, asking
from trials.search.worldmap import WorldMap, window_for, world_map
from trials.search.worldmap_windows import REGIONS, WORLD, Window
from trials.views._pictures.figures import Figure, download, in_words
from trials.views._pictures.maps import world_picture
from trials.views._pictures.sheets import Cell, Sheet, SheetLine, counted

# The part of the world, or the country, that the map shows: not a part of the question.
ZOOM = "zoom"


@dataclass(frozen=True)
class Mapped:
    """A question on a map. `wanted` is a part of the world that was asked for and that there is none of."""

    asked: Asked
    found: WorldMap
    wanted: str


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """`/map/?…&zoom=europe` or `zoom=it`: the question in the address on a map."""
    mapped = _mapped(request.GET)
    asked, window = mapped.asked, mapped.found.window
    shown = {
        "asked": asked,
        "in_words": in_words(asked),
        "other_url": reverse("landscape") + asked.question.query_string(),
        "zoom_problem": mapped.wanted,
        "nav": "map",
    }
    if asked.total:
        places = _places(mapped.found)
        shown |= {
            "views": _views(asked, window),
            "figure": _figure(mapped, places),
            "places": places,
            "countries": _countries(asked, mapped.found),
        }
    return render(request, "trials/map.html", shown)


@require_safe
def map_file(request: HttpRequest, form: str) -> HttpResponse:
    """`/map/sites.svg` the map, and `/map/sites.csv` its circles; of the world, all countries."""
    mapped = _mapped(request.GET)
    places = _countries(mapped.asked, mapped.found) if mapped.found.window.is_world else _places(mapped.found)
    return download(request, _figure(mapped, places), form)


def _mapped(query: QueryDict) -> Mapped:
    query = query.copy()
    zoom = printable((query.pop(ZOOM, None) or [""])[-1])[:40]
    with asking(query) as asked:
        window = window_for(asked, zoom.lower())
        return Mapped(asked, world_map(asked, window or WORLD), "" if window else zoom)


def _figure(mapped: Mapped, sheet: Sheet) -> Figure:
    found, asked = mapped.found, mapped.asked
    query = asked.question.query_string(*([] if found.window.is_world else [(ZOOM, found.window.key)]))
    svg, csv = (reverse("map-file", args=[form]) + query for form in ("svg", "csv"))
    return Figure(world_picture(found), sheet, _note(found), svg, csv)


def _note(found: WorldMap) -> str:
    """What the marks say, and what is not on the map."""
    if found.window.is_world:
        said = (
            "A circle counts the trials with a site in a country, or in several that lie close together. "
            "Choose a part of the world to see cities."
        )
    else:
        said = (
            f"{count(found.here, 'trial')} with a site on this map. A circle counts those within {found.km} km of the "
            "city that it is named for, so that a trial with several sites is in several circles."
        )
        if found.left_out:
            places = count(found.left_out, "further place")
            said += f" {places} with fewer trials would not fit: choose a smaller part."
        if found.unlocated:
            said += (
                f" {count(found.unlocated, 'trial')} can be on no map of cities: none is named, or none that is known."
            )
    return said


def _places(found: WorldMap) -> Sheet:
    """The circles of a map."""
    title = "Circles on the map" if found.window.is_world else f"Trials within {found.km} km of"
    lines = tuple(SheetLine(spot.label, (counted(spot.trials),)) for spot in found.circles)
    return Sheet(title, "Country" if found.window.is_world else "City", ("Trials",), lines)


def _countries(asked: Asked, found: WorldMap) -> Sheet:
    """Every country, with a way to its own map, which a file has no use for; last the trials that name none."""
    lines = [
        SheetLine(
            land.label,
            (counted(land.trials), counted(land.recruiting), Cell("Map", "", _url(asked, land.code))),
        )
        for land in found.lands
    ]
    if found.unplaced.total:
        cells = (counted(found.unplaced), Cell("–", ""), Cell("", ""))
        lines.append(SheetLine(facets.by_key()["country"].missing, cells))
    return Sheet("Countries", "Country", ("Trials", "Recruiting there", "Map"), tuple(lines))


def _views(asked: Asked, window: Window) -> list[Link]:
    """The parts of the world, and the country that is shown."""
    views = [Link(part.label, _url(asked, part.key), part.key == window.key) for part in REGIONS]
    if window.key not in {part.key for part in REGIONS}:
        views.append(Link(window.label, _url(asked, window.key), True))
    return views


def _url(asked: Asked, key: str) -> str:
    own = [] if key == WORLD.key else [(ZOOM, key)]
    return reverse("map") + asked.question.query_string(*own)
