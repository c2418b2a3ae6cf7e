"""Keeps the text of public trials: one small interface, whichever database it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from django.db import connection
from pyroaring import BitMap

from trials.search.text import postgres, sqlite, terms, words
from trials.search.text.documents import Document
from trials.search.text.patterns import Kept, Pattern, Stretch


class Engine(Protocol):
    """What `sqlite` and `postgres` both do; see their functions."""

    IDS: str

    def write(self, tokens: Mapping[int, Sequence[Sequence[str]]]) -> None: ...
    def remove(self, trials: Collection[int]) -> None: ...
    def clear(self) -> None: ...
    def tidy(self) -> None: ...
    def read(
        self, patterns: Sequence[Pattern], stretches: Sequence[Stretch]
    ) -> tuple[list[tuple[BitMap, ...]], list[Kept]]: ...
    def trials(self) -> BitMap: ...
    def bitmap(self, ids: Any) -> BitMap: ...


def engine() -> Engine:
    return postgres if connection.vendor == "postgresql" else sqlite


def write(documents: Mapping[int, Document]) -> None:
    """Replaces the text of these trials, by id, inside the caller's transaction."""
    if not documents:
        return
    seen: set[str] = set()
    tokens: dict[int, list[list[str]]] = {}
    for trial, document in documents.items():
        raws = [terms.raw_words(text) for text in document.fields()]
        tokens[trial] = [terms.field_tokens(field) for field in raws]
        seen.update(*raws)
    engine().write(tokens)
    words.add(seen)


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
    return engine().trials()


def postings(patterns: Sequence[Pattern]) -> list[tuple[BitMap, ...]]:
    """Per pattern five bitmaps, one per field of `terms.FIELDS`: the trials that hold one of its phrases there."""
    return read(patterns, ())[0]


def read(patterns: Sequence[Pattern], stretches: Sequence[Stretch]) -> tuple[list[tuple[BitMap, ...]], list[Kept]]:
    """The postings of patterns and the words of stretches, all in one statement, and none if nothing is asked."""
    return engine().read(patterns, stretches) if patterns or stretches else ([], [])
