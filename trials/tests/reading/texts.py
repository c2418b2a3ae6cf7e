"""The lexicon of the shipped vocabularies, for tests of what is read with it; and texts as the readers get them."""

import json
from functools import cache
from pathlib import Path

from trials.reading.facts import Fact, Passage, ProductFacts
from trials.reading.lexicon import CELL_TYPE, ROUTE, Entry, Lexicon, Words
from trials.reading.marked import Marked
from trials.reading.sections import ARM, Section

FIXTURES = Path(__file__).parents[3] / "fixtures" / "vocabulary"


@cache
def lexicon() -> Lexicon:
    entries = [
        Entry(vocabulary, row["slug"], (row["label"], *row.get("synonyms", ())), tuple(row.get("exclusions", ())))
        for vocabulary, name in ((CELL_TYPE, "cell_types"), (ROUTE, "routes"))
        for row in _rows(name)
    ]
    cues: dict[str, tuple[str, ...]] = {}
    for row in _rows("cues"):
        cues[row["kind"]] = (*cues.get(row["kind"], ()), row["phrase"])
    return Lexicon.of(Words(tuple(entries), (), cues))


def _rows(name: str) -> list[dict]:
    return [row["fields"] for row in json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))]


def marked(text: str, kind: str = ARM, field: str = "armGroups[0].description", arm: int | None = 0) -> Marked:
    section = Section(field, kind, text, arm=arm if kind == ARM else None)
    return Marked(section, lexicon().find(text))


def product(*routes: str, intervention: int | None = None, cell_type: str = "mesenchymal-stromal") -> ProductFacts:
    """A product whose facts stand in a title that nobody asks for."""
    passage = Passage("briefTitle", "cells", 0, 5)
    return ProductFacts(
        "cells",
        passage,
        intervention=intervention,
        cell_types=(Fact(cell_type, passage),),
        routes=tuple(Fact(route, passage) for route in routes),
    )
