"""Keys: names as they are typed, so that what begins with a text is found. Nothing is stemmed."""

from __future__ import annotations

from trials.search.text.terms import FUNCTION_WORDS, american, key_words

# Comes after every letter, figure and blank that a key may hold.
END = "{"
# A name is found by the beginnings of its first words.
MAX_STARTS = 8


def key(text: str) -> str:
    """What a name is found by: its folded words, parted by blanks."""
    return " ".join(key_words(text))


def number_key(text: str) -> str:
    """What a registry number is found by: letters and figures alone."""
    return "".join(key_words(text))


def american_key(key: str) -> str:
    """The key with its British words as Americans write them."""
    return " ".join(map(american, key.split()))


def starts(key: str) -> list[str]:
    """The key from each of its words on; a function word begins nothing unless it comes first."""
    words = key.split()
    places = [place for place, word in enumerate(words) if not place or word not in FUNCTION_WORDS]
    return list(dict.fromkeys(" ".join(words[place:]) for place in places[:MAX_STARTS]))


def words_before(start: str, key: str) -> int:
    """How many words of a key stand before one of its starts."""
    return key.count(" ") - start.count(" ")
