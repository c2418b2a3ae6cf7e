import pytest

from trials.reading.arms import arms_named, prose_arms
from trials.reading.sections import DETAIL, INCLUSION, SUMMARY
from trials.records import ArmRecord, TrialRecord
from trials.tests.reading.texts import marked


def record(*labels):
    return TrialRecord("CTGOV", "NCT00000000", "CTGOV", arms=tuple(ArmRecord(label) for label in labels))


def named(text, *labels, kind=SUMMARY):
    return [arm.label for arm in prose_arms([marked(text, kind, "briefSummary")], record(*labels))]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Systemic infusions (Arm A), and systemic with local infusions (Arm B).", ["Arm A", "Arm B"]),
        ("Arm 1: cells. Arm 2: saline. Arm 1 again.", ["Arm 1", "Arm 2"]),
        ("Group I gets cells, group II none", ["Group I", "Group II"]),
        ("cohort 1, cohort 2 and cohort 3", ["Cohort 1", "Cohort 2", "Cohort 3"]),
        ("Arms A and others", []),  # one alone is no comparison
        ("a group of 10 patients and a group of 20", []),
        ("group 10-20 and group 30%", []),
        ("The left arm a day later", []),
    ],
)
def test_arms_that_only_prose_names(text, labels):
    assert named(text) == labels


def test_arms_of_the_records_own_list_are_not_told_again():
    assert named("Arm A gets cells, Arm B none.", "Arm A: cells", "Arm B: none") == []


def test_criteria_name_no_arms():
    assert named("Arm A: adults. Arm B: children.", kind=INCLUSION) == []


def test_the_passage_is_the_first_mention():
    text = "Of two arms, Arm A gets cells and Arm B none; Arm A first."
    first, second = prose_arms([marked(text, DETAIL, "detailedDescription")], record())
    assert (first.passage.text, first.passage.start) == ("Arm A", 13)
    assert text[second.passage.start : second.passage.end] == "Arm B"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Arm B gets 2 million cells", [1]),
        ("the low dose group gets", [0]),
        ("Arm B after the low dose group", [1, 0]),
        ("Arm C gets", []),
        ("", []),
    ],
)
def test_the_arms_that_a_stretch_of_text_names(text, places):
    assert arms_named(text, 0, len(text), record("Low dose", "Arm B (high dose)")) == places
