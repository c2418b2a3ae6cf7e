"""Stretches of the world and how they lie on a sheet of paper. No Django.

Outlines are those of `worldmap_outlines.json` (Natural Earth, public domain), which `tools/world.py` made.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import cos, radians
from pathlib import Path

OUTLINES = Path(__file__).with_name("worldmap_outlines.json")
UNITS_PER_DEGREE = 100
# Of a sheet, in units.
WIDTH = 720
TALLEST = 640
KM_PER_DEGREE = 111.2
# Degrees: a window shows so much at least, and so much around what it is of.
NARROWEST = 2.0
MARGIN = 0.06
# A part of a country that is so much smaller than the largest, or so many degrees away, does not widen its window.
LEAST_PART = 0.03
FARTHEST_PART = 6.0

Ring = tuple[tuple[float, float], ...]
# West, south, east, north.
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Window:
    """A stretch of the world in degrees; `key` names it in addresses."""

    key: str
    label: str
    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    @property
    def is_world(self) -> bool:
        return self.east - self.west >= 359


WORLD = Window("world", "The world", -180, -57, 180, 84)
# Windows, not lists of countries: a country at the edge of one may be in another too.
REGIONS = (
    WORLD,
    Window("europe", "Europe", -25, 34, 46, 71.5),
    Window("north-america", "North America", -130, 23, -60, 56),
    Window("latin-america", "Latin America and the Caribbean", -118, -56, -33, 33),
    Window("africa", "Africa", -19, -36, 53, 38),
    Window("middle-east", "Middle East", 24, 11, 64, 43),
    Window("south-asia", "South and Southeast Asia", 60, -12, 142, 38),
    Window("east-asia", "East Asia", 72, 17, 147, 54),
    Window("oceania", "Oceania", 110, -48, 180, 0),
)


@lru_cache(maxsize=1)
def outlines() -> Mapping[str, tuple[array[int], ...]]:
    """The rings of each country by ISO 3166 code, the largest first, packed as in the file; "" for land of no code."""
    countries = json.loads(OUTLINES.read_text(encoding="utf-8"))["countries"]
    return {code: tuple(array("h", ring) for ring in rings) for code, rings in countries.items()}


@lru_cache(maxsize=1)
def _boxes() -> Mapping[str, tuple[_Box, ...]]:
    """What each ring reaches to."""
    return {code: tuple(_reach(ring) for ring in rings) for code, rings in outlines().items()}


def _reach(ring: array[int]) -> _Box:
    easts, norths = list(accumulate(ring[::2])), list(accumulate(ring[1::2]))
    west, south, east, north = min(easts), min(norths), max(easts), max(norths)
    return west / UNITS_PER_DEGREE, south / UNITS_PER_DEGREE, east / UNITS_PER_DEGREE, north / UNITS_PER_DEGREE


def unpacked(ring: array[int], least: int = 0) -> Ring:
    """(degrees east, degrees north) of each point, without those less than so many hundredths from the one before."""
    points = []
    kept_east = kept_north = 10**6
    for east, north in zip(accumulate(ring[::2]), accumulate(ring[1::2]), strict=True):
        if abs(east - kept_east) + abs(north - kept_north) >= least:
            kept_east, kept_north = east, north
            points.append((east / UNITS_PER_DEGREE, north / UNITS_PER_DEGREE))
    return tuple(points)


@lru_cache(maxsize=512)
def middle(code: str) -> tuple[float, float] | None:
    """The centre of a country's largest part, in degrees east and north; None for one that has no outline."""
    rings = outlines().get(code)
    if not rings or not code:
        return None
    ring = unpacked(rings[0])
    east = north = double = 0.0
    for (x, y), (next_x, next_y) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x * next_y - next_x * y
        double += cross
        east += (x + next_x) * cross
        north += (y + next_y) * cross
    return (east / (3 * double), north / (3 * double)) if double else ring[0]


@lru_cache(maxsize=512)
def window_of(code: str, label: str) -> Window | None:
    """The window of a country: its largest part with those of some size near it."""
    rings = outlines().get(code)
    if not rings or not code:
        return None
    boxes = _boxes()[code]
    west, south, east, north = boxes[0]
    least = LEAST_PART * (east - west) * (north - south)
    for box in boxes[1:]:
        away = max(0.0, box[0] - east, west - box[2]) ** 2 + max(0.0, box[1] - north, south - box[3]) ** 2
        if (box[2] - box[0]) * (box[3] - box[1]) >= least and away <= FARTHEST_PART**2:
            west, south, east, north = _around(((west, south, east, north), box))
    return fitting(code.lower(), label, ((west, south), (east, north)))


def fitting(key: str, label: str, points: Iterable[tuple[float, float]]) -> Window:
    """The window that holds these points (degrees east and north), with some room around them."""
    west, south, east, north = _box(tuple(points))
    more_east = max(MARGIN * (east - west), (NARROWEST - (east - west)) / 2)
    more_north = max(MARGIN * (north - south), (NARROWEST * 0.7 - (north - south)) / 2)
    return Window(
        key,
        label,
        max(-180.0, west - more_east),
        max(-85.0, south - more_north),
        min(180.0, east + more_east),
        min(85.0, north + more_north),
    )


def _box(points: Ring) -> _Box:
    east, north = zip(*points, strict=True)
    return min(east), min(north), max(east), max(north)


def _around(boxes: Iterable[_Box]) -> _Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


@dataclass(frozen=True)
class Sheet:
    """A window on paper, `WIDTH` units wide at most: the world in Natural Earth's projection, any other as it lies on a
    cylinder that is true to scale along its middle parallel."""

    window: Window

    @cached_property
    def _scale(self) -> tuple[float, float, float, float]:
        """Units per projected degree, those of the left and of the upper edge, and the height."""
        window = self.window
        if window.is_world:
            left, right = self._flat(-180, 0)[0], self._flat(180, 0)[0]
        else:
            left, right = self._flat(window.west, 0)[0], self._flat(window.east, 0)[0]
        top, bottom = self._flat(0, window.north)[1], self._flat(0, window.south)[1]
        scale = min(WIDTH / (right - left), TALLEST / (top - bottom))
        return scale, left - (WIDTH / scale - (right - left)) / 2, top, scale * (top - bottom)

    @property
    def height(self) -> int:
        return max(120, round(self._scale[3]))

    @property
    def units_per_degree(self) -> float:
        return self._scale[0]

    @property
    def km_per_unit(self) -> float:
        """Along the middle parallel, or the equator of the world."""
        return KM_PER_DEGREE / self._scale[0]

    def _flat(self, longitude: float, latitude: float) -> tuple[float, float]:
        if not self.window.is_world:
            return longitude * cos(radians((self.window.south + self.window.north) / 2)), latitude
        # Šavrič, Jenny, Patterson, Petrovič, Hurni: “A polynomial equation for the Natural Earth projection” (2011).
        square = radians(latitude) ** 2
        fourth = square * square
        stretch = 0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth))
        rise = 1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth))
        return longitude * stretch, latitude * rise

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Units from the left and from above."""
        x, y = self._flat(longitude, latitude)
        scale, left, top, _ = self._scale
        return (x - left) * scale, (top - y) * scale

    @cached_property
    def seen(self) -> Window:
        """What the paper shows: the window, and what lies beside a narrow one."""
        if self.window.is_world:
            return self.window
        scale, left, _, _ = self._scale
        narrow = cos(radians((self.window.south + self.window.north) / 2))
        west, east = left / narrow, (left + WIDTH / scale) / narrow
        south = self.window.north - self.height / scale
        return Window(self.window.key, self.window.label, west, south, east, self.window.north)


@lru_cache(maxsize=48)
def drawn(window: Window) -> tuple[tuple[str, str], ...]:
    """(ISO 3166 code, path in tenths of a unit) of each country that a window's sheet shows."""
    sheet = Sheet(window)
    found = []
    for code, rings in outlines().items():
        paths = (_path(sheet, ring, box) for ring, box in zip(rings, _boxes()[code], strict=True))
        if d := "".join(paths):
            found.append((code, d))
    return tuple(found)


def _path(sheet: Sheet, packed: array[int], box: _Box) -> str:
    """A ring's path, without what the sheet does not show and what is too small to see."""
    seen, (west, south, east, north) = sheet.seen, box
    if east < seen.west or west > seen.east or north < seen.south or south > seen.north:
        return ""
    least = 14 if seen.is_world else 8
    # Most points are dropped before it costs anything to say where they lie on the sheet.
    ring = unpacked(packed, int(0.7 * least / 10 * UNITS_PER_DEGREE / sheet.units_per_degree))
    if not seen.is_world and not (seen.holds(west, south) and seen.holds(east, north)):
        ring = clipped(ring, (seen.west - 1, seen.south - 1, seen.east + 1, seen.north + 1))
    steps: list[str] = []
    x = y = 0
    for point in ring:
        to_x, to_y = (round(10 * value) for value in sheet.at(*point))
        if not steps:
            steps.append(f"M{to_x} {to_y}l")
        elif abs(to_x - x) + abs(to_y - y) < least:
            continue
        else:
            steps.append(f"{to_x - x} {to_y - y} ")
        x, y = to_x, to_y
    return f"{''.join(steps).rstrip()}z" if len(steps) > 2 else ""


def clipped(ring: Ring, box: _Box) -> Ring:
    """The part of a ring inside a box of degrees (Sutherland and Hodgman, 1974)."""
    for axis, edge, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept: list[tuple[float, float]] = []
        for point, following in zip(ring, ring[1:] + ring[:1], strict=True):
            is_in, is_next_in = sign * (point[axis] - edge) >= 0, sign * (following[axis] - edge) >= 0
            if is_in:
                kept.append(point)
            if is_in != is_next_in:
                share = (edge - point[axis]) / (following[axis] - point[axis])
                other = point[1 - axis] + share * (following[1 - axis] - point[1 - axis])
                kept.append((edge, other) if axis == 0 else (other, edge))
        ring = tuple(kept)
        if not ring:
            break
    return ring
