from decimal import Decimal

import pytest

from trials.phrases import age_range, amount, count, either, in_sentence, labels_in_line, number, times_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_500_000, "1.5 × 10⁶"),
        (Decimal("1500000.000"), "1.5 × 10⁶"),
        (1_000_000, "1 × 10⁶"),
        (30_000_000, "3 × 10⁷"),
        (2.5e8, "2.5 × 10⁸"),
        (12_345, "1.2345 × 10⁴"),
        (999, "999"),
        (0.5, "0.5"),
    ],
)
def test_amounts_of_cells_stand_in_powers_of_ten(value, text):
    assert amount(value) == text


@pytest.mark.parametrize(("value", "text"), [(18.0, "18"), (2.5, "2.5"), (12_000, "12\u202f000"), (0, "0")])
def test_numbers_lose_needless_zeros(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ((3, "YEARS", 18, "YEARS"), "3 to 18 years"),
        ((6, "MONTHS", 18, "YEARS"), "6 months to 18 years"),
        ((1, "YEARS", None, ""), "1 year and older"),
        ((None, "", 30, "YEARS"), "up to 30 years"),
        ((0, "YEARS", 1, "YEARS"), "0 to 1 year"),
        ((None, "", None, ""), ""),
    ],
)
def test_ages_keep_the_units_of_the_source(limits, text):
    assert age_range(*limits) == text


def test_an_age_without_the_limit_that_the_copy_lacks_does_not_say_that_there_is_none():
    assert age_range(18, "YEARS", None, "", is_cut=True) == "from 18 years"
    assert age_range(None, "", 65, "YEARS", is_cut=True) == "up to 65 years"
    assert age_range(18, "YEARS", 65, "YEARS", is_cut=True) == "18 to 65 years"


def test_lists_read_as_a_sentence():
    assert [either("abc"[:length]) for length in range(4)] == ["", "a", "a or b", "a, b or c"]
    assert either(["x", "y"], "and") == "x and y"


def test_counts_agree_with_their_noun():
    assert [count(1, "site"), count(2, "site"), count(0, "criterion", "criteria")] == [
        "1 site",
        "2 sites",
        "0 criteria",
    ]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Regulatory T cells", "regulatory T cells"),
        ("CAR-T cells", "CAR-T cells"),
        ("T cells", "T cells"),
        ("B cells", "B cells"),
        ("", ""),
    ],
)
def test_a_label_goes_on_within_a_sentence_with_its_abbreviations(label, words):
    assert in_sentence(label) == words


def test_labels_in_line_keep_only_the_first_capital():
    assert labels_in_line(["CAR-T cells", "Regulatory T cells"]) == "CAR-T cells and regulatory T cells"
    assert labels_in_line(["Systemic"]) == "Systemic"
    assert labels_in_line([]) == ""


@pytest.mark.parametrize(("times", "words"), [(1, "once"), (3, "3 times")])
def test_how_many_times_in_words(times, words):
    assert times_words(times) == words
