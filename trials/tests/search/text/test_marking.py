"""Which stretches of a text are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.search.text.marking import segments


def marked(text: str, *phrases: str) -> str:
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in segments(text, map(_phrase, phrases)))


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@pytest.mark.parametrize(
    ("text", "phrases", "expected"),
    [
        ("Cells for the knee", ["knee"], "Cells for the [knee]"),
        ("Knees & <b>KNÉE</b>", ["knee"], "[Knees] & <b>[KNÉE]</b>"),
        ("CAR-T cells, a car", ["car t"], "[CAR-T] cells, a car"),
        ("Quality of life", ["qualiti life"], "[Quality of life]"),
        ("stem cell, stem", ["stem cell", "cell"], "[stem cell], stem"),
        ("bone marrow cell", ["bone marrow", "marrow cell"], "[bone marrow cell]"),
        ("CD-19 at 10⁶", ["cd19", "10e6"], "[CD-19] at [10⁶]"),
        ("nothing here", ["knee"], "nothing here"),
        ("", ["knee"], ""),
        ("no question", [], "no question"),
    ],
)
def test_marks(text, phrases, expected):
    assert marked(text, *phrases) == expected


@given(st.text(), st.lists(st.text(alphabet="abt ", min_size=1).map(_phrase).filter(bool)))
def test_marking_never_changes_a_text(text, phrases):
    assert "".join(part.text for part in segments(text, phrases)) == text
