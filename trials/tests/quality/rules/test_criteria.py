"""Criteria that say the same twice. One oddity each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trials.tests.quality.making import found, rules_of, trial

STATINS = "Treatment with statins in the month before entry"


def test_a_criterion_that_stands_twice_is_quoted_with_both_places():
    (only,) = found(trial((f"-{STATINS}", "-Other things", f"-{STATINS.lower()}.")), "duplicate-criterion")
    assert only.sentence == f"This criterion is stated twice: “{STATINS.lower()}.”."
    assert (only.first_place, only.second_place) == ("Exclusion criteria, item 1", "Exclusion criteria, item 3")


@pytest.mark.parametrize(
    "criteria",
    [
        # A word or two may stand anywhere.
        ("-Pregnancy", "-Pregnancy"),
        # Each part of a list has its own.
        ("-Cohort A:", f"-{STATINS}", "-Cohort B:", f"-{STATINS}"),
        # Headings that were lost.
        (f"-{STATINS}", f"-{STATINS}", f"-{STATINS}"),
        # To enter and to be shut out is another matter.
        (f"+{STATINS}", f"-{STATINS} or before"),
    ],
)
def test_what_may_stand_twice_is_no_slip(criteria):
    assert rules_of(trial(criteria)) == []


def test_a_criterion_that_an_editor_marked_as_stated_twice_is_told():
    facts = trial((f"-{STATINS}", "-Other things"))
    marked = replace(facts, criteria=[facts.criteria[0]._replace(stated_twice=True), facts.criteria[1]])
    (only,) = found(marked, "duplicate-criterion")
    assert only.sentence == f"The source states this criterion twice: “{STATINS}”."


def test_the_same_words_to_enter_and_to_be_shut_out():
    (only,) = found(trial((f"+{STATINS}", f"-{STATINS}")), "criterion-in-both-lists")
    assert (only.first_place, only.second_place) == ("Inclusion criteria, item 1", "Exclusion criteria, item 1")


@pytest.mark.parametrize(
    ("inside", "outside", "is_noted"),
    [
        ("eGFR ≥ 70 mL/min/1.73m^2", "eGFR < 70 mL/min/1.73m2", True),
        ("Platelets >= 50,000 /µL", "Platelets < 50000/µL", True),
        # Signs in two pieces, with whatever space stood between them.
        ("Platelets < 50000/µL", "Platelets >\xa0= 50,000 /µL", True),
        ("Platelets >\n= 50,000 /µL", "Platelets <\n/= 50000/µL", False),
        ("eGFR ≥ 70 mL/min", "eGFR < 60 mL/min", False),
        ("eGFR ≥ 70 mL/min", "eGFR > 70 mL/min", False),
        ("eGFR ≥ 70 mL/min", "Creatinine < 70 mL/min", False),
        ("eGFR ≥ 70 mL/min", "eGFR < 70 %", False),
    ],
)
def test_one_limit_from_both_sides_is_noted(inside, outside, is_noted):
    assert rules_of(trial((f"+{inside}", f"-{outside}"))) == (["exact-complement"] if is_noted else [])
