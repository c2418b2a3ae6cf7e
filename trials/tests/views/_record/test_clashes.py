"""Numbers of criteria: set off, read as limits, and compared between what lets in and what shuts out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.tests.views._record.making import open_page, published
from trials.views._record.clashes import Placed, clashes_of
from trials.views._record.figures import limits_of, pieces_of


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Aged 3 to 18 years.", ["3 to 18 years"]),
        ("eGFR ≥ 70 ml/min/1.73 m^2, stable", ["≥ 70 ml/min/1.73 m^2"]),
        ("Platelets > 100 x 10^9/L", ["> 100 x 10^9/L"]),
        ("Neutrophils under 1.5 x 10(9)/L.", ["1.5 x 10(9)/L"]),
        ("LVEF <40% twice", ["<40%"]),
        ("CD34 and HLA-B27 cells, COVID-19, NCT00000001", []),
        ("Given for 10±2 weeks", ["10±2 weeks"]),
        ("prednisone > 10 mg/day", ["> 10 mg/day"]),
        ("the 2013 ACR/EULAR rules", ["2013"]),
    ],
)
def test_a_number_stands_with_its_sign_and_unit(text, figures):
    assert [piece.text for piece in pieces_of(text) if piece.is_figure] == figures


@given(st.text(st.sampled_from("a1 .,<>≥%/^x-–to()²\nmg9"), max_size=40))
def test_no_letter_is_lost_however_odd_the_text(text):
    assert "".join(piece.text for piece in pieces_of(text)) == text
    limits_of(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Patients with an eGFR of at least 70 ml/min", ["eGFR ≥ 70 ml/min"]),
        ("Serum creatinine more than 1,5 mg/dL", ["creatinine > 1,5 mg/dL"]),
        ("Platelet count below 50,000 /mm³", ["Platelet count < 50,000 /mm³"]),
        ("ALT > 3 x ULN", []),
        ("eGFR of at least 70 ml/min (≥ 70)", ["eGFR ≥ 70 ml/min"]),
        ("Transplanted less than 1 year ago", []),
        ("Aged ≥ 18 years", ["Aged ≥ 18 years"]),
    ],
)
def test_a_limit_says_what_is_limited_or_is_left_out(text, words):
    assert [limit.words for limit in limits_of(text)] == words


def clashes(inclusion: str, exclusion: str) -> list[tuple[str, str, bool]]:
    """What each of two criteria says of the other: sentence, anchor, serious."""
    rows = [Placed(1, "INCLUSION", "1", inclusion), Placed(2, "EXCLUSION", "1", exclusion)]
    return [(one.sentence, one.anchor, one.is_serious) for found in clashes_of(rows).values() for one in found]


def test_the_same_limit_from_both_sides_is_no_contradiction():
    assert clashes("eGFR ≥ 70 ml/min", "An eGFR < 70 ml/min.") == [
        ("the same limit as exclusion 1, from the other side", "exclusion-1", False),
        ("the same limit as inclusion 1, from the other side", "inclusion-1", False),
    ]


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "words"),
    [
        ("eGFR ≥ 60 ml/min", "eGFR < 70 ml/min", "not the same limit"),
        ("eGFR ≥ 70 ml/min", "eGFR ≤ 70 ml/min", "not the same limit"),
        ("eGFR > 70 ml/min", "eGFR > 60 ml/min", "no value meets both"),
        ("eGFR ≥ 70 ml/min", "eGFR ≥ 70 ml/min", "no value meets both"),
        ("Signed the consent form", "signed the consent form.", "which says the opposite"),
    ],
)
def test_what_contradicts_is_serious(inclusion, exclusion, words):
    found = clashes(inclusion, exclusion)
    assert any(words in sentence and serious for sentence, _, serious in found)


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("eGFR ≥ 60 ml/min", "eGFR > 90 ml/min"),  # from and up to
        ("eGFR ≥ 70 ml/min", "eGFR > 70 ml/min"),  # the limit itself may enter
        ("eGFR ≥ 60 ml/min", "eGFR < 70 ml/s"),  # other units
        ("Platelet count > 50 /nl", "Neutrophil count < 1 /nl"),  # other counts
        ("eGFR ≥ 60 ml/min, or eGFR ≥ 50 ml/min in cohort B", "eGFR < 70 ml/min"),  # two cases
        ("or", "or"),
    ],
)
def test_what_may_well_fit_is_left_alone(inclusion, exclusion):
    assert clashes(inclusion, exclusion) == []


@pytest.mark.django_db
def test_the_page_sets_figures_off_and_leads_from_a_criterion_to_its_double():
    trial = published()
    parent = trial.criteria.create(kind="INCLUSION", order=1, text="One of:", group_rule="ANY")
    trial.criteria.create(kind="INCLUSION", order=2, text="eGFR ≥ 70 ml/min", parent=parent)
    trial.criteria.create(kind="EXCLUSION", order=1, text="Takes a <b>statin now")
    trial.criteria.create(kind="EXCLUSION", order=2, text="takes a <b>statin now.")
    trial.criteria.create(kind="EXCLUSION", order=3, text="eGFR < 70 ml/min")
    page = open_page(trial)
    assert 'eGFR <b class="figure">≥ 70 ml/min</b>' in page.html
    assert {"inclusion-1-1", "exclusion-1", "exclusion-2"} <= set(page.ids)
    assert (
        page.links.count("#exclusion-2") == page.links.count("#exclusion-1") == page.links.count("#inclusion-1-1") == 1
    )
    assert "in the same words as exclusion 2" in page.section("eligibility")
    assert "the same limit as inclusion 1.1, from the other side" in page.section("eligibility")
