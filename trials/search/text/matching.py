"""Which public trials match what was typed, and how well: bitmap arithmetic over the postings of its words.

A trial's tier is the first field by which every word of the question has been found. `trials/search/plain_text.py`
says the same trial by trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

from pyroaring import BitMap

from trials.search.text import words
from trials.search.text.cache import Cache, Postings
from trials.search.text.patterns import Kept, Pattern, Phrase, Stretch
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
# By names, numbers and titles.
TITLE_TIER = FIELDS.index("title")

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
    """The public trials that match a question of the search box, read at the moment of `index`.

    Takes at most three statements, and two where something is found.
    """
    search = _Search(text, index, _Read(index))
    search.read_words()
    search.read_halves()
    found = search.answer()
    return replace(found, suggestion=search.corrected()) if found.unknown else found


class _Read:
    """What has been read for one question: the trials of patterns by tier, the words of stretches."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.tiers: dict[Pattern, Tiers] = {}
        self.words: dict[Stretch, Kept] = {}

    def more(self, patterns: Iterable[Pattern], stretches: Iterable[Stretch] = ()) -> None:
        """Reads what is not here yet."""
        wanted = [pattern for pattern in patterns if pattern and pattern not in self.tiers]
        postings, kept = cache.get(self._index.token, wanted, [one for one in stretches if one not in self.words])
        for pattern, fields in postings.items():
            self.tiers[pattern] = _cumulative(fields, self._index.public)
        self.words |= kept

    def of(self, stretches: Iterable[Stretch], most: int = words.MAX_STEMS) -> tuple[str, ...]:
        """The tokens of the words in stretches, so many at most."""
        return words.tokens_of((self.words.get(one, []) for one in stretches), most)


class _Search:
    """One question at one moment."""

    def __init__(self, text: str, index: Index, read: _Read) -> None:
        self.text = text
        self.index = index
        self.wanted = look_up(parse(text), names_of(index))
        self.read = read
        terms = [term for wanted in self.wanted for term in _terms(wanted)]
        self.most = words.share(sum(term.is_beginning or _may_be_half(term) for term in terms))
        # By identity: the same word may stand for itself in one place and for half a word in another.
        self.halves: dict[int, Pattern] = {}
        self.misspelt: list[str] = []

    def read_words(self) -> None:
        """Reads the trials of whole words and names, and the kept words that the others may be halves of."""
        stretches = [one for wanted in self.wanted for term in _terms(wanted) for one in self._stretches(term)]
        self.read.more(self.patterns(), stretches)

    def patterns(self) -> list[Pattern]:
        """Of all whole words and names."""
        alternatives = [alternative for wanted in self.wanted for alternative in wanted.alternatives]
        terms = [term for wanted in self.wanted for term in _terms(wanted)]
        return [*map(self._pattern, terms), *(alternative.names for alternative in alternatives)]

    def read_halves(self) -> None:
        """Reads the trials of half words, and the kept words that those which are none may have been meant for."""
        self._take_halves()
        self.misspelt = self._misspelt()[:MOST_CORRECTED]
        self.read.more(self.halves.values(), map(words.alike, self.misspelt))

    def answer(self) -> Found:
        """From what has been read."""
        tiers: Tiers = (self.index.public,) * len(FIELDS)
        unknown: list[Term] = []
        for wanted in self.wanted:
            own = self._any(wanted)
            if wanted.is_excluded:
                tiers = tuple(tier - own[-1] for tier in tiers)
                continue
            tiers = _both(tiers, own)
            if not own[-1]:
                unknown += [term for term in _terms(wanted) if not self._tiers(term)[-1]]
        return Found(tiers, tuple(dict.fromkeys(term.text for term in unknown)), marks=self._marks())

    def corrected(self) -> str:
        """The question with its misspelt words put right, or nothing where none can be or nothing would be found."""
        candidates = {
            word: words.likest(word, self.read.words[words.alike(word)], CANDIDATES) for word in self.misspelt
        }
        first = {word: some[0] for word, some in candidates.items() if some}
        trials = [first | {word: one} for word, some in candidates.items() for one in some]
        tokens = [((stem(one),),) for some in candidates.values() for one in some]
        rewritten = [_Search(_rewritten(self.text, trial), self.index, self.read) for trial in trials]
        self.read.more([*tokens, *(pattern for search in rewritten for pattern in search.patterns())])
        best = {
            word: held[0]
            for word, some in candidates.items()
            if (held := [one for one in some if self.read.tiers[((stem(one),),)][-1]])
        }
        if not best:
            return ""
        better = _Search(_rewritten(self.text, best), self.index, self.read)
        better._take_halves()
        return better.text if better.answer().trials else ""

    def _pattern(self, term: Term) -> Pattern:
        return self.halves.get(id(term), () if term.is_beginning else (term.tokens,))

    def _take_halves(self) -> None:
        """Takes terms for half words: those that say so, and words that nothing holds."""
        terms = [term for wanted in self.wanted for term in _terms(wanted)]
        beginnings = [term for term in terms if term.is_beginning]
        for term in (*beginnings, *filter(_may_be_half, self._not_held())):
            found = self.read.of(self._stretches(term), self.most)
            if found:
                self.halves[id(term)] = tuple((token,) for token in found)

    def _not_held(self) -> list[Term]:
        """The terms that nothing holds, of alternatives that find nothing otherwise."""
        wanted = (wanted for wanted in self.wanted if not wanted.is_excluded)
        empty = (one for clause in wanted for one in clause.alternatives if not self._one(one)[-1])
        return [term for one in empty for term in one.terms if not self._tiers(term)[-1]]

    def _misspelt(self) -> list[str]:
        """The words that neither are kept nor begin one that is, of clauses that nothing can hold."""
        found = {
            word.word
            for wanted in self.wanted
            if not (
                wanted.is_excluded or self._any(wanted)[-1] or any(id(term) in self.halves for term in _terms(wanted))
            )
            for term in _terms(wanted)
            if not self._tiers(term)[-1]
            for word in term.words
            if len(word.word) >= LEAST_MISSPELT and not self.read.of(self._kept_as(word.word, term))
        }
        return sorted(found)

    def _stretches(self, term: Term) -> list[Stretch]:
        """What to look up for a term."""
        return [stretch for word in term.words for stretch in self._kept_as(word.word, term)]

    def _kept_as(self, word: str, term: Term) -> tuple[Stretch, ...]:
        """Where a word of a term stands among the kept words, if it does."""
        is_half = term.is_beginning or _may_be_half(term)
        return words.beginnings(word, self.most) if is_half else words.whole(word)

    def _tiers(self, term: Term) -> Tiers:
        return self.read.tiers.get(self._pattern(term), _NOTHING)

    def _any(self, wanted: Wanted) -> Tiers:
        return reduce(_either, map(self._one, wanted.alternatives), _NOTHING)

    def _one(self, alternative: Alternative) -> Tiers:
        tiers = reduce(_both, map(self._tiers, alternative.terms))
        if not alternative.meanings:
            return tiers
        tiers = _either(tiers, self.read.tiers.get(alternative.names, _NOTHING))
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


def _terms(wanted: Wanted) -> Iterator[Term]:
    for alternative in wanted.alternatives:
        yield from alternative.terms


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


def _rewritten(text: str, corrections: dict[str, str]) -> str:
    parts, end = [], 0
    for place in places(text):
        if len(place.words) == 1 and place.words[0].word in corrections:
            parts += [text[end : place.start], corrections[place.words[0].word]]
            end = place.end
    return "".join((*parts, text[end:]))
