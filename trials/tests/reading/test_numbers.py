from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.reading.notations import DOTS_FOR_COMMAS, LOST_SUPERSCRIPT, ODD_POWER, TEN_E, fold, may_hold_amounts
from trials.reading.numbers import _joined, _read, amounts


def read(text):
    return [
        (float(one.low), float(one.high) if one.high is not None else None, one.flags) for one in amounts(fold(text))
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5 x 10^6/kg", 1.5e6),
        ("1.5 X 10^6 cells", 1.5e6),
        ("1×10⁷", 1e7),
        ("2.5 × 10⁶ cells", 2.5e6),
        ("1х10^6 cells", 1e6),  # a Cyrillic letter for the sign
        ("3 ∗ 10^7", 3e7),
        ("1*10^8", 1e8),
        ("1.10^6 cells", 1e6),
        ("2·10^6", 2e6),
        ("5 times 10^9 cells", 5e9),
        ("5 x 10(6)", 5e6),
        ("5 x 10[6]", 5e6),
        ("5 x 10{6}", 5e6),
        ("5 x 10 ^ 6", 5e6),
        ("5 x 10^(6)", 5e6),
        ("5 x 10**6", 5e6),
        ("5 x 10<sup>6</sup>", 5e6),
        ("5 x 10exp6", 5e6),
        ("5 x 10ˆ6", 5e6),
        (r"1 x 10\^7", 1e7),
        (r"10\^7 cells", 1e7),
        ("10^7 cells", 1e7),
        ("10⁸", 1e8),
        ("0.5 x 10^6", 5e5),
        (".5 x 10^6", 5e5),
        ("2,5 x 10^6", 2.5e6),
        ("2·5×10^6", 2.5e6),
        ("fewer than <0. 05 x 10^6", 5e4),
        ("100 x 10^6", 1e8),
        ("１×10^6", 1e6),  # full-width digit
        ("1.0E+06", 1e6),
        ("1E6", 1e6),
        ("1.5 E6 cells", 1.5e6),
        ("2e8", 2e8),
        ("1x1,000,000", 1e6),
        ("2.0 x 10,000,000", 2e7),
        ("2 x 1000000", 2e6),
        ("30 000 000", 3e7),
        ("30,000,000", 3e7),
        ("30000000", 3e7),
        ("30'000'000", 3e7),
        ("100,000/kg", 1e5),
        ("1 million cells/kg", 1e6),
        ("1.5 million", 1.5e6),
        ("2 billion", 2e9),
        ("500 thousand cells", 5e5),
        ("40 millions of cells", 4e7),
        ("60million", 6e7),
        ("one million", 1e6),
        ("fifty million", 5e7),
        ("two hundred million", 2e8),
        ("half a million", 5e5),
        ("100 M cells", 1e8),
        ("200MM cells", 2e8),
        ("cells-25 million", 2.5e7),
    ],
)
def test_one_amount_in_many_notations(text, value):
    assert read(text) == [(value, None, ())]


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [
        ("90*106 cells", 9e7, LOST_SUPERSCRIPT),
        ("1 x 106 cells/kg", 1e6, LOST_SUPERSCRIPT),
        ("1 x 10 6 cells/kg", 1e6, LOST_SUPERSCRIPT),
        ("3×105CAR+T cells", 3e5, LOST_SUPERSCRIPT),
        ("5 x 1010 cells", 5e10, LOST_SUPERSCRIPT),
        ("106 cells/kg", 1e6, LOST_SUPERSCRIPT),
        ("1 x 10-7 cells", 1e7, ODD_POWER),
        ("1 x 10^-7 cells", 1e7, ODD_POWER),
        ("5 x 10~7", 5e7, ODD_POWER),
        ("5×10*7", 5e7, ODD_POWER),
        ("2*10/7", 2e7, ODD_POWER),
        ("1 x 10'6 cells", 1e6, ODD_POWER),
        ("1*10E6", 1e6, TEN_E),
        ("2 x 10e6", 2e6, TEN_E),
        ("10e6 cells", 1e6, TEN_E),
        ("1.000.000 cells", 1e6, DOTS_FOR_COMMAS),
        ("500.000 cells/kg", 5e5, DOTS_FOR_COMMAS),
    ],
)
def test_an_odd_writing_is_read_and_flagged(text, value, flag):
    assert read(text) == [(value, None, (flag,))]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2-4 × 10⁸", 2e8, 4e8),
        ("2 - 4 x 10^8", 2e8, 4e8),
        ("2 to 4 x 10^8", 2e8, 4e8),
        ("1～2×10^6", 1e6, 2e6),
        ("(1-5)×10^6", 1e6, 5e6),
        ("0.2-1 x 10^7", 2e6, 1e7),
        ("1×10^6 to 3×10^6", 1e6, 3e6),
        ("1×10^6-3×10^6", 1e6, 3e6),
        ("1x10^6~1x10^7", 1e6, 1e7),
        ("1E5~2E6", 1e5, 2e6),
        ("10^7 through to 10^9", 1e7, 1e9),
        ("10^6-10^8", 1e6, 1e8),
        ("1x10^6-7", 1e6, 1e7),
        ("50-100 million", 5e7, 1e8),
        ("10 million to 20 million", 1e7, 2e7),
        ("doses from 0. 5-5x10^6/kg", 5e5, 5e6),  # torn apart by a copy
        ("at 3. 0 - 5. 0 million/kg", 3e6, 5e6),
    ],
)
def test_a_range(text, low, high):
    assert read(text) == [(low, high, ())]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.5, 1 and 2 x 10^6", [5e5, 1e6, 2e6]),
        ("1, 2 and 4 million cells/kg", [1e6, 2e6, 4e6]),
        ("80, 160, or 240 x 10^6", [8e7, 1.6e8, 2.4e8]),
        ("20 or 40 million cells", [2e7, 4e7]),
        ("0.5, 1.0,2.5 million", [5e5, 1e6, 2.5e6]),
        ("0.5-1.0-2.0 x 10^6", [5e5, 1e6, 2e6]),  # steps, no range
        ("1E6#3E6#6E6", [1e6, 3e6, 6e6]),
        ("25×10^6 cells、50×10^6 cells", [2.5e7, 5e7]),
        ("6.29 × 10^7,9.43 × 10^7", [6.29e7, 9.43e7]),
        ("doses 2x50 million", [5e7]),  # two of fifty million each
        ("cohort 1, 2 x 10^6 cells", [2e6]),
        ("Dose 3 - 2 x 10^6 cells", [2e6]),
        ("day 1, 5 million cells", [5e6]),
    ],
)
def test_a_list(text, values):
    assert [low for low, _, _ in read(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "between 2019 and 2021",
        "10 to 20 patients",
        "the 10-20 scheme",
        "a 10 mm implant of 4.3*10 mm",
        "over 10-15 minutes",
        "CD105+ and CD19-negative",
        "HPV 16 E7 peptide",
        "1 x 10^25",
        "phase 1/2",
        "NCT01392105",
        "200 mg and 15 days",
        "0 x 10^6",
        "",
    ],
)
def test_no_amount(text):
    assert read(text) == []


def test_a_shared_power_tells_where_the_whole_list_stands():
    text = "doses of 0.5, 1 and 2 x 10^6 cells"
    first, second, third = amounts(text)
    assert text[first.start : first.end] == "0.5"
    assert text[second.start : second.end] == "1"
    assert text[third.start : third.end] == "2 x 10^6"
    assert {text[one.whole_start : one.whole_end] for one in (first, second, third)} == {"0.5, 1 and 2 x 10^6"}


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text):
    assert len(fold(text)) == len(text)


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NOTATIONS = (
    "{c} x 10^{p}",
    "{c}x10^{p}",
    "{c} × 10{s}",
    "{c}×10{s}",
    "{c}*10^{p}",
    "{c} x 10({p})",
    r"{c} x 10\^{p}",
    "{c}E{p}",
    "{c}e+0{p}",
    "{c} x 10e{p}",
    "{c} x 10{p}",
)
_COEFFICIENTS = st.decimals("0.1", "99.9", places=1).filter(lambda number: number > 0)


@given(_COEFFICIENTS, st.integers(4, 9), st.sampled_from(_NOTATIONS), st.sampled_from(["", "cells ", "dose of "]))
def test_what_is_written_in_any_notation_is_read_back(coefficient, power, notation, before):
    written = notation.format(c=coefficient, p=power, s=str(power).translate(_SUPERSCRIPT))
    (one,) = amounts(fold(f"{before}{written} per kg"))
    assert one.low == coefficient * Decimal(10) ** power
    assert one.high is None


_PIECES = st.sampled_from(
    ["1", "2.5", "10", "^6", " x ", "10^6", "×", " million", "-", " to ", ", ", " and ", "106", "cells", "/kg", "E6",
     "1,000,000", " ", "\n", "(", ")", "cohort ", "30 000 000", "dose of ", "⁶", "e7", "%", "0.5"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_looking_only_around_marks_finds_what_reading_everything_finds(text):
    folded = fold(text)
    everything = list(_joined(folded, list(_read(folded, 0, len(folded)))))
    assert amounts(folded) == everything
    assert may_hold_amounts(folded) or not everything


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_amounts_stand_where_they_say(text):
    for one in amounts(fold(text)):
        assert 0 <= one.whole_start <= one.start < one.end <= one.whole_end <= len(text)
        assert one.low > 0
        assert one.high is None or one.high > one.low
