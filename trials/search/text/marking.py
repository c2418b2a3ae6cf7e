"""Marks the words of a question in a text, by the same tokens that found it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from trials.search.text.patterns import Phrase
from trials.search.text.terms import FILLER, FUNCTION_WORDS, places


class Segment(NamedTuple):
    """A stretch of a text. Templates escape it, and wrap it in <mark> if it `is_match`."""

    text: str
    is_match: bool


def segments(text: str, phrases: Iterable[Phrase]) -> tuple[Segment, ...]:
    """The whole text in order, cut where a phrase of `Found.marks` begins or ends."""
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    for place in places(text):
        for word in place.words:
            if word.token != FILLER and word.word not in FUNCTION_WORDS:
                tokens.append(word.token)
                spans.append((place.start, place.end))
    by_first: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase[0], []).append(phrase)
    matches: list[tuple[int, int]] = []
    for first, token in enumerate(tokens):
        for phrase in by_first.get(token, ()):
            if tuple(tokens[first : first + len(phrase)]) == phrase:
                matches.append((spans[first][0], spans[first + len(phrase) - 1][1]))
    return tuple(_cut(text, matches))


def _cut(text: str, matches: Iterable[tuple[int, int]]) -> Iterable[Segment]:
    end = 0
    for start, stop in _joined(matches):
        if start > end:
            yield Segment(text[end:start], False)
        yield Segment(text[start:stop], True)
        end = stop
    if end < len(text):
        yield Segment(text[end:], False)


def _joined(matches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Matches that overlap become one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(matches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
