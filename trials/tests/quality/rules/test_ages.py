"""Ages in fields and in words. One oddity each."""

from __future__ import annotations

from typing import Any

import pytest

from trials.quality.rules.ages import stated
from trials.quality.rules.facts import CriterionFields, RegistrationFields
from trials.tests.quality.making import found, rules_of, trial

YEARS: dict[str, Any] = {"min_age_unit": "YEARS", "max_age_unit": "YEARS"}


def limits(text: str) -> tuple[str, str] | None:
    """The lower and the upper limit, with a `*` where the age itself is not within."""
    said = stated(CriterionFields(text=text))
    if said is None:
        return None
    low, high = (f"{one}{'' if one.within else '*'}" if one else "" for one in (said.low, said.high))
    return low, high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Age 18 to 75 years", ("18", "75")),
        ("Aged 18-75", ("18", "75")),
        ("Male or female, aged between 20 and 70 years", ("20", "70")),
        ("Patients with an age from 1 to 21 years", ("1", "21")),
        ("Age ≥ 18 years and ≤ 65 years", ("18", "65")),
        ("Age > 18", ("18*", "")),
        ("18 years of age or older", ("18", "")),
        ("Younger than 16 years", ("", "16*")),
        ("Age < 3 or > 19 years", ("19*", "3*")),
        # What else a line of figures may be about.
        ("Age of the donor 18 to 60 years", None),
        ("Women aged 18 to 45 years", None),
        ("Cohort 2: age 12 to 17 years", None),
        ("Diagnosis at an age of 18 to 40 years", None),
        ("Age 18 to 75 years, or up to 80 years with consent", None),
        ("Age 6 months to 3 years", None),
        ("ECOG 0 to 2, age above 18 years", None),
        ("Haemoglobin above 10", None),
        ("Enrolled between 2018 and 2020, whatever their age in years", None),
    ],
)
def test_ages_are_read_from_lines_on_age_alone(text, expected):
    assert limits(text) == expected


@pytest.mark.parametrize(
    ("low", "high", "text", "flagged"),
    [
        (18, 75, "Age 18 to 75 years", 0),
        (18, 70, "Age 18 to 75 years", 1),
        (20, 70, "Age 18 to 75 years", 2),
        (18, None, "Age 18 to 75 years", 1),
        # What is written for “over 18” is 18, or 19.
        (18, None, "Age > 18 years", 0),
        (19, None, "Age > 18 years", 0),
        (18, None, "Age ≥ 18 years", 0),
        (18, 99, "Age 18 to 99 years", 0),
        (18, None, "Age 18 to 99 years", 0),
    ],
)
def test_a_field_is_held_against_the_criterion(low, high, text, flagged):
    own = {
        "registrations": [RegistrationFields(registry="CTGOV", is_lead=True)],
        "min_age_value": low,
        "max_age_value": high,
        "min_age_unit": "YEARS",
        "max_age_unit": "YEARS" if high else "",
    }
    assert len(found(trial((f"+{text}",), **own), "age-differs-from-criteria")) == flagged


def test_an_empty_field_of_a_registry_that_may_have_none_contradicts_nothing():
    assert rules_of(trial(("+Age 18 to 75 years",))) == []


def test_the_sentence_quotes_both_places():
    odd = trial(("+Consent", "+Age 18 to 75 years"), min_age_value=18, max_age_value=70, **YEARS)
    (only,) = found(odd, "age-differs-from-criteria")
    assert only.sentence == "The field for the maximum age says “70 years”, and the criteria say “Age 18 to 75 years”."
    assert (only.first_place, only.second_place) == ("Maximum age", "Inclusion criteria, item 2")


def test_two_criteria_on_age_are_parts_of_a_trial_and_neither_is_held_against_the_field():
    parts = trial(("+Age 18 to 75 years", "+Age 12 to 17 years"), min_age_value=12, max_age_value=70, **YEARS)
    assert rules_of(parts) == []


def test_a_field_that_this_copy_leaves_out_contradicts_nothing():
    copy = trial(("+Age 18 to 75 years",), not_kept=("max_age",), min_age_value=18, min_age_unit="YEARS")
    assert rules_of(copy) == []


@pytest.mark.parametrize(
    ("inside", "outside", "rule"),
    [
        ("Age 3 to 18 years", "Age < 3 or > 19 years", "upper-age-unclear"),
        ("Age 3 to 18 years", "Age > 18 years", ""),
        # Somebody is 18 until the 19th birthday.
        ("Age 3 to 18 years", "Age ≥ 19 years", ""),
        ("Age 3 to 18 years", "Age ≥ 20 years", "upper-age-unclear"),
        ("Age ≥ 18 years", "Age < 18 years", ""),
        ("Age ≥ 18 years", "Age ≤ 17 years", ""),
        ("Age ≥ 18 years", "Age < 16 years", "lower-age-unclear"),
        ("Age 18 to 65 years", "Age ≥ 60 years", "age-criteria-contradict"),
        ("Age 18 to 65 years", "Age ≥ 65 years", "age-criteria-contradict"),
        ("Age 18 to 65 years", "Age < 20 years", "age-criteria-contradict"),
    ],
)
def test_criteria_to_enter_and_to_be_shut_out_meet_or_do_not(inside, outside, rule):
    names = [name for name in rules_of(trial((f"+{inside}", f"-{outside}"))) if "-age-" in name or "age-c" in name]
    assert names == ([rule] if rule else [])


def test_the_youngest_above_the_oldest_lets_nobody_in():
    (only,) = found(trial(min_age_value=20, max_age_value=18, **YEARS), "age-limits-contradict")
    assert "“20 years”" in only.sentence
    assert "“18 years”" in only.sentence
    months = trial(min_age_value=6, min_age_unit="MONTHS", max_age_value=2, max_age_unit="YEARS")
    assert rules_of(months) == []
