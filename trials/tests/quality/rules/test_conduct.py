"""Arms, masking, outcomes, dates and status. One oddity each."""

from __future__ import annotations

from typing import Any

import pytest

from trials.quality.rules.facts import ArmFields, OutcomeFields, RegistrationFields
from trials.records import PartialDate
from trials.tests.quality.making import found, rules_of, trial


def date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def arms(*sizes: int | None, **values: Any) -> list[ArmFields]:
    return [ArmFields(f"Arm {at}", "EXPERIMENTAL", participants=size, **values) for at, size in enumerate(sizes, 1)]


@pytest.mark.parametrize(
    ("planned", "sizes", "flagged"),
    [(100, (74, 26), 0), (100, (74, 20), 1), (100, (74, None), 0), (None, (74, 20), 0), (100, (20,), 0)],
)
def test_arms_add_up_to_the_enrolment(planned, sizes, flagged):
    assert len(found(trial(arms=arms(*sizes), enrollment_count=planned), "arm-sizes-differ")) == flagged


def test_conditional_parts_are_not_added_up():
    parts = [*arms(6, 5), ArmFields("Only if the first dose fails", participants=11, is_conditional=True)]
    assert rules_of(trial(arms=parts, enrollment_count=11)) == []
    both = arms(11, 11)
    assert rules_of(trial(arms=both, enrollment_count=11, enrollment_conditional_max=22)) == []


def test_a_size_may_stand_in_the_words_of_an_arm():
    worded = [ArmFields("Cells (n=20)"), ArmFields("Placebo", description="Saline, N = 10, then followed up")]
    (only,) = found(trial(arms=worded, enrollment_count=40), "arm-sizes-differ")
    assert only.sentence == "The arms add up to 20 + 10 = 30 participants, and the enrolment is 40."


BLIND: dict[str, Any] = {"masking": "DOUBLE", "arms": [ArmFields("Cells", "EXPERIMENTAL")]}


def test_a_blinded_trial_of_one_arm_names_nothing_to_compare_with():
    (only,) = found(trial(**BLIND), "comparator-not-stated")
    assert only.sentence.startswith("The trial is double blind, and the only arm, “Cells”,")


@pytest.mark.parametrize(
    "changes",
    [
        {"masking": "NONE"},
        {"masking": ""},
        {"masking": "SINGLE", "who_masked": ["OUTCOMES_ASSESSOR"]},
        {"brief_summary": "Cells are compared with saline."},
        {"arms": [ArmFields("Cells", "EXPERIMENTAL", within_patient_control=True)]},
        {"arms": [ArmFields("Low dose", "EXPERIMENTAL"), ArmFields("High dose", "EXPERIMENTAL")]},
        {"intervention_model": "CROSSOVER"},
        {"not_kept": ("brief_summary",)},
        {"not_kept": ("intervention_model",)},
        {"not_kept": ("interventions",)},
        {"not_kept": ("arms",), "arms": []},
    ],
)
def test_a_comparison_that_is_told_anywhere_is_enough(changes):
    assert rules_of(trial(**(BLIND | changes))) == []


@pytest.mark.parametrize(
    ("changes", "flagged"),
    [
        ({}, True),
        ({"status": "ENROLLING_BY_INVITATION"}, True),
        ({"status": "COMPLETED"}, False),
        ({"outcomes": [OutcomeFields("SECONDARY")]}, False),
        ({"not_kept": ("primary_outcomes", "secondary_outcomes")}, False),
    ],
)
def test_who_recruits_says_what_is_measured(changes, flagged):
    assert rules_of(trial(**({"status": "RECRUITING"} | changes))) == (["no-outcomes"] if flagged else [])


@pytest.mark.parametrize(
    ("dates", "flagged"),
    [
        ({"start_date": "2020-05", "completion_date": "2020-04"}, 1),
        ({"start_date": "2020-05-02", "primary_completion_date": "2020-05-01", "completion_date": "2021"}, 1),
        # A month may mean any of its days, and a year too.
        ({"start_date": "2020-05-02", "completion_date": "2020-05"}, 0),
        ({"start_date": "2020-05-02", "completion_date": "2020"}, 0),
        ({"first_posted": "2020-05-02", "last_update_posted": "2020-05-01"}, 1),
        ({"first_posted": "2020-05-02"}, 0),
    ],
)
def test_dates_run_forward(dates, flagged):
    own: dict[str, Any] = {name: date(text) for name, text in dates.items()}
    facts = trial(**own)
    assert len(found(facts, "dates-out-of-order")) == flagged


def test_what_happened_does_not_lie_in_the_future():
    facts = trial(start_date=date("2027-01"), start_date_type="ACTUAL", completion_date=date("2028"))
    (only,) = found(facts, "date-in-future")
    assert "“January 2027”" in only.sentence
    assert rules_of(trial(start_date=date("2026-06"), start_date_type="ACTUAL")) == []


OPEN: dict[str, Any] = {"status": "RECRUITING", "outcomes": [OutcomeFields("PRIMARY")]}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"status_verified": date("2026-01")}, []),
        ({"status_verified": date("2023-01")}, ["status-not-confirmed"]),
        ({"last_update_posted": date("2023-01")}, ["status-not-confirmed"]),
        ({"completion_date": date("2026-05")}, ["status-past-completion"]),
        ({"completion_date": date("2026-06")}, []),
        ({"registrations": [RegistrationFields(is_lead=True, fetched=date("2022-10"))]}, ["status-not-confirmed"]),
        ({"status": "COMPLETED", "status_verified": date("2010"), "completion_date": date("2010")}, []),
    ],
)
def test_a_status_that_promises_enrolment_grows_old(changes, rules):
    assert rules_of(trial(**(OPEN | changes))) == rules
