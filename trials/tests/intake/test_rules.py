"""Rules and flags in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trials.reading
from trials.intake.rules import FLAG_WORDS, RULE_WORDS, rule_words
from trials.reading import counted, numbers

SOURCES = [path.read_text(encoding="utf-8") for path in sorted(Path(trials.reading.__path__[0]).glob("*.py"))]


def test_every_rule_of_the_readers_has_words():
    named = {name for source in SOURCES for name in re.findall(r'INFERRED[^"\n]*"([a-z -]+)"', source)}
    assert {"known-product", "volume times concentration", "power of ten"} <= named
    assert named <= RULE_WORDS.keys()


def test_every_oddity_of_a_dose_has_words():
    flags = {numbers.LOST_SUPERSCRIPT, numbers.ODD_POWER, numbers.TEN_E, numbers.DOTS_FOR_COMMAS}
    assert flags | {counted.UNITS_FOR_CELLS, counted.TWO_VALUES} == FLAG_WORDS.keys()


@pytest.mark.parametrize("words", [*RULE_WORDS.values(), *FLAG_WORDS.values()])
def test_words_are_sentences_that_quote_nothing(words):
    assert words.endswith(".")
    assert not re.search('[“”"]', words)


def test_a_rule_without_words_is_its_name():
    assert (rule_words("by-moon_light"), rule_words("")) == ("By moon light.", "")
