"""Words and texts of made trials: common words of the field, and thousands of made-up ones that are ever rarer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from trials.generating.picking import Picker

WORDS = 12_000


def listed(words: str) -> list[str]:
    """Words that are separated by blanks."""
    return words.split()


# The commonest words of such texts, the commonest first.
_REAL = listed(
    "the of with and in or to for after patients cells at by cell treatment days be dose from months infusion is "
    "study clinical therapy disease history no who blood use years are weeks not any least prior risk safety "
    "active including bone marrow stem transplantation mesenchymal autologous injection placebo severe adverse "
    "events efficacy response score baseline function other known group pain quality life survival written "
    "consent informed age male female pregnancy infection cancer tumour liver kidney heart diagnosis confirmed "
    "within last before each normal level count serum platelets test visit follow repair control standard care "
    "surgery medication symptoms"
)
_ONSETS = listed("b br c ch cl d dr f fl g gl gr h j k kr l m n p pl pr qu r s sc sp st t tr v w z")
_VOWELS = listed("a e i o u ae ia io oe")
_MIDDLES = listed("b c d f g l ll m n nd nt p r rd rm rt s sk st t v x z")
_ENDINGS = listed("an ar ax el en esh il im in ior ix ol on or orn um un ur uth yl")


def made_word(random: Random, ending: str = "") -> str:
    """A word that no language has, of two or three syllables, perhaps with a given ending."""
    syllables = [random.choice(_ONSETS) + random.choice(_VOWELS)]
    syllables += [random.choice(_MIDDLES) + random.choice(_VOWELS) for _ in range(random.randint(0, 1))]
    return "".join(syllables) + random.choice(_MIDDLES) + (ending or random.choice(_ENDINGS))


def different_words(random: Random, count: int, make: Callable[[Random], str] = made_word) -> list[str]:
    """`count` words, none twice."""
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault(make(random))
    return list(found)


class Texts:
    """Draws texts in which the frequency of words falls as in a language."""

    def __init__(self) -> None:
        made = different_words(Random("words"), WORDS - len(_REAL))
        self._picker = Picker.zipf([*_REAL, *made], flattened_by=2)

    def source(self, random: Random, count: int) -> TextSource:
        """Texts of `count` words altogether."""
        return TextSource(random, iter(self._picker.some(random, count)))


class TextSource:
    """Hands out the words of one trial; when they are used up, texts come out short."""

    def __init__(self, random: Random, words: Iterator[str]) -> None:
        self._random = random
        self._words = words

    def words(self, least: int, most: int) -> str:
        """A phrase without an end."""
        return " ".join(islice(self._words, self._random.randint(least, most)))

    def sentence(self, least: int, most: int) -> str:
        text = self.words(least, most)
        return f"{text[:1].upper()}{text[1:]}."

    def prose(self, sentences: int) -> str:
        return " ".join(self.sentence(8, 18) for _ in range(sentences))
