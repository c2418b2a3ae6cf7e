import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.intake.lexicon import shipped_lexicon
from trials.reading.lexicon import CELL_TYPE, PRODUCT, ROUTE, TISSUE, Entry, KnownProduct, Lexicon, Words, fold

ENTRIES = (
    Entry(CELL_TYPE, "stem", ("stem cells",), ("stem cell factor",)),
    Entry(CELL_TYPE, "msc", ("MSC", "mesenchymal stem cells", "ADSC"), parent="stem"),
    Entry(CELL_TYPE, "car-t", ("CAR-T cells", "CART*", "*leucel"), ("cartilage",)),
    Entry(CELL_TYPE, "mononuclear", ("cord blood mononuclear cells",)),
    Entry(TISSUE, "adipose", ("ADSC", "adipose tissue")),
    Entry(TISSUE, "cord-blood", ("cord blood",)),
    Entry(ROUTE, "intravenous", ("IV", "i.v.", "intravenous"), ("stage IV", "III-IV")),
    Entry(ROUTE, "intrathecal", ("IT",)),
)
LEXICON = Lexicon.of(
    Words(ENTRIES, (KnownProduct("kept", ("Keptocel",), ("msc",)),), {"LOOKALIKE": ("exosom*",), "GIVEN": ("tumour",)})
)


def found(text, kind):
    return [(match.slug, text[match.start : match.end]) for match in LEXICON.find(text).of(kind)]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Mesenchymal Stem-Cells", CELL_TYPE, [("msc", "Mesenchymal Stem-Cells")]),
        ("a mesenchymal stem cell.", CELL_TYPE, [("msc", "mesenchymal stem cell")]),
        ("CAR- T cell", CELL_TYPE, [("car-t", "CAR- T cell")]),
        ("CAR‑T cells", CELL_TYPE, [("car-t", "CAR‑T cells")]),
        ("(MSCs)", CELL_TYPE, [("msc", "MSCs")]),
        ("mscs", CELL_TYPE, []),
        ("MSCx", CELL_TYPE, []),
        ("CART19 and CART", CELL_TYPE, [("car-t", "CART19"), ("car-t", "CART")]),
        ("knee cartilage", CELL_TYPE, []),
        ("maraleucel", CELL_TYPE, [("car-t", "maraleucel")]),
        ("stem cell factor, stem cells", CELL_TYPE, [("stem", "stem cells")]),
        ("cord blood mononuclear cells", CELL_TYPE, [("mononuclear", "cord blood mononuclear cells")]),
        ("cord blood mononuclear cells", TISSUE, [("cord-blood", "cord blood")]),
        ("cord blood. Stem cells", CELL_TYPE, [("stem", "Stem cells")]),
        ("adipose, tissue", TISSUE, []),
        ("ADSC", TISSUE, [("adipose", "ADSC")]),
        ("given IV or i.v.", ROUTE, [("intravenous", "IV"), ("intravenous", "i.v.")]),
        ("stage IV, grade III-IV", ROUTE, []),
        ("give it IT", ROUTE, [("intrathecal", "IT")]),
        ("TITLES IN CAPITALS SAY IT TOO LOUD", ROUTE, []),
        ("Keptocel", PRODUCT, [("kept", "Keptocel")]),
        ("MSC exosomes", "LOOKALIKE", [("exosom*", "exosomes")]),
        ("tumor", "GIVEN", [("tumour", "tumor")]),
        ("", CELL_TYPE, []),
    ],
)
def test_a_name_is_found_as_it_stands(text, kind, expected):
    assert found(text, kind) == expected


def test_one_name_of_two_vocabularies_means_both():
    assert found("ADSC", CELL_TYPE) == [("msc", "ADSC")]
    assert found("ADSC", TISSUE) == [("adipose", "ADSC")]


def test_several_kinds_come_in_the_order_of_the_text():
    matches = LEXICON.find("IV cord blood stem cells").of(CELL_TYPE, ROUTE, TISSUE)
    assert [match.slug for match in matches] == ["intravenous", "cord-blood", "stem"]


def test_before_and_after_are_counted_from_the_edge_of_a_name():
    matches = LEXICON.find("IV stem cells IV")
    assert [match.start for match in matches.before(3, 1, ROUTE)] == [0]
    assert [match.start for match in matches.after(13, 1, ROUTE)] == [14]
    assert matches.after(13, 0, ROUTE) == []


def test_terms_above_others_are_known():
    assert LEXICON.is_within(CELL_TYPE, "msc", "stem")
    assert not LEXICON.is_within(CELL_TYPE, "stem", "msc")
    assert LEXICON.most_exact(CELL_TYPE, ["stem", "msc", "car-t", "msc"]) == ["msc", "car-t"]


def test_a_lexicon_without_words_finds_nothing():
    assert not Lexicon.of(Words((), (), {})).find("CAR-T cells")


PIECES = (
    "MSC",
    "mscs",
    "CAR-T cell",
    "cord  blood",
    "cord-blood",
    "i.v.",
    "IV",
    "stage IV",
    "ADSCs",
    "ı",
    "İ",
    "β",
    ", ",
    "\n",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " ", "-", "x"]))
def test_a_span_folds_to_a_name_with_words_ending_at_both_sides(pieces, joint):
    text = joint.join(pieces)
    for match in LEXICON.find(text).of(CELL_TYPE, TISSUE, ROUTE):
        words = text[match.start : match.end]
        names = LEXICON.entries[match.kind, match.slug].names
        assert any(fold(words).strip().rstrip("s") == fold(name.strip("*")).strip().rstrip("s") for name in names)
        assert not text[match.start - 1 : match.start].isalnum()
        assert not text[match.end : match.end + 1].isalnum()


@given(st.text(alphabet="MSCmsc cordblIV.-, ", max_size=40))
def test_abbreviations_are_found_wherever_a_plain_search_finds_them(text):
    plain = [m.span() for m in re.finditer(r"(?<![^\W_])MSC[sS]?(?![^\W_])", text)]
    assert [(m.start, m.end) for m in LEXICON.find(text).of(CELL_TYPE) if m.slug == "msc"] == plain


@given(st.text(max_size=60))
def test_folding_keeps_every_place(text):
    assert len(fold(text)) == len(text) + 2


def test_no_exclusion_of_a_shipped_term_switches_off_the_name_of_another():
    entries = shipped_lexicon().entries.values()
    names = {(entry.vocabulary, fold(name)): entry.slug for entry in entries for name in entry.names}
    clashes = [
        (entry.slug, phrase)
        for entry in entries
        for phrase in entry.exclusions
        if names.get((entry.vocabulary, fold(phrase)), entry.slug) != entry.slug
    ]
    assert clashes == []


def test_phrases_of_a_cue_are_known_in_lower_case_however_an_editor_wrote_them():
    assert Lexicon.of(Words((), (), {"COMMON_WORD": ("Placebo",)})).phrases("COMMON_WORD") == {"placebo"}
