"""The words that facts are read from, as the reader is given them: it holds none of its own.

They are the catalogue's vocabularies, which editors keep (`models.vocabulary`). A name is found whatever its case, its
hyphens and its plural: `CAR-T cell` finds “car T cells”. Names of up to five capitals (`IV`, `MSC`) must stand in
capitals, for “it” is no route. Where names overlap the longest wins, within its vocabulary: “cord blood mononuclear
cells” is a cell type and holds a tissue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick

CELL_TYPE, TISSUE, DONOR, TARGET, ROUTE, PRODUCT = "cell_type", "tissue", "donor", "target", "route", "product"


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


class Match(NamedTuple):
    """A name found in a text, from `start` to `end` in characters of that text.

    `kind` is a vocabulary or a kind of cue; `slug` the term, the known product or the cue's phrase.
    """

    start: int
    end: int
    kind: str
    slug: str


class Matches:
    """What a text holds, by kind, in the order of the text; within a kind nothing overlaps."""

    __slots__ = ("_by_kind",)

    def __init__(self, by_kind: dict[str, list[Match]]) -> None:
        self._by_kind = by_kind

    def __bool__(self) -> bool:
        return bool(self._by_kind)

    def of(self, *kinds: str) -> list[Match]:
        """The matches of these kinds, by place."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        return sorted(match for kind in kinds for match in self._by_kind.get(kind, ()))

    def has(self, kind: str) -> bool:
        return kind in self._by_kind

    def before(self, place: int, reach: int, *kinds: str) -> list[Match]:
        """Those of these kinds that end within `reach` characters before `place`."""
        return [match for match in self.of(*kinds) if place - reach <= match.end <= place]

    def after(self, place: int, reach: int, *kinds: str) -> list[Match]:
        """Those of these kinds that start within `reach` characters after `place`."""
        return [match for match in self.of(*kinds) if place <= match.start <= place + reach]


NOTHING = Matches({})


class _Folding(dict[int, str]):
    """For `str.translate`: letters and digits in lower case, every other character a space; lengths never change."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        lower = char.lower()
        folded = (lower if len(lower) == 1 else char) if char.isalnum() else " "
        self[code] = folded
        return folded


_FOLDING = _Folding()
_CAPITALS = re.compile(r"[A-Z]{1,5}")
# Spellings that differ between the two sides of the Atlantic, within words.
_SPELLINGS = (
    ("haem", "hem"),
    ("umour", "umor"),
    ("foet", "fet"),
    ("oedem", "edem"),
    ("paed", "ped"),
    ("isation", "ization"),
    ("ised", "ized"),
)


def fold(text: str) -> str:
    """`text` as names are looked up in it, between two spaces: place n of `text` is n + 1 here."""
    return f" {text} ".translate(_FOLDING)


class _Name(NamedTuple):
    """What a key of the automaton means. An empty `slug` is an exclusion."""

    kind: str
    slug: str
    in_capitals: bool
    is_open: bool


class Lexicon:
    """Finds the names of a catalogue's vocabularies in texts. Built once per state of the vocabularies."""

    def __init__(self, words: Words) -> None:
        self.entries = {(entry.vocabulary, entry.slug): entry for entry in words.entries}
        self.products = {product.slug: product for product in words.products}
        self._parents = {(entry.vocabulary, entry.slug): entry.parent for entry in words.entries}
        self._automaton = _automaton(words)

    @classmethod
    def of(cls, words: Words) -> Lexicon:
        return cls(words)

    def find(self, text: str) -> Matches:
        """Every name in `text`; spans are places in `text` itself."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        for last, (length, names) in self._automaton.iter(fold(text)):
            start = last - length + 1
            for name in names:
                end = start + length - 2
                if name.is_open:
                    end = _end_of_word(text, end + 1)
                if name.in_capitals and not _stands_in_capitals(text, start, end):
                    continue
                found.setdefault(name.kind, []).append((start, -end, name.slug))
        if not found:
            return NOTHING
        kept = {kind: list(_longest(kind, rows)) for kind, rows in found.items()}
        return Matches({kind: rows for kind, rows in kept.items() if rows})

    def ancestors(self, vocabulary: str, slug: str) -> Iterator[str]:
        """The terms above a term, the nearest first."""
        seen = {slug}
        while (slug := self._parents.get((vocabulary, slug), "")) and slug not in seen:
            seen.add(slug)
            yield slug

    def is_within(self, vocabulary: str, slug: str, above: str) -> bool:
        """Whether a term is `above` or below it."""
        return slug == above or above in self.ancestors(vocabulary, slug)

    def most_exact(self, vocabulary: str, slugs: Iterable[str]) -> list[str]:
        """`slugs` without those that stand above another of them, in their order, each once."""
        distinct = list(dict.fromkeys(slugs))
        above = {upper for slug in distinct for upper in self.ancestors(vocabulary, slug)}
        return [slug for slug in distinct if slug not in above]


def _end_of_word(text: str, place: int) -> int:
    while place < len(text) and text[place].isalnum():
        place += 1
    return place


def _stands_in_capitals(text: str, start: int, end: int) -> bool:
    """Whether an abbreviation is written as one; the s of its plural may be small.

    In a title all in capitals one of two letters cannot be told from a word.
    """
    words = text[start:end]
    if end - start == 2 and len(text) > 20 and text.isupper():
        return False
    return words.isupper() or (words.endswith("s") and words[:-1].isupper())


def _longest(kind: str, rows: list[tuple[int, int, str]]) -> Iterator[Match]:
    """Of overlapping names those that begin first, and of these the longest; exclusions take their place in silence."""
    rows.sort()
    reached, previous, taken = 0, (-1, -1), False
    for start, minus_end, slug in rows:
        if start >= reached:
            reached, previous, taken = -minus_end, (start, minus_end), bool(slug)
        elif (start, minus_end) != previous:
            continue
        if taken and slug:  # one name of several terms means each of them
            yield Match(start, -minus_end, kind, slug)


def _automaton(words: Words) -> ahocorasick.Automaton:
    keys: dict[str, set[_Name]] = {}
    for phrase, name in _phrases(words):
        for key in _keys(phrase, name):
            keys.setdefault(key, set()).add(name)
    automaton = ahocorasick.Automaton()
    for key, names in keys.items():
        automaton.add_word(key, (len(key), tuple(sorted(names))))
    automaton.add_word("\0", (1, ()))  # an automaton without words cannot be asked
    automaton.make_automaton()
    return automaton


def _phrases(words: Words) -> Iterator[tuple[str, _Name]]:
    for entry in words.entries:
        for name in entry.names:
            yield name, _name(entry.vocabulary, entry.slug, name)
        for phrase in entry.exclusions:
            yield phrase.removesuffix("*"), _name(entry.vocabulary, "", phrase)
    for product in words.products:
        for name in product.names:
            yield name, _name(PRODUCT, product.slug, name)
    for kind, phrases in words.cues.items():
        for phrase in phrases:
            yield phrase.removesuffix("*"), _name(kind, phrase, phrase)


def _name(kind: str, slug: str, phrase: str) -> _Name:
    return _Name(kind, slug, bool(_CAPITALS.fullmatch(phrase)), phrase.endswith("*"))


def _keys(phrase: str, name: _Name) -> Iterator[str]:
    """The forms in which a name may stand in a folded text."""
    for spelled in _spellings(phrase):
        key = fold(spelled.strip())
        if not key.strip():
            continue
        if name.is_open:
            yield key[:-1]
            continue
        yield key
        if "-" in spelled.strip("-"):
            yield fold(spelled.strip().replace("-", "  "))
        last = key[:-1]
        if last[-1:] == "s":
            if len(last) > 5 and last[-2:] != "ss":
                yield f"{last[:-1]} "
        elif last[-1:] == "y" and last[-2:-1] not in "aeiou":
            yield f"{last[:-1]}ies "
        elif last[-1:].isalpha():
            yield f"{last}s "


def _spellings(phrase: str) -> set[str]:
    found = {phrase}
    for british, american in _SPELLINGS:
        found |= {word.replace(british, american) for word in found}
        found |= {word.replace(british.capitalize(), american.capitalize()) for word in found}
    return found
