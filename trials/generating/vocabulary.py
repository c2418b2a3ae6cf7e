"""Made-up vocabularies of the size that a whole registry needs: some five thousand terms, marked as generated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from trials.generating.words import different_words, made_word
from trials.models import Area, CellType, Condition, DonorRelation, Route, Target, TissueSource

PREFIX = "generated-"

# Terms on each level of a tree, the broadest first.
SIZES: Mapping[type[Any], tuple[int, ...]] = {
    Area: (24,),
    Condition: (160, 900, 2_700),
    CellType: (12, 50, 90),
    TissueSource: (20, 60),
    DonorRelation: (2, 5),
    Route: (2, 58),
    Target: (600,),
}


@dataclass(frozen=True)
class Entry:
    """A term: its name without the mark, its broader term, other names, and for a condition its areas (slugs)."""

    slug: str
    name: str
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name} (generated)"


def entries() -> dict[type[Any], list[Entry]]:
    """All terms by model, broader ones first; the same at every call."""
    found = {model: _tree(model) for model in SIZES}
    found[Condition] = _with_areas(found[Condition], found[Area])
    return found


def _tree(model: type[Any]) -> list[Entry]:
    random = Random(f"terms {model.__name__}")
    names = iter(different_words(random, sum(SIZES[model]), partial(_name, model)))
    above: Sequence[Entry] = ()
    tree: list[Entry] = []
    for size in SIZES[model]:
        level = []
        for _ in range(size):
            name = next(names)
            parent = random.choice(above).slug if above else ""
            slug = f"{PREFIX}{name.lower().replace(' ', '-')}"
            level.append(Entry(slug, name, parent, _synonyms(random) if model is Condition else ()))
        tree += level
        above = level
    return tree


def _name(model: type[Any], random: Random) -> str:
    if model is Target:
        return f"{''.join(random.choices('BDFGKLMPRTVXZ', k=3))}{random.randint(1, 400)}"
    endings = {Area: "ology", Condition: random.choice(("itis", "osis", "oma", "pathy", "emia")), CellType: "ocyte"}
    word = made_word(random, endings.get(model, "")).capitalize()
    return f"{word} of the {made_word(random)}" if model is Condition and random.random() < 0.6 else word


def _synonyms(random: Random) -> tuple[str, ...]:
    """None, one or two further names; the second is an abbreviation."""
    count = random.choice((0, 0, 1, 2))
    return (f"{made_word(random)} disease", "".join(random.choices("BCDFGKLMNPRSTVXZ", k=5)))[:count]


def _with_areas(conditions: Sequence[Entry], areas: Sequence[Entry]) -> list[Entry]:
    """Broadest conditions get one or two areas, and those below them the same."""
    random = Random("areas")
    by_slug: dict[str, tuple[str, ...]] = {}
    for entry in conditions:
        own = tuple(area.slug for area in random.sample(areas, random.choice((1, 1, 1, 2))))
        by_slug[entry.slug] = by_slug[entry.parent] if entry.parent else own
    return [Entry(entry.slug, entry.name, entry.parent, entry.synonyms, by_slug[entry.slug]) for entry in conditions]
