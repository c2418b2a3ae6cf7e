"""The sites of a trial on a map: of their country, or of the smallest stretch of the world that holds them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Site
from trials.models.site import country_name
from trials.phrases import count
from trials.search import worldmap_windows as world
from trials.search.cards import status_kind


@dataclass(frozen=True)
class Dot:
    """The sites of one place, in units of the map; `kind` as of a status badge."""

    x: float
    y: float
    kind: str
    words: str


@dataclass(frozen=True)
class SiteMap:
    """`lands` are paths in tenths of a unit. `unplaced` counts the sites without coordinates."""

    width: int
    height: int
    title: str
    description: str
    lands: tuple[str, ...]
    dots: tuple[Dot, ...]
    unplaced: str


def site_map(sites: Iterable[Site]) -> SiteMap | None:
    """The map; None where no site has coordinates."""
    rows = list(sites)
    placed = [
        (site.longitude, site.latitude, site)
        for site in rows
        if site.longitude is not None and site.latitude is not None
    ]
    if not placed:
        return None
    window = _window([(east, north) for east, north, _ in placed], {str(site.country) for *_, site in placed})
    sheet = world.Sheet(window)
    by_place: dict[tuple[float, float], list[Site]] = {}
    for east, north, site in placed:
        x, y = sheet.at(east, north)
        by_place.setdefault((round(x, 1), round(y, 1)), []).append(site)
    dots = tuple(_dot(x, y, held) for (x, y), held in by_place.items())
    left = len(rows) - len(placed)
    return SiteMap(
        width=world.WIDTH,
        height=sheet.height,
        title=f"{count(len(placed), 'site')} on a map: {window.label}",
        description="; ".join(dot.words for dot in dots[:40]) + ("; and more" if len(dots) > 40 else "") + ".",
        lands=tuple(path for _, path in world.drawn(window)),
        # Open ones are drawn last, above the others.
        dots=tuple(sorted(dots, key=lambda dot: ("shut", "unknown", "soon", "open").index(dot.kind))),
        unplaced=f"{count(left, 'site')} without coordinates" if left else "",
    )


def _window(points: list[tuple[float, float]], countries: set[str]) -> world.Window:
    """The country's own window, or the smallest of the map page's that holds every point.

    These are few, so that their drawings are kept between requests.
    """
    windows = [region for region in world.REGIONS if all(region.holds(*point) for point in points)]
    if len(countries) == 1 and (own := world.window_of(code := next(iter(countries)), country_name(code))) is not None:
        windows += [own] if all(own.holds(*point) for point in points) else []
    return min(windows, key=lambda one: (one.east - one.west) * (one.north - one.south), default=world.WORLD)


def _dot(x: float, y: float, sites: list[Site]) -> Dot:
    """All sites of one place as one dot, which is open where any of them is."""
    kinds = [status_kind(site.status) for site in sites]
    kind = next((kind for kind in ("open", "soon", "unknown") if kind in kinds), "shut")
    place = next((site.city for site in sites if site.city), "") or sites[0].country_name
    told = Counter(site.get_status_display() if site.status else "status not stated" for site in sites)
    words = ", ".join(f"{status.lower()}{f' ({times})' if times > 1 else ''}" for status, times in told.items())
    return Dot(x, y, kind, f"{place}: {words}")
