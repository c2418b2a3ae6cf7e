"""Text in, tokens out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trials.search.text import terms
from trials.search.text.terms import BREAK, FILLER, field_tokens, pieces, words_of


def tokens(text: str) -> list[str]:
    return terms.tokens(pieces(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Knee KNEE knée", "knee knee knee"),
        ("cafe\u0301 Łódź São Ørsted ﬁeld Straße", "cafe lodz sao orst field strass"),
        ("mesen\u00adchymal", "mesenchym"),
        ("CAR-T cells, CAR T", "car t cell car t"),
        ("CD-19 CD19 CD19+ cd 19 anti-CD19", "cd19 cd19 cd19 cd19 anti cd19"),
        ("IL-2 IL2 il 2 IL-2Rα", "il2 il2 il2 il2r alpha"),
        ("PD-L1 PDL1 PD-L-1 PD-1 HER-2", "pdl1 pdl1 pdl1 pd1 her2"),
        ("TGF-β TGFβ TGF beta γδ T", "tgf beta tgf beta tgf beta gamma delta t"),
        ("COVID-19 SARS-CoV-2", "covid19 sar cov2"),
        ("10^6 10⁶ 10*6 10**6 10e6 10E6 10 ^ 6", "10e6 10e6 10e6 10e6 10e6 10e6 10e6"),
        ("1.5 x 10^6/kg, 2×10⁸ 1x10^6 x10^7", "1p5 10e6 kg 2 10e8 1 10e6 10e7"),
        ("1.5 0,5 1,500 12.05.2019", "1p5 0p5 1500 12 05 2019"),
        ("10^-6 100^6 10^600", "10 6 100 6 10 600"),
        ("i.v. i.v U.S.A. e.g.", "iv iv usa eg"),
        ("ALS MSCs MSC iPSCs iPSC hASCs TILs SDNS MDS", "als msc msc ipsc ipsc hasc til sdns mds"),
        ("Crohn's Wharton’s Crohn", "crohn wharton crohn"),
        ("tumour tumor oedema edema haematopoietic hematopoietic", "tumor tumor edema edema hematopoiet hematopoiet"),
        ("randomised randomized centre centers", "random random center center"),
        ("NCT04034316 2018-001162-42", "nct04034316 2018 001162 42"),
        ("the knee of a patient", "knee patient"),
        ("cell AND/OR *:^(){}[]\"'-+", "cell"),
        ("干细胞", "u024178 u032454 u032990"),
        ("½ m² 5 μg", "1 2 m2 5 mu g"),
        ("", ""),
        ("— … ™ \x00", ""),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected.split()


def test_other_letters_keep_apart_what_is_different():
    assert len({tuple(tokens(word)) for word in ("клетка", "клетки", "клетк", "خلية", "תא")}) == 5


@given(st.text())
def test_tokens_are_small_letters_and_figures_of_bounded_length(text):
    for token in tokens(text):
        assert token == FILLER or (token.isascii() and token.isalnum() and token == token.lower() and len(token) <= 64)
        assert token != FILLER or BREAK in text


@given(st.text() | st.text("10 95\n\t^*+x×·.,-CDILae⁶'s" + BREAK))
@example("CD 19 cells, 1.5 x 10 ^ +6/kg")
def test_a_text_in_pieces_holds_the_words_of_the_whole(text):
    assert tokens(text) == terms.tokens([text])


@given(st.text())
def test_case_makes_no_difference_to_ascii_text(text):
    plain = "".join(mark for mark in text if mark.isascii())
    assert tokens(plain.lower()) == tokens(plain.upper())


@given(st.text())
def test_every_word_stands_where_it_says(text):
    end = 0
    for place in terms.places(text):
        assert end <= place.start < place.end <= len(text)
        assert tuple(terms.tokens([text[place.start : place.end]])) == tuple(
            word.token for word in place.words if word.word not in terms.FUNCTION_WORDS
        )
        end = place.end


def test_words_are_kept_with_their_tokens():
    assert words_of(pieces(f"The Cells of CAR-T{BREAK}")) == {("cells", "cell"), ("car", "car"), ("t", "t")}


def test_a_field_keeps_the_place_of_what_it_drops():
    field = field_tokens(pieces("cell " * 257 + f"knee{BREAK}hip"))
    assert field[254:] == ["cell", FILLER, FILLER, "knee", FILLER, "hip"]


def test_a_run_of_letters_without_end_is_bounded():
    assert [len(token) for token in tokens("x" * 100_000)] == [64]
    assert len(tokens("干" * 100_000)) == terms.MAX_RAW


def test_common_words_side_by_side_are_runs():
    assert list(terms.common_runs(["stem", "cell", "t", "kneecap", "bone", "marrow"])) == [
        ("stem", "cell"),
        ("cell", "t"),
        ("stem", "cell", "t"),
        ("bone", "marrow"),
    ]
