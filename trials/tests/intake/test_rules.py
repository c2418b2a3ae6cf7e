"""Rules and flags in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trials.reading
from trials.intake.rules import FLAG_WORDS, RULE_WORDS, rule_words
from trials.reading import counted, echoes, notations, pairing

SOURCES = [path.read_text(encoding="utf-8") for path in sorted(Path(trials.reading.__path__[0]).glob("*.py"))]


def test_every_rule_of_the_readers_has_words():
    # Wherever a rule is given a name: as the fourth part of a fact, or to a dose.
    named = {name for source in SOURCES for name in re.findall(r'INFERRED[^"\n]*"([a-z -]+)"', source)}
    assert {"known-product", "power of ten"} <= named
    assert named | {counted.VOLUME_RULE} <= RULE_WORDS.keys()


def test_every_oddity_of_a_dose_has_words():
    flags = {notations.LOST_SUPERSCRIPT, notations.ODD_POWER, notations.TEN_E, notations.DOTS_FOR_COMMAS}
    flags |= {notations.LOST_SIGN, counted.IMPLAUSIBLE, counted.AT_MOST, counted.AT_LEAST, counted.SPLIT, counted.PART}
    flags |= {*echoes.HAS_BOUND.values()}
    assert flags | {counted.UNITS_FOR_CELLS, pairing.TWO_VALUES} == FLAG_WORDS.keys()


@pytest.mark.parametrize("words", [*RULE_WORDS.values(), *FLAG_WORDS.values()])
def test_words_are_sentences_that_quote_nothing(words):
    assert words.endswith(".")
    assert not re.search('[“”"]', words)


def test_a_rule_without_words_is_its_name():
    assert (rule_words("by-moon_light"), rule_words("")) == ("By moon light.", "")
