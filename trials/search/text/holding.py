"""Which trials hold a name anywhere in their text, however it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyroaring import BitMap

from trials.search.text import store, words
from trials.search.text.patterns import Phrase
from trials.search.text.terms import raw_words, tokens


def holding(names: Iterable[str]) -> BitMap:
    """The public trials that hold any of these names, in one statement. A star at its end: any word that begins so."""
    phrases = tuple(dict.fromkeys(phrase for name in names for phrase in _phrases(name)))
    found = BitMap()
    for fields in store.postings([phrases] if phrases else []):
        found = found.union(*fields)
    return found


def _phrases(name: str) -> Iterator[Phrase]:
    own = raw_words(name.rstrip("*"))
    if not own:
        return
    if not name.endswith("*"):
        yield tuple(tokens(own))
        return
    *before, last = own
    yield from ((*tokens(before), token) for token in words.beginning(last))
