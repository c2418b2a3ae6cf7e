"""What made trials choose from: terms, cities, organisations and words, each with its own skew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from trials.generating.picking import Picker
from trials.generating.places import City, cities
from trials.generating.vocabulary import Entry
from trials.generating.words import Texts, made_word


@dataclass(frozen=True)
class Term:
    """A term with its number in the database."""

    pk: int
    name: str


@dataclass(frozen=True)
class World:
    """`terms` by model; `organisations` are their numbers."""

    terms: Mapping[type[Any], Picker[Term]]
    organisations: Picker[int]
    cities: Picker[City]
    texts: Texts
    rules: Picker[str]

    @classmethod
    def of(
        cls,
        entries: Mapping[type[Any], Sequence[Entry]],
        numbers: Mapping[type[Any], Mapping[str, int]],
        organisations: Sequence[int],
    ) -> World:
        """`numbers` holds the database's number of each term by model and slug."""
        terms = {}
        for model, some in entries.items():
            found = [Term(numbers[model][entry.slug], entry.name) for entry in some]
            # Which term is common has nothing to do with its place in the tree.
            Random(f"ranks {model.__name__}").shuffle(found)
            terms[model] = Picker.zipf(found, flattened_by=3)
        random = Random("rules")
        rules = [f"generated-{made_word(random)}" for _ in range(24)]
        return cls(
            terms,
            Picker.zipf(organisations, flattened_by=10),
            Picker.zipf(cities(), flattened_by=4),
            Texts(),
            Picker.zipf(rules),
        )
