"""What somebody types into the search box, as an immutable question.

Words are AND-ed; "a phrase" stands in quotation marks, -word leaves out, a OR b takes either, mesench* is half a word.
Whatever else is typed is only words: nothing here can fail, and the work is bounded by the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from trials.search.text.terms import BREAK, FUNCTION_WORDS, Place, Word, places

MAX_LETTERS = 200

_QUOTES = re.compile('["“”„«»]')
# What ties words into one: CAR-T is a phrase, knee/hip are two words.
_TIE = re.compile(r"[-‐‑–.'’_+]+")
_MINUS = re.compile(r"(?:^|\s)[-−]$")
LEAST_BEGINNING = 2


@dataclass(frozen=True)
class Term:
    """One word, or several that must stand side by side.

    `text` is what was typed. A term that `is_beginning` is half a word and holds one word alone.
    """

    words: tuple[Word, ...]
    text: str
    is_quoted: bool = False
    is_beginning: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(word.token for word in self.words)


@dataclass(frozen=True)
class Clause:
    """A trial must hold one of the alternatives, or none of them if the clause `is_excluded`."""

    alternatives: tuple[Term, ...]
    is_excluded: bool = False


@dataclass(frozen=True)
class _Piece:
    """A term as it stands in the text, with what the marks around it say."""

    term: Term
    is_excluded: bool = False
    follows_or: bool = False


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a question, all of which must hold. Empty for a text without a letter or figure."""
    text = text[:MAX_LETTERS].replace(BREAK, " ")
    pieces = list(_pieces(text))
    kept = [piece for piece in map(_without_function_words, pieces) if piece.term.words]
    # Where nothing else is asked for, function words are words: they are found nowhere, and the answer says so.
    return tuple(_clauses(kept or pieces or [_Piece(_term(text, group)) for group in _groups(text)]))


def _clauses(pieces: Iterable[_Piece]) -> Iterator[Clause]:
    alternatives: list[Term] = []
    for piece in pieces:
        if piece.follows_or and alternatives and not piece.is_excluded:
            alternatives.append(piece.term)
            continue
        if alternatives:
            yield Clause(tuple(alternatives))
        alternatives = [] if piece.is_excluded else [piece.term]
        if piece.is_excluded:
            yield Clause((piece.term,), is_excluded=True)
    if alternatives:
        yield Clause(tuple(alternatives))


def _without_function_words(piece: _Piece) -> _Piece:
    if piece.term.is_beginning:
        return piece
    words = tuple(word for word in piece.term.words if word.word not in FUNCTION_WORDS)
    term = Term(words, piece.term.text, piece.term.is_quoted)
    return _Piece(term, piece.is_excluded, piece.follows_or)


def _pieces(text: str) -> Iterator[_Piece]:
    """Quoted and unquoted terms in order. A quotation mark that is never closed is no mark."""
    follows_or = False
    for part, is_quoted, before in _parts(text):
        if is_quoted:
            words = tuple(word for place in places(part) for word in place.words)
            if words:
                yield _Piece(Term(words, part, is_quoted=True), _is_excluded(before), follows_or)
                follows_or = False
            continue
        for group in _groups(part):
            start, end = group[0].start, group[-1].end
            if part[start:end] == "OR":
                follows_or = True
                continue
            yield _Piece(_term(part, group), _is_excluded(part[:start]), follows_or)
            follows_or = False


def _parts(text: str) -> Iterator[tuple[str, bool, str]]:
    """(text, whether it is quoted, what stands before it) for each stretch of a text."""
    marks = [match.start() for match in _QUOTES.finditer(text)]
    if len(marks) % 2:
        marks.pop()
    cuts = [-1, *marks, len(text)]
    for number, (cut, end) in enumerate(pairwise(cuts)):
        yield text[cut + 1 : end], number % 2 == 1, text[: max(cut, 0)]


def _groups(part: str) -> Iterator[list[Place]]:
    """Words that belong together: those with nothing but a tie between them."""
    group: list[Place] = []
    for place in places(part):
        if not place.words:
            continue
        if group and not _TIE.fullmatch(part[group[-1].end : place.start]):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _term(part: str, group: list[Place]) -> Term:
    start, end = group[0].start, group[-1].end
    words = tuple(word for place in group for word in place.words)
    is_half = part[end : end + 1] == "*" and len(words) == 1 and len(words[0].word) >= LEAST_BEGINNING
    return Term(words, part[start:end], is_beginning=is_half)


def _is_excluded(before: str) -> bool:
    return _MINUS.search(before) is not None
