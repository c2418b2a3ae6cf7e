"""The words that facts are read from, as the reader is given them: it holds none of its own.

They are the catalogue's vocabularies, which editors keep (`models.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CELL_TYPE, TISSUE, DONOR, TARGET, ROUTE = "cell_type", "tissue", "donor", "target", "route"


@dataclass(frozen=True, slots=True)
class Entry:
    """A term: its names (label and synonyms) as written, and longer phrases in which a name does not mean it."""

    vocabulary: str
    slug: str
    names: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product that is known by its name: what the name alone says, by slugs. Facts from it are inferred."""

    slug: str
    names: tuple[str, ...]
    cell_types: tuple[str, ...] = ()
    tissues: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    modification: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All that a lexicon is built from. `cues` are phrases by their kind (a CueKind of the catalogue)."""

    entries: tuple[Entry, ...]
    products: tuple[KnownProduct, ...]
    cues: Mapping[str, tuple[str, ...]]
