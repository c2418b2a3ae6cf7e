"""Which values of a long facet stand beside the results, and how one is found in the whole list."""

from __future__ import annotations

from trials.search.browse import Choice, FacetGroup, Results
from trials.search.long_facets import count_values, find_values, short_facets, whole_list_url
from trials.search.question import AgeRange, Question


def value(label, count=0, *children, chosen=False):
    return Choice(label.lower(), label, count, chosen, f"/trials/?x={label.lower()}", children)


def shortened(*choices, question=None):
    """The one facet of an answer, as it stands beside the results."""
    group = FacetGroup("condition", "Condition", "", True, 0, choices)
    results = Results(
        question=question or Question(),
        remarks=(),
        title="",
        total=0,
        catalogue_total=0,
        page=1,
        page_count=1,
        first=0,
        last=0,
        cards=(),
        facets=(group,),
        chips=(),
        clear_url="",
        sorts=(),
        pages=(),
        kept_by_search=(),
        kept_by_ranges=(),
    )
    (short,) = short_facets(results)
    return short


def outline(choices):
    """Labels, with what stands below each in brackets."""
    return " ".join(f"{one.label}({outline(one.children)})" if one.children else one.label for one in choices)


def many(total, start=1):
    """Values A1, A2 … each less frequent than the one before."""
    return [value(f"A{number}", 1000 - number) for number in range(start, start + total)]


def test_a_list_of_fifteen_values_is_shown_whole():
    short = shortened(*many(15))
    assert (len(short.choices), short.all_count, short.all_url) == (15, 0, "")


def test_of_sixteen_values_the_ten_most_frequent_are_shown_with_the_way_to_all():
    short = shortened(*many(16))
    assert outline(short.choices) == "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10"
    assert (short.all_count, short.all_url) == (16, "/trials/facets/condition/")


def test_values_in_an_order_of_their_own_keep_it():
    rising = [value(f"B{number}", number) for number in range(1, 17)]
    assert outline(shortened(*rising).choices) == "B7 B8 B9 B10 B11 B12 B13 B14 B15 B16"


def test_a_chosen_value_is_shown_however_rare():
    short = shortened(*many(16), value("Rare", 1, chosen=True))
    assert outline(short.choices).endswith("A10 Rare")


def test_a_value_chosen_deep_in_the_tree_is_shown_below_those_above_it():
    rare = value("Body", 2, value("Kidney", 1, value("Nephrosis", 1, chosen=True)), value("Liver", 1))
    assert outline(shortened(*many(16), rare).choices).endswith("A10 Body(Kidney(Nephrosis))")


def test_values_within_frequent_values_count_as_values():
    cancer = value("Cancer", 2000, value("Sarcoma", 1500, value("Ewing", 1)), value("Glioma", 2))
    assert outline(shortened(cancer, *many(16)).choices) == "Cancer(Sarcoma) A1 A2 A3 A4 A5 A6 A7 A8"


def test_not_stated_is_always_shown():
    missing = Choice("not-stated", "Not stated", 1, False, "/trials/")
    assert outline(shortened(*many(16), missing).choices).endswith("A10 Not stated")


def test_the_way_to_all_keeps_the_question_but_not_its_page():
    question = Question(q="cells", age=AgeRange(12, 13, "12"), page=4)
    assert shortened(*many(16), question=question).all_url == "/trials/facets/condition/?q=cells&age=12"
    assert whole_list_url("country", question) == "/trials/facets/country/?q=cells&age=12"


def test_finding_needs_neither_case_nor_accents():
    choices = (value("Sjögren’s Syndrome"), value("Stroke"))
    assert outline(find_values(choices, "SJOGREN")) == "Sjögren’s Syndrome"


def test_a_value_is_found_by_a_part_of_its_name():
    assert outline(find_values((value("Osteoarthritis"), value("Stroke")), "arthritis")) == "Osteoarthritis"


def test_a_found_value_stands_where_it_stood_and_brings_what_is_below_it():
    kidney = value(
        "Kidney diseases", 3, value("Nephrotic syndrome", 2, value("Steroid-dependent", 1)), value("Stones", 1)
    )
    assert outline(find_values((kidney,), "nephrotic")) == "Kidney diseases(Nephrotic syndrome(Steroid-dependent))"


def test_nothing_found():
    assert find_values((value("Stroke"),), "zzz") == ()


def test_values_are_counted_at_every_depth():
    assert count_values((value("A", 1, value("B", 1, value("C"))), value("D"))) == 4
