"""Draws the outlines of the world's countries for the maps: `python -m tools.world countries-50m.json`.

Run once; the catalogue reads what it wrote. The input is Natural Earth's 1:50m “Admin 0 – Countries” (public domain,
version 4.1.0, naturalearthdata.com) as the npm package world-atlas 2.0.2 (ISC licence) ships it in TopoJSON:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz && python -m tools.world package/countries-50m.json

Coordinates are thinned out, rounded to hundredths of a degree and written as differences. Rings that cross the 180th
meridian are cut there. Antarctica is left out: no trial runs there, and its ring goes round the pole.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

OUTLINES = Path(__file__).resolve().parents[1] / "trials" / "search" / "worldmap_outlines.json"
# Degrees. A border may be off by so much; rings of so little area (square degrees) are left out beside larger ones.
TOLERANCE = 0.025
LEAST_AREA = 0.005
UNITS_PER_DEGREE = 100
ANTARCTICA = "010"
ABOUT = (
    "Outlines of countries, made by tools/world.py from Natural Earth 1:50m (public domain). Rings by ISO 3166 code; "
    "under an empty code land without one. Hundredths of a degree: first point, then differences, east before north."
)

Point = tuple[float, float]
Ring = list[Point]


def main(source: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = [thinned(arc) for arc in decoded(topology)]
    found: dict[str, list[Ring]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        if country.get("id") != ANTARCTICA:
            found.setdefault(code_of(country), []).extend(rings_of(country, arcs))
    packed = {code: [packed_ring(ring) for ring in worth_drawing(rings)] for code, rings in sorted(found.items())}
    lines = [f"{json.dumps(code)}: {json.dumps(rings, separators=(',', ':'))}" for code, rings in packed.items()]
    OUTLINES.write_text(
        f'{{"about": {json.dumps(ABOUT)},\n"countries": {{\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8"
    )
    print(f"{len(packed)} countries, {OUTLINES.stat().st_size // 1024} kB in {OUTLINES}")


def code_of(country: dict[str, Any]) -> str:
    """The ISO 3166 code of two letters; empty for land that has none."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from django_countries import countries

    return countries.alpha2(int(country["id"])) if "id" in country else ""


def decoded(topology: dict[str, Any]) -> Iterator[Ring]:
    """The arcs of a TopoJSON in degrees: they are written as differences of whole numbers."""
    (east_scale, north_scale), (east, north) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * east_scale + east, y * north_scale + north))
        yield points


def thinned(line: Ring) -> Ring:
    """A line without the points that lie closer than `TOLERANCE` to what is left (Douglas and Peucker, 1973). Its ends
    stay, so that neighbours still share their border."""
    if len(line) < 3:
        return line
    first, last = line[0], line[-1]
    far, place = max((_distance(point, first, last), place) for place, point in enumerate(line[1:-1], 1))
    if far <= TOLERANCE:
        return [first, last]
    return thinned(line[: place + 1])[:-1] + thinned(line[place:])


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the stretch between two others."""
    east, north = end[0] - start[0], end[1] - start[1]
    length = east * east + north * north
    along = ((point[0] - start[0]) * east + (point[1] - start[1]) * north) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return float(((point[0] - start[0] - along * east) ** 2 + (point[1] - start[1] - along * north) ** 2) ** 0.5)


def rings_of(country: dict[str, Any], arcs: Sequence[Ring]) -> Iterator[Ring]:
    """Every ring of a country, cut at the 180th meridian; its first point is not repeated at its end."""
    polygons = [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]
    for polygon in polygons:
        for places in polygon:
            ring: Ring = []
            for place in places:
                arc = arcs[place] if place >= 0 else arcs[~place][::-1]
                ring += arc[1:] if ring else arc
            yield from cut(ring[:-1])


def cut(ring: Ring) -> Iterator[Ring]:
    """A ring's parts between 180° west and 180° east."""
    unwound = [ring[0]]
    for east, north in ring[1:]:
        turns = round((unwound[-1][0] - east) / 360)
        unwound.append((east + 360 * turns, north))
    for shift in (-360, 0, 360):
        moved = [(east + shift, north) for east, north in unwound]
        inside = clipped([(-east, north) for east, north in clipped(moved, 180)], 180)
        if len(inside) > 2:
            yield [(-east, north) for east, north in inside]


def clipped(ring: Ring, edge: float) -> Ring:
    """The part of a ring that lies west of a meridian (Sutherland and Hodgman, 1974)."""
    kept: Ring = []
    for (east, north), (next_east, next_north) in zip(ring, ring[1:] + ring[:1], strict=True):
        if east <= edge:
            kept.append((east, north))
        if (east < edge < next_east) or (next_east < edge < east):
            kept.append((edge, north + (next_north - north) * (edge - east) / (next_east - east)))
    return kept


def worth_drawing(rings: Iterable[Ring]) -> list[Ring]:
    """The rings that can be seen, the largest first; of a country of small islands the largest alone."""
    ordered = sorted(rings, key=area, reverse=True)
    return [ring for place, ring in enumerate(ordered) if not place or area(ring) >= LEAST_AREA]


def area(ring: Ring) -> float:
    """In square degrees."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(east * next_north - next_east * north for (east, north), (next_east, next_north) in pairs)) / 2


def packed_ring(ring: Ring) -> list[int]:
    """Whole numbers: the first point, then how far each lies from the one before."""
    numbers: list[int] = []
    before = (0, 0)
    for east, north in ring:
        point = (round(east * UNITS_PER_DEGREE), round(north * UNITS_PER_DEGREE))
        if not numbers or point != before:
            numbers += [point[0] - before[0], point[1] - before[1]]
            before = point
    return numbers


if __name__ == "__main__":
    main(Path(sys.argv[1]))
