"""What the words of a question mean: the terms of the vocabularies that they name, as of this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pyroaring import BitMap

from trials.search.facets import FACETS
from trials.search.text.patterns import Pattern, Phrase
from trials.search.text.query import Clause, Term
from trials.search.text.terms import pieces, tokens
from trials.search.values import ValueSet


class Index(Protocol):
    """What is asked of the facet index: public trials, the trials under each value, the values, and its moment."""

    @property
    def public(self) -> BitMap: ...
    @property
    def members(self) -> Mapping[str, Mapping[str, BitMap]]: ...
    @property
    def values(self) -> Mapping[str, ValueSet]: ...
    @property
    def token(self) -> str: ...


@dataclass(frozen=True)
class Meaning:
    """A term of a facet, with all its names as phrases."""

    key: str
    slug: str
    names: tuple[Phrase, ...]


@dataclass(frozen=True)
class Alternative:
    """Terms that must all be held, or else any other name of what they mean together."""

    terms: tuple[Term, ...]
    meanings: tuple[Meaning, ...] = ()

    @property
    def names(self) -> Pattern:
        return tuple(dict.fromkeys(name for meaning in self.meanings for name in meaning.names))


@dataclass(frozen=True)
class Wanted:
    """A clause whose words have been looked up."""

    alternatives: tuple[Alternative, ...]
    is_excluded: bool = False


@dataclass(frozen=True)
class Names:
    """Every name in the vocabularies with the terms that bear it, and how many tokens the longest has."""

    meanings: Mapping[Phrase, tuple[Meaning, ...]]
    longest: int

    @classmethod
    def of(cls, meanings: Iterable[Meaning]) -> Names:
        found: dict[Phrase, tuple[Meaning, ...]] = {}
        for meaning in meanings:
            for name in meaning.names:
                found[name] = (*found.get(name, ()), meaning)
        return cls(found, max(map(len, found), default=0))


# The values that the names were last made from, and the names.
_remembered: tuple[tuple[ValueSet, ...], Names] = ((), Names.of(()))


def names_of(index: Index) -> Names:
    """The names in the index, remembered until a vocabulary has other values."""
    global _remembered
    keys = [facet.key for facet in FACETS if facet.is_vocabulary and facet.key in index.values]
    values = tuple(index.values[key] for key in keys)
    known, names = _remembered
    if len(known) != len(values) or any(old is not new for old, new in zip(known, values, strict=True)):
        names = Names.of(meaning for key in keys for meaning in _meanings_of(key, index.values[key]))
        _remembered = (values, names)
    return names


def _meanings_of(key: str, values: ValueSet) -> Iterator[Meaning]:
    for value in values.values.values():
        phrases = (tuple(tokens(pieces(name))) for name in (value.label, *value.synonyms))
        yield Meaning(key, value.slug, tuple(dict.fromkeys(phrase for phrase in phrases if phrase)))


def look_up(clauses: tuple[Clause, ...], names: Names) -> tuple[Wanted, ...]:
    """Joins the longest runs of words that name a term. Quoted phrases and half words mean only themselves."""
    wanted: list[Wanted] = []
    place = 0
    while place < len(clauses):
        run = _longest_run(clauses[place:], names)
        if run:
            wanted.append(Wanted((run,)))
            place += len(run.terms)
            continue
        clause = clauses[place]
        alternatives = tuple(Alternative((term,), _meanings(term, names)) for term in clause.alternatives)
        wanted.append(Wanted(alternatives, clause.is_excluded))
        place += 1
    return tuple(wanted)


def _longest_run(clauses: tuple[Clause, ...], names: Names) -> Alternative | None:
    """The words at the start, one clause each, that name a term together."""
    terms: list[Term] = []
    name: Phrase = ()
    best: Alternative | None = None
    for clause in clauses:
        term = clause.alternatives[0]
        if clause.is_excluded or len(clause.alternatives) > 1 or not _has_meaning(term):
            break
        terms.append(term)
        name += term.tokens
        if len(name) > names.longest:
            break
        if name in names.meanings:
            best = Alternative(tuple(terms), names.meanings[name])
    return best


def _meanings(term: Term, names: Names) -> tuple[Meaning, ...]:
    return names.meanings.get(term.tokens, ()) if _has_meaning(term) else ()


def _has_meaning(term: Term) -> bool:
    return not (term.is_quoted or term.is_beginning)
