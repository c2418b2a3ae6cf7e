"""Texts and products as the readers of doses and plans get them."""

from trials.intake.lexicon import shipped_lexicon
from trials.reading.facts import Fact, Passage, ProductFacts
from trials.reading.marked import Marked
from trials.reading.sections import ARM, Section


def marked(text: str, kind: str = ARM, field: str = "armGroups[0].description", arm: int | None = 0) -> Marked:
    section = Section(field, kind, text, arm=arm if kind == ARM else None)
    return Marked(section, shipped_lexicon().find(text))


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
