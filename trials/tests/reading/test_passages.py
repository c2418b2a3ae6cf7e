"""The sentence around the words that prove a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.reading.facts import Passage
from trials.reading.passages import Passages
from trials.records import TrialRecord

TEXT = "Adults may enter. Cells are collected by apheresis, and 2.5 ml are kept. They are given back later."


def record(summary: str) -> TrialRecord:
    return TrialRecord(registry="CTGOV", number="NCT00000001", source="", brief_summary=summary)


def of(words: str, text: str, start: int | None = None) -> Passage:
    place = text.index(words) if start is None else start
    return Passage("briefSummary", words, place, place + len(words))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Adults", "Adults may enter."),
        ("apheresis", "Cells are collected by apheresis, and 2.5 ml are kept."),
        ("later", "They are given back later."),
        ("enter. Cells", "Adults may enter. Cells are collected by apheresis, and 2.5 ml are kept."),
    ],
    ids=["first", "with a decimal point", "last", "over two sentences"],
)
def test_words_stand_with_their_sentence(words, sentence):
    found = Passages(record(TEXT)).around(of(words, TEXT))
    assert (found.text, found.field) == (sentence, "briefSummary")
    assert TEXT[found.start : found.end] == sentence


def test_a_sentence_without_end_is_cut_between_words():
    text = " ".join(["word"] * 90 + ["apheresis"] + ["more"] * 90)
    found = Passages(record(text)).around(of("apheresis", text))
    assert found.text == " ".join(["word"] * 23 + ["apheresis"] + ["more"] * 23)


def test_words_of_another_record_stay_as_they_are():
    for other in (of("apheresis", TEXT, start=3), Passage("objectives", "apheresis", 0, 9), Passage("x", "", 0, 0)):
        assert Passages(record(TEXT)).around(other) == other


@given(st.text(alphabet="ab1.;!? \n*-(", max_size=500), st.data())
def test_the_words_are_always_within_what_is_kept(text, data):
    start = data.draw(st.integers(0, len(text)))
    passage = Passage("briefSummary", text[start : start + 20], start, min(len(text), start + 20))
    found = Passages(record(text)).around(passage)
    assert text[found.start : found.end] == found.text
    assert passage.text.strip() in found.text
