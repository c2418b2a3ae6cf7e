"""What is typed, and the clauses that it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.search.text.query import Clause, Term, parse


def shown(clause: Clause) -> str:
    """`-` leaves out, `|` is OR, `+` ties, `""` quotes, `*` is half a word."""

    def one(term: Term) -> str:
        tokens = "+".join(term.tokens)
        return f'"{tokens}"' if term.is_quoted else tokens + "*" * term.is_beginning

    return "-" * clause.is_excluded + "|".join(map(one, clause.alternatives))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("knee pain", ["knee", "pain"]),
        ('"bone marrow" cells', ['"bone+marrow"', "cell"]),
        ("“bone marrow” «cord blood»", ['"bone+marrow"', '"cord+blood"']),
        ("knee -hip", ["knee", "-hip"]),
        ('-"bone marrow"', ['-"bone+marrow"']),
        ("knee \u2212hip", ["knee", "-hip"]),
        ("CAR-T", ["car+t"]),
        ("knee - hip", ["knee", "hip"]),
        ("RACE – nephrotic", ["race", "nephrot"]),
        ("knee OR hip OR elbow pain", ["knee|hip|elbow", "pain"]),
        ("knee or hip", ["knee", "hip"]),
        ('knee OR "left hip"', ['knee|"left+hip"']),
        ("knee OR -hip", ["knee", "-hip"]),
        ("-hip OR knee", ["-hip", "knee"]),
        ("OR knee OR", ["knee"]),
        ("OR", ["or"]),
        ("the OR of", ["the|of"]),
        ("mesench*", ["mesench*"]),
        ("m*", ["m"]),
        ("CAR-T*", ["car+t"]),
        ("10*6 cells*", ["10e6", "cell*"]),
        ('"unbalanced knee', ["unbalanc", "knee"]),
        ('"a b" c"', ['"b"', "c"]),
        ("the knee of a patient", ["knee", "patient"]),
        ("the", ["the"]),
        ("title:knee", ["titl", "knee"]),
        ("NEAR(knee hip, 5)", ["near", "knee", "hip", "5"]),
        ("knee AND hip NOT toe", ["knee", "hip", "not", "toe"]),
        ("knee/hip", ["knee", "hip"]),
        ("'; DROP TABLE trials_trial; --", ["drop", "tabl", "trial+trial"]),
        ("^knee + {hip} [toe] & a | b ! c <-> d", ["knee", "hip", "toe", "b", "c", "d"]),
        ("knee\x1fhip\x00toe", ["knee", "hip", "toe"]),
        ("***", []),
        ("", []),
    ],
)
def test_clauses(text, clauses):
    assert [shown(clause) for clause in parse(text)] == clauses


def test_a_term_keeps_what_was_typed():
    [clause] = parse("Haematopoietic")
    assert clause.alternatives[0].text == "Haematopoietic"


def test_only_two_hundred_letters_are_read():
    assert len(parse("ab " * 1_000)) == 67


@given(st.text(alphabet=st.sampled_from(list("ab OR\"'*-:()^10 ×⁶éß中\x00\x1f|&!<>{}\\%_;"))))
def test_nothing_that_is_typed_can_fail(text):
    for clause in parse(text):
        assert clause.alternatives
        assert all(term.words for term in clause.alternatives)
