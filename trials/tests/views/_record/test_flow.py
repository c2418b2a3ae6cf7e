"""The arms as a drawing: who enters, how they are parted, what each gets, and what depends on a condition."""

import re

import pytest

from trials.tests.views._record.making import open_page, published

pytestmark = pytest.mark.django_db


def flow_of(html: str) -> str:
    """The drawing's text."""
    return " ".join(re.sub("<.*?>", " ", html.split('<figure class="flow')[1].split("</figure>")[0]).split())


def test_the_drawing_says_who_enters_how_they_are_parted_and_what_each_arm_gets():
    trial = published(enrollment_count=100, enrollment_type="ESTIMATED", allocation="RANDOMIZED")
    cells = trial.arms.create(order=1, label="Cells", type="EXPERIMENTAL", participants=74)
    trial.arms.create(order=2, label="Saline", participants=26)
    trial.doses.create(order=1, arm=cells, amount_low=1_000_000, basis="PER_KG", administrations=3)
    page = open_page(trial)
    flow = flow_of(page.html)
    assert "100 participants, estimated parted at random Cells Experimental 74 participants" in flow
    assert "1 × 10⁶ cells/kg, 3 times Saline 26 participants what it gets is not stated" in flow
    assert re.findall(r'flow__part" width="([0-9.]+)"', page.html) == ["74.0", "26.0"]
    assert "Cells 74 participants 1 × 10⁶ cells/kg, 3 times always" in page.section("arms")


def test_what_depends_on_a_condition_is_drawn_and_said_to():
    trial = published(enrollment_count=11, enrollment_conditional_max=22)
    arm = trial.arms.create(order=1, label="MSC", is_conditional=True, condition_note="the first part fails")
    trial.doses.create(order=1, arm=arm, label="Second part", is_conditional=True, condition_note="P is low")
    page = open_page(trial)
    flow = flow_of(page.html)
    assert "11 participants at most 22 if a condition is met MSC only if a condition is met" in flow
    assert "Second part: dose not stated only if P is low" in flow
    assert 'class="flow__arm flow__arm--conditional"' in page.html
    assert 'class="flow__dose flow__dose--conditional"' in page.html
    assert "Condition: the first part fails" in page.section("arms")


def test_without_every_size_no_share_is_drawn():
    trial = published()
    trial.arms.create(order=1, label="A", participants=74)
    trial.arms.create(order=2, label="B")
    page = open_page(trial)
    assert "flow__share" not in page.html
    assert "Number of participants not stated how they are parted is not stated A" in flow_of(page.html)


def test_a_dose_of_no_arm_is_not_given_to_the_only_one():
    trial = published()
    trial.arms.create(order=1, label="A")
    trial.doses.create(order=1, amount_low=1000, basis="FLAT")
    flow = flow_of(open_page(trial).html)
    assert "1 step of the dosing plan not tied to an arm: see the doses" in flow
    assert "10³" not in flow
