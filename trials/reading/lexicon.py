"""The words that facts are read from, as the reader is given them: it holds none of its own.

They are the catalogue's vocabularies, which editors keep (`models.vocabulary`). A name is found whatever its case, its
hyphens and its plural: `CAR-T cell` finds “car T cells”. Names of up to five capitals (`IV`, `MSC`) must stand in
capitals, for “it” is no route. A star stands for any letters at the end of a name or at its start: `exosom*`,
`*leucel`. Where names overlap the longest wins, within its vocabulary: “cord blood mononuclear cells” is a cell type
and holds a tissue.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
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


_Row = tuple[int, int, str]  # start, end with a minus before it, slug (empty for an exclusion)


class Matches:
    """What a text holds, by kind, in the order of the text; within a kind nothing overlaps."""

    __slots__ = ("_kept", "_rows")

    def __init__(self, rows: dict[str, list[_Row]]) -> None:
        self._rows = rows
        self._kept: dict[str, list[Match]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def of(self, *kinds: str) -> list[Match]:
        """The matches of these kinds, by place."""
        if len(kinds) == 1:
            return self._of(kinds[0])
        if not self._rows:
            return []
        return sorted(match for kind in kinds for match in self._of(kind))

    def has(self, kinds: AbstractSet[str]) -> bool:
        """Whether there may be any of these kinds: a cheap look before one asks for each."""
        return not kinds.isdisjoint(self._rows)

    def _of(self, kind: str) -> list[Match]:
        # Most texts are never asked for most kinds, so overlaps are settled on demand.
        kept = self._kept.get(kind)
        if kept is None:
            rows = self._rows.get(kind)
            kept = self._kept[kind] = _longest(kind, rows) if rows else []
        return kept

    def before(self, place: int, reach: int, *kinds: str) -> list[Match]:
        """Those of these kinds that end within `reach` characters before `place`."""
        found: list[Match] = []
        for kind in kinds:
            rows = self._of(kind)
            if not rows:
                continue
            # Nothing overlaps, so what ends later starts later too.
            for number in range(bisect_left(rows, (place,)) - 1, -1, -1):
                if rows[number].end < place - reach:
                    break
                if rows[number].end <= place:
                    found.append(rows[number])
        return sorted(found) if len(found) > 1 else found

    def after(self, place: int, reach: int, *kinds: str) -> list[Match]:
        """Those of these kinds that start within `reach` characters after `place`."""
        found: list[Match] = []
        for kind in kinds:
            rows = self._of(kind)
            if not rows:
                continue
            for number in range(bisect_left(rows, (place,)), len(rows)):
                if rows[number].start > place + reach:
                    break
                found.append(rows[number])
        return sorted(found) if len(found) > 1 else found


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
_FOLDING_ASCII = "".join(chr(code) for code in range(256)).translate(_FOLDING).encode("latin-1", "replace")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]")
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
    if text.isascii():
        return f" {text} ".encode("ascii").translate(_FOLDING_ASCII).decode("ascii")
    for char in set(_OUTSIDE_ASCII.findall(text)):
        folded = _FOLDING[ord(char)]
        if folded.isascii():
            text = text.replace(char, folded)
    return fold(text) if text.isascii() else f" {text} ".translate(_FOLDING)


# Where a name begins and ends, from the last character of its key; kind, slug; the name where more is to be asked.
_Found = tuple[int, int, str, str, "_Name | None"]


class _Name(NamedTuple):
    """What a key of the automaton means. An empty `slug` is an exclusion. Open sides go on to the edge of the word."""

    kind: str
    slug: str
    in_capitals: bool
    opens_left: bool
    opens_right: bool

    def as_found(self, length: int) -> _Found:
        """The same for a key of this length: the folded text is one space longer in front, a closed side is a space."""
        start, end = -length + (0 if self.opens_left else 1), 0 if self.opens_right else -1
        return start, end, self.kind, self.slug, self if any(self[2:]) else None


class Lexicon:
    """Finds the names of a catalogue's vocabularies in texts. Built once per state of the vocabularies."""

    def __init__(self, words: Words) -> None:
        self.entries = {(entry.vocabulary, entry.slug): entry for entry in words.entries}
        self.products = {product.slug: product for product in words.products}
        self._parents = {(entry.vocabulary, entry.slug): entry.parent for entry in words.entries}
        self._cues = {kind: frozenset(map(str.lower, phrases)) for kind, phrases in words.cues.items()}
        self._automaton = _automaton(words)

    @classmethod
    def of(cls, words: Words) -> Lexicon:
        return cls(words)

    def phrases(self, kind: str) -> frozenset[str]:
        """The phrases of a kind of cue, in lower case however they were entered."""
        return self._cues.get(kind, frozenset())

    def find(self, text: str) -> Matches:
        """Every name in `text`; spans are places in `text` itself."""
        found: dict[str, list[_Row]] = {}
        for last, names in self._automaton.iter(fold(text)):
            for to_start, to_end, kind, slug, name in names:
                start, end = last + to_start, last + to_end
                if name is not None:
                    if name.in_capitals and not _stands_in_capitals(text, start, end):
                        continue
                    if name.opens_left:
                        start = _start_of_word(text, start)
                    if name.opens_right:
                        end = _end_of_word(text, end)
                if kind in found:
                    found[kind].append((start, -end, slug))
                else:
                    found[kind] = [(start, -end, slug)]
        return Matches(found) if found else NOTHING

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


def _start_of_word(text: str, place: int) -> int:
    while place > 0 and text[place - 1].isalnum():
        place -= 1
    return place


def _end_of_word(text: str, place: int) -> int:
    while place < len(text) and text[place].isalnum():
        place += 1
    return place


def _stands_in_capitals(text: str, start: int, end: int) -> bool:
    """Whether an abbreviation is written as one; the s of its plural may be small.

    In a title all in capitals one of two letters cannot be told from a word.
    """
    words = text[start:end]
    if end - start < 4 and text[end : end + 1] == "-" and text[end + 1 : end + 2].isdigit():
        return False  # the code of a product: “SCT-001”
    if end - start == 2 and len(text) > 20 and text.isupper():
        return False
    return words.isupper() or (words.endswith("s") and words[:-1].isupper())


def _longest(kind: str, rows: list[_Row]) -> list[Match]:
    """Of overlapping names those that begin first, and of these the longest; exclusions take their place in silence."""
    if len(rows) == 1:
        start, minus_end, slug = rows[0]
        return [Match(start, -minus_end, kind, slug)] if slug else []
    kept: list[Match] = []
    reached, previous, taken = 0, (-1, -1), False
    for start, minus_end, slug in sorted(set(rows)):
        if start >= reached:
            reached, previous, taken = -minus_end, (start, minus_end), bool(slug)
        elif (start, minus_end) != previous:
            continue
        if taken and slug:  # one name of several terms means each of them
            kept.append(Match(start, -minus_end, kind, slug))
    return kept


def _automaton(words: Words) -> ahocorasick.Automaton:
    keys: dict[str, set[_Name]] = {}
    for phrase, name in _phrases(words):
        for key in _keys(phrase, name):
            keys.setdefault(key, set()).add(name)
    automaton = ahocorasick.Automaton()
    for key, names in keys.items():
        automaton.add_word(key, tuple(name.as_found(len(key)) for name in sorted(names)))
    automaton.add_word("\0", ())  # an automaton without words cannot be asked
    automaton.make_automaton()
    return automaton


def _phrases(words: Words) -> Iterator[tuple[str, _Name]]:
    for entry in words.entries:
        for name in entry.names:
            yield name, _name(entry.vocabulary, entry.slug, name)
        for phrase in entry.exclusions:
            yield phrase, _name(entry.vocabulary, "", phrase)
    for product in words.products:
        for name in product.names:
            yield name, _name(PRODUCT, product.slug, name)
    for kind, phrases in words.cues.items():
        for phrase in phrases:
            yield phrase, _name(kind, phrase, phrase)


def _name(kind: str, slug: str, phrase: str) -> _Name:
    in_capitals = bool(_CAPITALS.fullmatch(phrase.strip("*")))
    return _Name(kind, slug, in_capitals, phrase.startswith("*"), phrase.endswith("*"))


def _keys(phrase: str, name: _Name) -> Iterator[str]:
    """The forms in which a name may stand in a folded text."""
    for spelled in _spellings(phrase.strip("* ")):
        for key in (fold(spelled), fold(spelled.replace("-", "  "))):
            if not key.strip():
                continue
            left = key[1:] if name.opens_left else key
            if name.opens_right:
                yield left[:-1]
                continue
            yield left
            yield from (f"{other} " for other in _other_numbers(left[:-1]))


def _other_numbers(word: str) -> Iterator[str]:
    """The plural of a singular and the singular of a plural, as English forms most of them."""
    if word[-1:] == "s":
        if len(word) > 5 and word[-2:] != "ss":
            yield word[:-1]
    elif word[-1:] == "y" and word[-2:-1] not in "aeiou":
        yield f"{word[:-1]}ies"
    elif word[-1:].isalpha():
        yield f"{word}s"


def _spellings(phrase: str) -> set[str]:
    found = {phrase}
    for british, american in _SPELLINGS:
        found |= {word.replace(british, american) for word in found}
        found |= {word.replace(british.capitalize(), american.capitalize()) for word in found}
    return found
