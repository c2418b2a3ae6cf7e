from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.phrases import dose_words
from trials.reading.counted import counted
from trials.reading.facts import CONFLICTING, INFERRED, STATED
from trials.reading.sections import DETAIL, NAME, SUMMARY
from trials.tests.reading.texts import marked


def read(text, kind="ARM", field="armGroups[0].description"):
    return [
        (float(one.low), float(one.high) if one.high is not None else None, one.basis)
        for one in counted(marked(text, kind, field))
    ]


@pytest.mark.parametrize(
    ("text", "low", "basis"),
    [
        ("One infusion of 1 x 10^6 cells/kg", 1e6, "PER_KG"),
        ("One infusion of 1 x 10^6/kg", 1e6, "PER_KG"),
        ("1 × 10⁶ cells per kilogram of body weight", 1e6, "PER_KG"),
        ("2 x 10^6 MSC per kg recipient body weight", 2e6, "PER_KG"),
        ("2 x 10^6 MSC kg-1", 2e6, "PER_KG"),
        ("1 x 10^5 CD34 cells/kgBW", 1e5, "PER_KG"),
        ("1x106 x Kg of weight, in 100 ml of saline", 1e6, "PER_KG"),
        ("3×10^5 CAR+T cells / kg", 3e5, "PER_KG"),
        ("5×10^5 (±20%) CAR-T cells/kg", 5e5, "PER_KG"),
        ("5×10^5 (±20%) /kg", 5e5, "PER_KG"),
        ("2×10^6, CAR+T cells/kg", 2e6, "PER_KG"),
        ("CAR-T cells/kg: 2 x 10^6", 2e6, "PER_KG"),
        ("> 4 x 10e6/kg CD34 cells/kg are infused", 4e6, "PER_KG"),
        ("1 x 10^6 (one million) cells/kg", 1e6, "PER_KG"),
        ("2 x 10^7 cells/m2", 2e7, "PER_M2"),
        ("2 x 10^7 cells per square meter", 2e7, "PER_M2"),
        ("2 x 10^7 T cells per meter squared", 2e7, "PER_M2"),
        ("2 x 10^7 cells/m^2", 2e7, "PER_M2"),
        ("3 million keratinocytes per cm2", 3e6, "PER_CM2"),
        ("5 x 10^4 cells/cm² of wound", 5e4, "PER_CM2"),
        ("100,000 cells per eye", 1e5, "PER_EYE"),
        ("20 million MSCs per knee", 2e7, "PER_SITE"),
        ("5*10^6 MSC per site in 30 sites", 5e6, "PER_SITE"),
        ("1 x 10^7 cells per lesion", 1e7, "PER_SITE"),
        ("3×10^7 per hemisphere", 3e7, "PER_SITE"),
        ("200 million cells/dose", 2e8, "FLAT"),
        ("1 x 10^8 cells per patient", 1e8, "FLAT"),
        ("1*10^8/ person", 1e8, "FLAT"),
        ("15 million mature dendritic cells per dose", 1.5e7, "FLAT"),
        ("2.0 x 10,000,000/5ml (1 mL at 5 sites)", 2e7, "FLAT"),
        ("50 million of WJMSC in each dose", 5e7, "FLAT"),
        ("will receive 30 000 000 WJMSCs in 20 mL", 3e7, "FLAT"),
        ("1 x 10^6peptide pulsed dendritic cells", 1e6, "FLAT"),
        ("3 syringes containing 1 x 10^6 dendritic cells", 1e6, "FLAT"),
        ("2 vials of 10 million cells", 1e7, "FLAT"),  # how many vials are one dose is not said
        ("MSCs (20,000,000) by vein", 2e7, "FLAT"),
        ("stem cells 0.5 ml (Total: 10 million cells)", 1e7, "FLAT"),
        ("No. DC: 10^5", 1e5, "FLAT"),
        ("MSCs are given at a dose of 10 million by vein", 1e7, "FLAT"),
        ("10x10^6 units of umbilical cord mesenchymal stem cells", 1e7, "FLAT"),
        ("minimum 2 x 10^6 CD34+ cells/kg", 2e6, "PER_KG"),
        ("up to 5x10^8 T cells", 5e8, "FLAT"),
        ("within 30 days after aspirating marrow, 1×10^6/kg of the cultured cells are given", 1e6, "PER_KG"),
    ],
)
def test_a_dose_and_its_basis(text, low, basis):
    assert read(text) == [(low, None, basis)]


@pytest.mark.parametrize(
    ("text", "low", "high", "basis"),
    [
        ("a dose of 1-2 x 10^6 cells/kg", 1e6, 2e6, "PER_KG"),
        ("from 5×10^4 /kg to 1×10^7 /kg", 5e4, 1e7, "PER_KG"),
        ("2×10^6/kg-1×10^7/kg", 2e6, 1e7, "PER_KG"),
        ("3 × 10^6/kg ± 20%~1 × 10^7/kg ± 20% CAR positive T cells", 3e6, 1e7, "PER_KG"),
        ("between 1x10^9 and 2x10^11 TIL", 1e9, 2e11, "FLAT"),
        ("> 1.5 x 10^5/kg but ≤ 4.5 x 10^5/kg", 1.5e5, 4.5e5, "PER_KG"),
        ("the minimum given is 100,000/kg and the maximum is 100,000,000/kg", 1e5, 1e8, "PER_KG"),
        ("15-20 million dendritic cells", 1.5e7, 2e7, "FLAT"),
    ],
)
def test_a_range_and_its_basis(text, low, high, basis):
    assert read(text) == [(low, high, basis)]


@pytest.mark.parametrize(
    ("text", "lows", "basis"),
    [
        ("1×10^6, 3×10^6 and 1×10^7 CAR-T cells/kg", [1e6, 3e6, 1e7], "PER_KG"),
        ("5 x 10^5 / kg, 1 x 10^6 in turn", [5e5, 1e6], "PER_KG"),
        ("escalated to 5 x 10^6 and then 10 x 10^6 cells/kg", [5e6, 1e7], "PER_KG"),
        ("low (0.2×10^7), medium (0.5×10^7) and high (1.0×10^7) of cells", [2e6, 5e6, 1e7], "FLAT"),
        ("Dose in cells/kg: low 0.5×10^6 medium 1.5×10^6 high 3×10^6", [5e5, 1.5e6, 3e6], "PER_KG"),
    ],
)
def test_a_list_shares_its_unit(text, lows, basis):
    assert read(text) == [(low, None, basis) for low in lows]


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("2 x 10^6 cells/kg or a maximum dose of 2 x 10^8 total cells", ["PER_KG", "FLAT"]),
        ("2x10^6 cells/kg (up to a maximum dose of 100x10^6 cells) in saline", ["PER_KG", "FLAT"]),
        ("0.5 or 2 million cells/kg, up to 150 million cells", ["PER_KG", "PER_KG", "FLAT"]),
        ("3 x 10^6 cells/kg, capped at a dose of 3 x 10^8", ["PER_KG", "FLAT"]),
        ("level one 1 x 10^6 cells/kg, level two 3 x 10^6", ["PER_KG", "PER_KG"]),
        ("1E5-2E6 T cells/kg in groups of 1-2E5, 3-6E5, 1-2E6 T cells", ["PER_KG"] * 4),
        ("2 x 10^5 cells per kg (4 million/20kg)", ["PER_KG"]),
    ],
)
def test_an_amount_takes_no_unit_from_another(text, bases):
    assert [basis for *_, basis in read(text)] == bases


@pytest.mark.parametrize(
    "text",
    [
        "platelets > 50 x 10^9/L",
        "neutrophils of 0.5 x 10^9 per litre",
        "fewer than 1 x 10^6 cells/L",
        "5 million IU of interleukin-2",
        "interferon 3 million units/m2",
        "AAV at 1 x 10^13 vg/kg",
        "1 x 10^8 pfu of virus",
        "BCG, 2 x 10^8 CFU",
        "1 x 10^10 particles from cells",
        "10 x 10^9 platelets",
        "1 x 10^7 copies/kg",
        "8.0*10^8 exosomes per day",
        "5,000 islet equivalents/kg",
        "1000 clusters of mesenchymal stem cells",
        "15 million people live with it",
        "one million patients receive stem cells",
        "600,000 mg/kg",
        "infused at 5 million cells per minute",
        "suspended at 4 million cells/ml in saline",
        "cells at a concentration of 2 × 10^7 cells/mL",
        "Patients wait 105 days",
        "Dose level 2B",
        "about 10^9 cells will be collected",
        "leukapheresis of 1 x 10^10 cells",
        "until the cells expand to 1 x 10^8",
        "transduction begins with an exposure of 10^8 cells to the vector",
        "in a previous study 2 x 10^6 cells/kg were safe",
        "mice were given 3 x 10^6 cells",
        "2 x 10^6 cells/kg were enough in mice",
    ],
)
def test_what_is_no_dose_of_cells(text):
    assert read(text) == []


def test_a_name_may_hold_nothing_but_a_number():
    assert read("thyTreg 5.000.000", NAME, "interventions[0].name") == [(5e6, None, "FLAT")]
    assert read("PBSC 10 million IV", "ARM", "armGroups[0].label") == [(1e7, None, "FLAT")]


def test_a_word_for_a_number_needs_cells_in_prose():
    assert read("It affects 15 million each year.", SUMMARY, "briefSummary") == []
    assert read("The group of 10^7 follows.", DETAIL, "detailedDescription") == []


def test_a_volume_is_multiplied_only_where_both_are_stated():
    (one,) = counted(marked("5 ml of 2 x 10^6 cells/ml are injected"))
    assert (one.low, one.basis, one.state, one.rule) == (10_000_000, "FLAT", INFERRED, "volume times concentration")
    assert counted(marked("2 x 10^6 cells/ml, 0.5 ml per injection")) == []


def test_two_values_of_one_dose_are_both_kept():
    found = counted(marked("2 x 10^6 (20 million) cells by vein"))
    assert [float(one.low) for one in found] == [2e6, 2e7]
    assert {one.state for one in found} == {CONFLICTING}
    assert all("two-values" in one.flags for one in found)


def test_an_odd_writing_is_inferred_and_a_plain_one_stated():
    (odd,) = counted(marked("1 x 106 cells/kg"))
    assert (odd.state, odd.flags, odd.written) == (INFERRED, ("lost-superscript",), "1 x 106 cells/kg")
    (plain,) = counted(marked("1 x 10^6 cells/kg"))
    assert (plain.state, plain.flags) == (STATED, ())


def test_units_are_cells_where_cells_were_named_just_before():
    (one,) = counted(marked("an injection of MSC 30 million units"))
    assert (one.low, one.flags) == (30_000_000, ("units-for-cells",))


_BASES = st.sampled_from(["FLAT", "PER_KG", "PER_M2", "PER_CM2", "PER_SITE", "PER_EYE"])
_VALUES = st.decimals("1000", "999000000000", places=0).map(lambda number: number.quantize(Decimal(1000)))


@given(_VALUES, st.none() | _VALUES, _BASES)
def test_a_printed_dose_is_read_back(low, high, basis):
    if high is not None and high <= low:
        high = None
    text = f"A dose of {dose_words(low, high, basis)}."
    # Six decimals are printed of the first figure, which is all that a dose ever has.
    assert [(one.low, one.high, one.basis) for one in counted(marked(text))] == [(low, high, basis)] or _is_cut(
        low, high
    )


def _is_cut(low, high):
    return any(number is not None and len(number.normalize().as_tuple().digits) > 7 for number in (low, high))


_PIECES = st.sampled_from(
    ["1 x 10^6", "2-4 million", "cells/kg", " cells", " MSC", "/m2", " per knee", " and ", ", ", " to ", "dose of ",
     "\n", ". ", "(", ")", " 106", " IU", "platelets ", "if ", " on days 1, 8 and 15", "×", "≥", "⁶", "5 ml of ", "/ml"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=16).map("".join))
def test_every_passage_is_a_slice_of_its_text(text):
    one = marked(text)
    for dose in counted(one):
        assert 0 <= dose.start < dose.end <= len(text)
        assert one.passage(dose.start, dose.end).text == text[dose.start : dose.end]
        assert dose.written in text


@pytest.mark.parametrize("text", ["given 1,5-3,010E6/kg", "3,010E6 MSC/kg", "1,010e8 T cells"])
def test_a_torn_decimal_that_may_be_a_thousandfold_is_not_read(text):
    assert read(text) == []


def test_a_lost_sign_of_multiplication_behind_a_decimal_is_odd():
    (one,) = counted(marked("infused with 1,5-3,0 10^6 MSC/kg"))
    assert (one.low, one.high, one.basis) == (Decimal(1_500_000), Decimal(3_000_000), "PER_KG")
    assert (one.state, one.rule, one.flags) == (INFERRED, "power of ten", ("lost-sign",))


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        ("2 x 10^9 cells/kg", True),
        ("1 x 10^9 cells/kg", False),
        ("5 x 10^6 to 5 x 10^9 cells/kg", True),
        ("2 x 10^12 T cells", True),
        ("2 x 10^11 T cells", False),
    ],
)
def test_more_than_anybody_is_given_is_flagged(text, is_odd):
    (one,) = counted(marked(text))
    assert (one.flags == ("implausible",)) == is_odd
