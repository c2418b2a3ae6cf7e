"""Which trials hold a name anywhere in their text, however it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyroaring import BitMap

from trials.search.text import store, words
from trials.search.text.patterns import Phrase
from trials.search.text.terms import key_words, pieces, tokens


def holding(names: Iterable[str]) -> BitMap:
    """The public trials that hold any of these names, in two statements at most.

    A star at the end of a name: any word that begins so. One at its beginning: all trials, for words are known by their
    beginnings.
    """
    names = [name for name in names if name.strip("*")]
    if any(name.startswith("*") for name in names):
        return store.trials()
    phrases = [tuple(tokens(pieces(name))) for name in names if not name.endswith("*")]
    phrases += _begun_by(name.rstrip("*") for name in names if name.endswith("*"))
    asked = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    return BitMap().union(*(ids for fields in store.postings([asked] if asked else []) for ids in fields))


def _begun_by(halves: Iterable[str]) -> Iterator[Phrase]:
    """The phrases that kept words make of names whose last word is only begun."""
    typed = [own for half in halves if (own := key_words(half))]
    stretches = [words.beginnings(last) for *_, last in typed]
    _, kept = store.read((), [one for some in stretches for one in some])
    found = iter(kept)
    for (*before, _), some in zip(typed, stretches, strict=True):
        head = tuple(tokens(pieces(" ".join(before))))
        for token in words.tokens_of([next(found) for _ in some]):
            yield (*head, token)
