"""Two wordings of a text, told apart word by word. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Comparing takes time that grows with the product of both lengths; pages must stay quick whatever a registry sends.
_MOST_PAIRS = 160_000
_LINE = re.compile(r".*?(?:[.;!?]\s+|\n+|$)", re.DOTALL)
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `kind` is `same`, `gone` or `come`."""

    kind: str
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts as one: what stayed, and in its place what went and what came.

    Without the pieces that came it is `old`, without those that went `new`.
    """
    return tuple(_joined(_by_sentence(old, new)))


def _by_sentence(old: str, new: str) -> Iterator[Piece]:
    """Whole sentences that stayed are set apart first; words are compared only between them."""
    for is_same, gone, come in _runs(_LINE.findall(old), _LINE.findall(new)):
        if is_same:
            yield Piece("same", gone)
        else:
            yield from _by_word(gone, come)


def _by_word(old: str, new: str) -> Iterator[Piece]:
    for is_same, gone, come in _runs(_WORD.findall(old), _WORD.findall(new)):
        if is_same:
            yield Piece("same", gone)
        else:
            yield Piece("gone", gone)
            yield Piece("come", come)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """(whether it stayed, the old stretch, the new one); texts too long to compare differ as wholes."""
    if len(old) * len(new) > _MOST_PAIRS:
        yield False, "".join(old), "".join(new)
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag == "equal", "".join(old[start:end]), "".join(new[new_start:new_end])


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one, and none that is empty."""
    held: Piece | None = None
    for piece in found:
        if not piece.text:
            continue
        if held is not None and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
