"""Writes the boxes of latitude and longitude that countries lie in: `python -m tools.boxes countries-10m.json`.

Run once; the quality rule on coordinates reads what it wrote. The input is Natural Earth's 1:10m “Admin 0 – Countries”
(public domain), from the same package as the outlines of the maps, see `tools/world.py`; the finer one, because it has
the small islands.

A country has a box for each of its parts that lie far apart (Alaska, Hawaii), so that a box holds little sea.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.world import Ring, code_of, decoded, rings_of

BOXES = Path(__file__).resolve().parents[1] / "trials" / "quality" / "rules" / "country_boxes.json"
# Degrees: parts that lie closer than this share a box.
APART = 1.0
ABOUT = (
    "Where countries lie, made by tools/boxes.py from Natural Earth 1:10m (public domain). By ISO 3166 code, for each "
    "part: west, south, east, north, in whole tenths of a degree, rounded outward."
)

Box = tuple[float, float, float, float]


def main(source: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = list(decoded(topology))
    found: dict[str, list[Box]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        if code := code_of(country):
            found.setdefault(code, []).extend(box_of(ring) for ring in rings_of(country, arcs))
    packed = {code: sorted(map(outward, merged(boxes))) for code, boxes in sorted(found.items())}
    lines = [f"{json.dumps(code)}: {json.dumps(boxes, separators=(',', ':'))}" for code, boxes in packed.items()]
    BOXES.write_text(
        f'{{"about": {json.dumps(ABOUT)},\n"countries": {{\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8"
    )
    print(f"{len(packed)} countries, {BOXES.stat().st_size // 1024} kB in {BOXES}")


def box_of(ring: Ring) -> Box:
    easts, norths = [point[0] for point in ring], [point[1] for point in ring]
    return min(easts), min(norths), max(easts), max(norths)


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that lie apart: those that touch or nearly do have become one."""
    kept: list[Box] = []
    for one in boxes:
        box = one
        while near := [other for other in kept if _is_near(box, other)]:
            kept = [other for other in kept if other not in near]
            box = joined([box, *near])
        kept.append(box)
    return kept


def joined(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _is_near(one: Box, other: Box) -> bool:
    return all(
        one[side] - APART <= other[side + 2] and other[side] - APART <= one[side + 2] for side in (0, 1)
    )  # fmt: skip


def outward(box: Box) -> list[int]:
    """In whole tenths of a degree, no smaller."""
    west, south, east, north = box
    return [math.floor(west * 10), math.floor(south * 10), math.ceil(east * 10), math.ceil(north * 10)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
