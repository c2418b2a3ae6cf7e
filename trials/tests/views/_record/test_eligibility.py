"""Criteria as a tree that loses nothing."""

import pytest

from trials.models import Criterion
from trials.tests.views._record.making import open_page, published
from trials.views._record.eligibility import Item, nested


def rows(*parents: int | None) -> list[Criterion]:
    """Criteria 1, 2, 3 … with the given parents."""
    return [Criterion(pk=pk, text=f"row {pk}", parent_id=parent) for pk, parent in enumerate(parents, 1)]


def shape(items: tuple[Item, ...]) -> list:
    return [[item.text, *shape(item.children)] for item in items]


def test_rows_stand_below_their_parents_in_order():
    assert shape(nested(rows(None, 1, 1, None))) == [["row 1", ["row 2"], ["row 3"]], ["row 4"]]


def test_rows_whose_parents_run_in_a_circle_are_not_lost():
    assert shape(nested(rows(None, 3, 2))) == [["row 1"], ["row 2", ["row 3"]]]


def test_a_row_that_is_its_own_parent_is_not_lost():
    assert shape(nested(rows(1))) == [["row 1"]]


def test_a_parent_of_another_list_leaves_the_row_at_the_top():
    assert shape(nested(rows(99))) == [["row 1"]]


def test_a_chain_of_a_thousand_parents_is_shown_whole_and_not_too_deep():
    items = nested(rows(None, *range(1, 1000)))
    depth, level = 0, items
    while level:
        depth, deepest, level = depth + 1, level, level[0].children
    assert depth == 6
    assert [item.text for item in deepest] == [f"row {pk}" for pk in range(6, 1001)]


@pytest.mark.django_db
def test_a_long_chain_is_no_error():
    trial = published()
    parent = None
    for order in range(1, 60):
        parent = trial.criteria.create(kind="INCLUSION", order=order, text=f"row {order}.", parent=parent)
    assert "row 59." in open_page(trial).section("eligibility")


@pytest.mark.django_db
def test_groups_exceptions_remarks_and_repeats_are_said_in_words():
    trial = published()
    either = trial.criteria.create(kind="INCLUSION", order=1, text="Remission with either:", group_rule="ANY")
    trial.criteria.create(kind="INCLUSION", order=2, text="two drugs", parent=either, label="a)")
    trial.criteria.create(
        kind="EXCLUSION", order=1, text="Cancer", exception="cured 5 years ago", remark="Lets some in."
    )
    trial.criteria.create(kind="EXCLUSION", order=2, text="Statins", stated_twice=True)
    text = open_page(trial).section("eligibility")
    assert "Inclusion criteria (1)" in text
    assert "Remission with either: any one of these: a) two drugs" in text
    assert "Exclusion criteria (2)" in text
    assert "Cancer Exception: cured 5 years ago Our remark: Lets some in." in text
    assert "Statins stated twice" in text


@pytest.mark.django_db
def test_a_group_rule_without_rows_below_says_nothing():
    trial = published()
    trial.criteria.create(kind="INCLUSION", order=1, text="Remission", group_rule="ALL")
    assert "all of these" not in open_page(trial).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flags", "labels"), [((True, True), (1, 0)), ((True, False), (0, 1)), ((False, False), (0, 0))]
)
def test_our_words_are_labelled_once_for_a_list_or_at_each_row(flags, labels):
    trial = published()
    for order, ours in enumerate(flags, 1):
        trial.criteria.create(kind="INCLUSION", order=order, text=f"row {order}", our_wording=ours)
    text = open_page(trial).section("eligibility")
    assert (text.count("In our words; numbers"), text.count("(in our words)")) == labels
