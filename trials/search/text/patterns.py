"""What is asked of a database: phrases, any of which will do, and stretches of the alphabet."""

from __future__ import annotations

from dataclasses import dataclass

# A phrase is one token or several side by side; a pattern is any of its phrases.
Phrase = tuple[str, ...]
Pattern = tuple[Phrase, ...]

# The letter that stands before a token for its field, in the order of `terms.FIELDS`.
LETTERS = "ntosc"


@dataclass(frozen=True)
class Stretch:
    """The kept words from `low` up to but without `high`, of so many letters: the first `most` of them."""

    low: str
    high: str
    most: int
    shortest: int = 1
    longest: int = 64


# (word, its token) in the order of the alphabet; a word may stand there twice.
Kept = list[tuple[str, str]]
