"""What a text denies is no fact, whichever side the denial stands on."""

import pytest

from trials.reading.tissues import _JOINS
from trials.tests.reading.records import reading, slugs


def plan_of(detail):
    return {fact.kind: fact.fact.value for fact in reading("MSC for arthritis", "MSC", detail=detail).plan}


@pytest.mark.parametrize(
    "text",
    [
        "Lymphodepleting chemotherapy is not given.",
        "Lymphodepletion will not be used.",
        "Conditioning is not required.",
        "Immunosuppression with tacrolimus is not allowed.",
        "Leukapheresis is not needed.",
        "Placebo was never given.",
    ],
)
def test_a_denial_behind_what_it_denies(text):
    assert plan_of(text) == {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lymphodepletion is given and steroids are not used.", "LYMPHODEPLETION"),
        ("Conditioning will not begin before day -6.", "CONDITIONING"),
        ("Leukapheresis without sedation is performed.", "HARVEST"),
    ],
)
def test_a_denial_of_something_else(text, kind):
    assert kind in plan_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Patients aged 18 to 75 years will be followed for 12 months.", "12 months"),
        ("Follow-up of children over 12 years old lasts 6 months.", "6 months"),
        ("Patients older than 60 years of age are followed up for 2 years.", "2 years"),
    ],
)
def test_an_age_is_no_time_of_follow_up(text, value):
    assert plan_of(text)["FOLLOW_UP"] == value


def test_cells_are_not_the_patients_where_no_leukapheresis_is_done():
    found = reading("NK cells for relief", "NK cells", detail="Made in advance. Patients do not undergo leukapheresis.")
    assert (slugs(found, "donors"), slugs(found, "tissues")) == ([], [])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("MSC that have not previously been cultured", "expanded"),
        ("MSC, not previously frozen", "preservation"),
    ],
)
def test_small_words_do_not_break_a_denial(words, name):
    (product,) = reading("MSC for relief", ("MSC", words)).products
    assert getattr(product, name) is None


def test_a_drawn_line_between_tissue_and_cells_is_parted_in_one_way():
    # Parted in every way it never ends.
    assert _JOINS.fullmatch("-" * 60 + "%") is None
    assert _JOINS.fullmatch("-derived, culture-expanded ")


@pytest.mark.parametrize(
    ("words", "name", "values"),
    [
        ("MSC are not obtained from bone marrow but from adipose tissue.", "tissues", ["adipose"]),
        ("Unlike bone marrow MSC, these umbilical cord MSC are many.", "tissues", ["umbilical-cord"]),
        ("MSC are given; intravenous injection is not used.", "routes", []),
    ],
)
def test_denied_tissues_and_routes_are_none(words, name, values):
    assert slugs(reading("MSC for relief", ("MSC", words)), name) == values


@pytest.mark.parametrize(
    ("given", "modification"),
    [
        (("MSC", "MSC expressing CD90 and CD105"), None),
        (("MSC", "MSC expressing surface markers of their kind"), None),
        (("MSC", "MSC expressing a repaired gene"), "GENE_ADDED"),
        (("NK cells", "NK cells expressing CD70 chimeric proteins"), "GENE_ADDED"),
    ],
)
def test_a_marker_that_cells_bear_by_nature_is_no_added_gene(given, modification):
    (product,) = reading("Cells for relief", given).products
    assert (product.modification and product.modification.value) == modification
