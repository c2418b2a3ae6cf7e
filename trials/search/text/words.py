"""The words of the catalogue's texts: for half words, and for the word that was meant."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Min
from rapidfuzz import fuzz, process

from trials.models import Word
from trials.search.text import terms
from trials.search.text.keys import END
from trials.search.text.patterns import Kept, Stretch

# Pieces of text whose words this process has seen kept; emptied when full.
MAX_KNOWN = 200_000
# A half word stands for so many tokens at most, the first in the alphabet.
MAX_STEMS = 50
# All that may be half words of one question stand for so many together.
MOST_TOKENS = 200
# So many words are looked at for each of them.
WORDS_PER_TOKEN = 20
# And for a misspelt one: more than begin with one letter in a catalogue of half a million trials.
MOST_ALIKE = 50_000
LEAST_LIKENESS = 70

_MANY_FIGURES = re.compile("(?:[0-9].*){4}")


class _Known:
    """The pieces of text whose words are kept, as long as the table is the same one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: int | None = None
        self._pieces: set[str] = set()

    def unknown(self, pieces: set[str], first: int | None) -> set[str]:
        """Those that are not known to be kept. `first` is the table's first id: it tells when all was written anew."""
        with self._lock:
            if first != self._first or len(self._pieces) > MAX_KNOWN:
                self._first, self._pieces = first, set()
            return pieces - self._pieces

    def add(self, pieces: set[str]) -> None:
        with self._lock:
            self._pieces |= pieces

    def forget(self) -> None:
        with self._lock:
            self._first, self._pieces = None, set()


_known = _Known()


def add(pieces: set[str]) -> None:
    """Keeps the words in pieces of text, unless they are kept. Known they are once the transaction is committed."""
    new = _known.unknown(pieces, Word.objects.aggregate(first=Min("pk"))["first"])
    if not new:
        return
    rows = sorted(word for word in terms.words_of(new) if _is_kept(word.word))
    if rows:
        _insert([word.word for word in rows], [word.token for word in rows])
    transaction.on_commit(lambda: _known.add(new))


def clear() -> None:
    """Forgets every word, before all text is written anew."""
    Word.objects.all().delete()
    _known.forget()


def beginnings(text: str, most: int = MAX_STEMS) -> tuple[Stretch, ...]:
    """What to look up for so many tokens of the kept words that begin with a folded text, or with its American
    spelling."""
    return tuple(Stretch(start, start + END, WORDS_PER_TOKEN * most) for start in sorted({text, terms.american(text)}))


def whole(text: str) -> tuple[Stretch, ...]:
    """What to look up for a folded word itself."""
    # Nothing that words are made of comes before “!”.
    return (Stretch(text, text + "!", 1),)


def alike(word: str) -> Stretch:
    """What to look up for the kept words that a folded word may have been meant for.

    They share its first letter and are at most two letters longer or shorter.
    """
    return Stretch(word[:1], word[:1] + END, MOST_ALIKE, max(1, len(word) - 2), len(word) + 2)


def share(halves: int) -> int:
    """How many tokens each of so many half words of one question may stand for."""
    return min(MAX_STEMS, MOST_TOKENS // max(halves, 1))


def tokens_of(kept: Iterable[Kept], most: int = MAX_STEMS) -> tuple[str, ...]:
    """The tokens that a half word stands for, so many at most, in the order of the words."""
    return tuple(dict.fromkeys(token for some in kept for _, token in some))[:most]


def likest(word: str, kept: Kept, limit: int) -> list[str]:
    """Those of the words that resemble a folded word, the likest first and equals in the order of the alphabet."""
    near = sorted({one for one, _ in kept} - {word})
    ranked = process.extract(word, near, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=limit)
    return [found for found, _, _ in ranked]


def _is_kept(word: str) -> bool:
    """Numbers are neither misspelt nor typed by halves; they would be most of the table."""
    return len(word) > 1 and not _MANY_FIGURES.search(word) and not word.isdigit()


def _insert(words: Iterable[str], stems: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO trials_word (word, stem) SELECT * FROM unnest(%s::text[], %s::text[]) AS new (word, stem)"
                " WHERE NOT EXISTS (SELECT 1 FROM trials_word WHERE trials_word.word = new.word)",
                [list(words), list(stems)],
            )
        else:
            cursor.executemany(
                "INSERT INTO trials_word (word, stem) SELECT %s, %s"
                " WHERE NOT EXISTS (SELECT 1 FROM trials_word WHERE word = %s)",
                [(word, token, word) for word, token in zip(words, stems, strict=True)],
            )
