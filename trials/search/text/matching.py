"""Which public trials match what was typed, and how well: bitmap arithmetic over the postings of its words.

A trial's tier is the first field by which every word of the question has been found. `trials/search/plain_text.py`
says the same trial by trial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from pyroaring import BitMap

from trials.search.text import words
from trials.search.text.cache import Cache, Postings
from trials.search.text.patterns import Pattern, Phrase
from trials.search.text.query import Term, parse
from trials.search.text.terms import FIELDS, places, stem
from trials.search.text.vocabulary import Alternative, Index, Wanted, look_up, names_of

# From so many letters on, a word that no trial holds is taken for the beginning of one.
LEAST_HALF_WORD = 4
LEAST_MISSPELT = 3
CANDIDATES = 5
# Who mistypes more words than these did not mean words of this catalogue.
MOST_CORRECTED = 3
# What a term of a vocabulary finds by the facets counts as found among conditions and interventions.
MEMBERS_TIER = FIELDS.index("topics")

Tiers = tuple[BitMap, ...]

cache = Cache()


@dataclass(frozen=True)
class Found:
    """The trials that match.

    `tiers[k]` holds those that match by the first k + 1 fields of `terms.FIELDS`, so that the last one holds all.
    `unknown` are the words, as typed, that no trial holds: nothing is found then. `suggestion` is the whole question
    with those words put right, if that finds something. `marks` are the phrases to mark in texts.
    """

    tiers: Tiers
    unknown: tuple[str, ...] = ()
    suggestion: str = ""
    marks: tuple[Phrase, ...] = ()

    @property
    def trials(self) -> BitMap:
        return self.tiers[-1]


def find(text: str, index: Index) -> Found:
    """The public trials that match a question of the search box, read at the moment of `index`."""
    search = _Search(text, index)
    found = search.answer()
    better = _corrected(text, search.unknown, index) if search.unknown else ""
    if better and _Search(better, index).answer().trials:
        return replace(found, suggestion=better)
    return found


class _Search:
    """One question at one moment."""

    def __init__(self, text: str, index: Index) -> None:
        self.index = index
        self.wanted = look_up(parse(text), names_of(index))
        # By identity: the same word may stand for itself in one place and for half a word in another.
        self.halves: dict[int, Pattern] = {}
        self.held: dict[Pattern, Tiers] = {}
        self.unknown: list[Term] = []

    def answer(self) -> Found:
        alternatives = [alternative for wanted in self.wanted for alternative in wanted.alternatives]
        terms = [term for alternative in alternatives for term in alternative.terms]
        self._take_as_halves(term for term in terms if term.is_beginning)
        self._fetch([*map(self._pattern, terms), *(alternative.names for alternative in alternatives)])
        self._take_as_halves(self._not_held())
        self._fetch(self.halves.values())
        tiers: Tiers = (self.index.public,) * len(FIELDS)
        for wanted in self.wanted:
            own = self._any(wanted)
            if wanted.is_excluded:
                tiers = tuple(tier - own[-1] for tier in tiers)
                continue
            tiers = _both(tiers, own)
            if not own[-1]:
                terms = [term for alternative in wanted.alternatives for term in alternative.terms]
                self.unknown += [term for term in terms if not self._tiers(term)[-1]]
        return Found(tiers, tuple(dict.fromkeys(term.text for term in self.unknown)), marks=self._marks())

    def _pattern(self, term: Term) -> Pattern:
        return self.halves.get(id(term), () if term.is_beginning else (term.tokens,))

    def _fetch(self, patterns: Iterable[Pattern]) -> None:
        wanted = [pattern for pattern in patterns if pattern and pattern not in self.held]
        for pattern, postings in cache.get(self.index.token, wanted).items():
            self.held[pattern] = _cumulative(postings, self.index.public)

    def _take_as_halves(self, terms: Iterable[Term]) -> None:
        for term in terms:
            found = words.beginning(term.words[0].word)
            if found:
                self.halves[id(term)] = tuple((token,) for token in found)

    def _not_held(self) -> list[Term]:
        """The single words that nothing holds, of alternatives that find nothing otherwise."""
        wanted = (wanted for wanted in self.wanted if not wanted.is_excluded)
        empty = (one for clause in wanted for one in clause.alternatives if not self._one(one)[-1])
        return [term for one in empty for term in one.terms if _may_be_half(term) and not self._tiers(term)[-1]]

    def _tiers(self, term: Term) -> Tiers:
        return self.held.get(self._pattern(term), _NOTHING)

    def _any(self, wanted: Wanted) -> Tiers:
        return reduce(_either, map(self._one, wanted.alternatives), _NOTHING)

    def _one(self, alternative: Alternative) -> Tiers:
        tiers = reduce(_both, map(self._tiers, alternative.terms))
        if not alternative.meanings:
            return tiers
        tiers = _either(tiers, self.held.get(alternative.names, _NOTHING))
        empty = BitMap()
        own = [self.index.members.get(meaning.key, {}).get(meaning.slug, empty) for meaning in alternative.meanings]
        members = BitMap.union(*own) & self.index.public
        return tuple(tier | members if place >= MEMBERS_TIER else tier for place, tier in enumerate(tiers))

    def _marks(self) -> tuple[Phrase, ...]:
        marks: dict[Phrase, None] = {}
        for wanted in self.wanted:
            if not wanted.is_excluded:
                for alternative in wanted.alternatives:
                    marks |= dict.fromkeys(alternative.names)
                    marks |= dict.fromkeys(phrase for term in alternative.terms for phrase in self._pattern(term))
        return tuple(marks)


_NOTHING: Tiers = tuple(BitMap() for _ in FIELDS)


def _may_be_half(term: Term) -> bool:
    is_one_word = len(term.words) == 1 and not (term.is_quoted or term.is_beginning)
    return is_one_word and len(term.words[0].word) >= LEAST_HALF_WORD


def _cumulative(postings: Postings, public: BitMap) -> Tiers:
    tiers = []
    sofar = BitMap()
    for field in postings:
        sofar = sofar | (field & public)
        tiers.append(sofar)
    return tuple(tiers)


def _both(one: Tiers, other: Tiers) -> Tiers:
    return tuple(a & b for a, b in zip(one, other, strict=True))


def _either(one: Tiers, other: Tiers) -> Tiers:
    return tuple(a | b for a, b in zip(one, other, strict=True))


def _corrected(text: str, unknown: Iterable[Term], index: Index) -> str:
    """The question with the words that no public trial holds put right, or nothing where none can be."""
    typed = {word for term in unknown for word in term.words if len(word.word) >= LEAST_MISSPELT}
    held = _held({word.token for word in typed}, index)
    corrections: dict[str, str] = {}
    for word in sorted(word.word for word in typed if word.token not in held)[:MOST_CORRECTED]:
        candidates = words.like(word, CANDIDATES)
        public = _held(map(stem, candidates), index)
        best = next((candidate for candidate in candidates if stem(candidate) in public), "")
        if best:
            corrections[word] = best
    return _rewritten(text, corrections) if corrections else ""


def _held(tokens: Iterable[str], index: Index) -> set[str]:
    """Those tokens that a public trial holds."""
    postings = cache.get(index.token, [((token,),) for token in tokens])
    return {token for ((token,),), fields in postings.items() if any(field.intersect(index.public) for field in fields)}


def _rewritten(text: str, corrections: dict[str, str]) -> str:
    parts, end = [], 0
    for place in places(text):
        if len(place.words) == 1 and place.words[0].word in corrections:
            parts += [text[end : place.start], corrections[place.words[0].word]]
            end = place.end
    return "".join((*parts, text[end:]))
