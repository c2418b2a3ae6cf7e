"""Which values of a facet stand beside the results."""

from __future__ import annotations

from typing import Any

import pytest

from trials.search.declaring import Facet
from trials.search.groups import (
    FacetGroup,
    adding_urls,
    facet_group,
    results_url,
    top_choices,
    walk,
    whole_list_url,
)
from trials.search.question import AgeRange, Question
from trials.search.values import Value, ValueSet, value_set


def facet(**changes):
    usual: dict[str, Any] = {
        "key": "condition",
        "label": "Condition",
        "phrase": "for {}",
        "sources": (),
        "values": values_of,
    }
    return Facet(**usual | changes)


def value(label, count=0, *children):
    """A value with what stands below it; its slug is its label in lower case."""
    return (label, count, children)


def many(total):
    """Values A1, A2 … each less frequent than the one before."""
    return [value(f"A{number}", 1000 - number) for number in range(1, total + 1)]


def flat(drawn, parent=""):
    for label, count, children in drawn:
        slug = label.lower().replace(" ", "-")
        yield Value(slug, label, parent), count
        yield from flat(children, slug)


def values_of(*drawn) -> ValueSet:
    return value_set((held for held, _ in flat(drawn)), lambda stored: ())


def counts_of(*drawn):
    return {held.slug: count for held, count in flat(drawn)}


def group(*drawn, chosen=(), missing=0, is_short=True, of=None, question=None) -> FacetGroup:
    question = question or Question(chosen=(("condition", tuple(chosen)),) if chosen else ())
    counts = counts_of(*drawn) | {"not-stated": missing}
    return facet_group(of or facet(), question, values_of(*drawn), counts, is_short=is_short)


def outline(choices):
    """Labels, with what stands below each in brackets."""
    return " ".join(f"{one.label}({outline(one.children)})" if one.children else one.label for one in choices)


def test_a_list_of_fifteen_values_is_shown_whole():
    short = group(*many(15))
    assert (len(short.choices), short.value_count, short.all_url) == (15, 15, "")


def test_of_sixteen_values_the_ten_most_frequent_are_shown_with_the_way_to_all():
    short = group(*many(16))
    assert outline(short.choices) == "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10"
    assert (short.value_count, short.all_url) == (16, "/trials/facets/condition/")


def test_the_page_of_a_facet_shows_every_value():
    whole = group(*many(16), is_short=False)
    assert (len(whole.choices), whole.value_count, whole.all_url) == (16, 16, "")


def test_values_in_an_order_of_their_own_keep_it():
    rising = [value(f"B{number}", number) for number in range(1, 17)]
    assert outline(group(*rising).choices) == "B7 B8 B9 B10 B11 B12 B13 B14 B15 B16"


def test_values_by_count_have_the_most_frequent_first():
    rising = [value(f"B{number}", number) for number in range(1, 4)]
    assert outline(group(*rising, of=facet(by_count=True)).choices) == "B3 B2 B1"


def test_a_value_that_leads_nowhere_is_left_out_unless_it_is_chosen():
    assert outline(group(value("Some", 1), value("None", 0)).choices) == "Some"
    shown = group(value("Some", 1), value("None", 0), chosen=["none"])
    assert [(one.label, one.count, one.is_chosen) for one in shown.choices] == [("Some", 1, False), ("None", 0, True)]


def test_a_chosen_value_is_shown_however_rare():
    assert outline(group(*many(16), value("Rare", 1), chosen=["rare"]).choices).endswith("A10 Rare")


def test_a_value_chosen_deep_in_the_tree_is_shown_below_those_above_it():
    rare = value("Body", 2, value("Kidney", 1, value("Nephrosis", 1)), value("Liver", 1))
    shown = group(*many(16), rare, chosen=["nephrosis"])
    assert outline(shown.choices).endswith("A10 Body(Kidney(Nephrosis))")


def test_values_within_frequent_values_count_as_values():
    cancer = value("Cancer", 2000, value("Sarcoma", 1500, value("Ewing", 1)), value("Glioma", 2))
    shown = group(cancer, *many(16))
    assert outline(shown.choices) == "Cancer(Sarcoma) A1 A2 A3 A4 A5 A6 A7 A8"
    assert shown.value_count == 20


def test_not_stated_is_always_shown_last():
    shown = group(*many(16), missing=1)
    assert outline(shown.choices).endswith("A10 Not stated or not kept")
    assert shown.value_count == 17


def test_not_stated_counts_as_a_value():
    assert group(*many(15), missing=1).value_count == 16
    assert group(*many(15), missing=1).all_url == "/trials/facets/condition/"


def test_not_stated_that_leads_nowhere_is_left_out_unless_it_is_chosen():
    assert outline(group(value("Some", 1)).choices) == "Some"
    [_, missing] = group(value("Some", 1), chosen=["not-stated"]).choices
    assert (missing.slug, missing.count, missing.is_chosen) == ("not-stated", 0, True)


def test_a_facet_that_cannot_be_missing_never_says_not_stated():
    assert outline(group(value("Some", 1), missing=3, of=facet(missing="")).choices) == "Some"


def test_a_facet_with_a_choice_is_unfolded_and_says_how_many():
    assert (group(value("Some", 1)).is_open, group(value("Some", 1), of=facet(is_open=True)).is_open) == (False, True)
    shown = group(value("Some", 1), chosen=["some", "not-stated"])
    assert (shown.is_open, shown.chosen_count) == (True, 2)


def test_the_way_to_all_keeps_the_question_but_not_its_page():
    question = Question(q="cells", age=AgeRange(12, 13, "12"), page=4)
    assert group(*many(16), question=question).all_url == "/trials/facets/condition/?q=cells&age=12"
    assert whole_list_url("country", question) == "/trials/facets/country/?q=cells&age=12"


def test_a_choice_leads_to_the_question_with_it_and_a_chosen_one_to_the_question_without():
    question = Question(chosen=(("condition", ("some",)),), page=3)
    some, more = group(value("Some", 1), value("More", 1), question=question).choices
    assert (some.url, more.url) == ("/trials/", "/trials/?condition=some&condition=more")


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question(q="a & b=c"),
        Question(chosen=(("condition", ("old",)),), page=3),
        Question(q="é", chosen=(("status", ("x",)), ("condition", ("a", "b")), ("phase", ("1",))), sort="title"),
    ],
)
@pytest.mark.parametrize("slug", ["some", "not-stated", "a/b&c é"])
def test_the_address_of_one_more_value_is_that_of_the_question_with_it(question, slug):
    wanted = results_url(question.toggled("condition", slug))
    assert adding_urls(question, "condition")(slug) == wanted


@pytest.mark.parametrize(
    ("by_count", "shown"), [(False, "Heart Cancer"), (True, "Cancer Lung")], ids=["own order", "by count"]
)
def test_the_first_values_stand_under_no_other_and_lead_somewhere(by_count, shown):
    drawn = [value("None", 0), value("Heart", 2, value("Valve", 9)), value("Cancer", 5), value("Lung", 4)]
    counts = counts_of(*drawn) | {"not-stated": 99}
    tops = top_choices(facet(by_count=by_count), Question(), values_of(*drawn), counts, 2)
    assert outline(tops) == shown


def choices(*drawn):
    return group(*drawn, is_short=False).choices


def test_a_walk_meets_values_at_every_depth():
    top = choices(value("A", 1, value("B", 1, value("C", 1))), value("D", 1))
    assert [one.label for one in walk(top)] == ["A", "B", "C", "D"]


def test_terms_that_stand_in_a_circle_hang_nothing():
    circle = value_set((Value("a", "A", "b"), Value("b", "B", "a"), Value("c", "C")), lambda stored: ())
    shown = facet_group(facet(), Question(), circle, {"a": 1, "b": 1, "c": 1})
    assert [one.label for one in walk(shown.choices)] == ["C"]
