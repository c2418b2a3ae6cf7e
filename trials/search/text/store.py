"""Keeps the text of public trials: one small interface, whichever database it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.db import connection
from pyroaring import BitMap

from trials.search.text import postgres, sqlite, terms, words
from trials.search.text.documents import Document
from trials.search.text.patterns import LETTERS, Kept, Pattern, Stretch


class Engine(Protocol):
    """What `sqlite` and `postgres` both do; see their functions."""

    IDS: str

    def write(self, tokens: Mapping[int, Sequence[Sequence[str]]], new: Collection[int]) -> None: ...
    def remove(self, trials: Collection[int]) -> None: ...
    def clear(self) -> None: ...
    def tidy(self) -> None: ...
    def question(self, letter: str, pattern: Pattern) -> str: ...
    def read(self, asked: Sequence[str], stretches: Sequence[Stretch]) -> tuple[list[BitMap], list[Kept]]: ...
    def bitmap(self, ids: Any) -> BitMap: ...


def engine() -> Engine:
    return postgres if connection.vendor == "postgresql" else sqlite


class Taken(NamedTuple):
    """Documents taken to pieces: the tokens of each trial by field, and every piece that any of them holds."""

    tokens: dict[int, list[list[str]]]
    pieces: set[str]


def taken(documents: Mapping[int, Document]) -> Taken:
    """Takes documents, by trial, to pieces. Needs no database."""
    apart = Taken({}, set())
    for trial, document in documents.items():
        fields = [terms.pieces(text) for text in document.fields()]
        apart.tokens[trial] = [terms.field_tokens(pieces) for pieces in fields]
        apart.pieces.update(*fields)
    return apart


def write(documents: Taken, new: Collection[int] = ()) -> None:
    """Replaces the text of these trials inside the caller's transaction; those in `new` have none yet."""
    if documents.tokens:
        engine().write(documents.tokens, new)
        words.add(documents.pieces)


def remove(trials: Collection[int]) -> None:
    """Takes trials out; those without text are passed over. Their words stay among the words."""
    if trials:
        engine().remove(trials)


def clear() -> None:
    """Takes out every trial and every word."""
    engine().clear()
    words.clear()


def tidy() -> None:
    """Makes reading fast again after everything has been written anew."""
    engine().tidy()


def trials() -> BitMap:
    """Ids of all trials that have text."""
    kept = engine()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kept.IDS.format('trial_id')} FROM trials_text")  # noqa: S608
        return kept.bitmap(cursor.fetchone()[0])


def postings(patterns: Sequence[Pattern]) -> list[tuple[BitMap, ...]]:
    """Per pattern five bitmaps, one per field of `terms.FIELDS`: the trials that hold one of its phrases there."""
    return read(patterns, ())[0]


def read(patterns: Sequence[Pattern], stretches: Sequence[Stretch]) -> tuple[list[tuple[BitMap, ...]], list[Kept]]:
    """The postings of patterns and the words of stretches, all in one statement, and none if nothing is asked."""
    if not (patterns or stretches):
        return [], []
    kept = engine()
    asked = [kept.question(letter, pattern) for pattern in patterns for letter in LETTERS]
    found, kept_words = kept.read(asked, stretches)
    each = iter(found)
    return [tuple(islice(each, len(LETTERS))) for _ in patterns], kept_words
