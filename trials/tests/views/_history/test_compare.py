"""Two wordings as one text with its changes marked."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from trials.views._history.compare import pieces


def marked(old: str, new: str) -> str:
    """Went in [-…-], came in {+…+}."""
    frames = {"same": "{}", "gone": "[-{}-]", "come": "{{+{}+}}"}
    return "".join(frames[piece.kind].format(piece.text) for piece in pieces(old, new))


def test_one_word_that_changed_is_marked_alone():
    assert marked("Cells given once a week.", "Cells given twice a week.") == "Cells given [-once -]{+twice +}a week."


def test_a_sentence_that_came_leaves_the_others_alone():
    assert marked("One. Two.", "One. More here. Two.") == "One. {+More here. +}Two."


def test_a_text_that_was_empty_came_whole():
    assert marked("", "Now stated.") == "{+Now stated.+}"


def test_equal_texts_have_nothing_marked():
    assert marked("Same.\n\nText", "Same.\n\nText") == "Same.\n\nText"


TEXTS = st.text(alphabet="ab .\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_one(old, new):
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "come") == old
    assert "".join(piece.text for piece in found if piece.kind != "gone") == new


def test_two_long_texts_without_a_common_sentence_are_compared_quickly():
    started = time.perf_counter()
    old = " ".join(f"the cell {n % 7} of" for n in range(20_000))
    new = " ".join(f"the dose {n % 5} of" for n in range(20_000))
    assert len(pieces(old, new)) == 2
    assert time.perf_counter() - started < 5
