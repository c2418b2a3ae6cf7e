"""The conditions under their areas as one tree, and which facets stand beside the results."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trials.search import facets
from trials.search.grouping import Counted, grouped, short_groups
from trials.search.groups import FacetGroup, walk
from trials.search.question import Question
from trials.search.values import Value, ValueSet, value_set
from trials.tests.search.test_groups import facet, flat, many, outline, value, values_of


def area(label, count=0):
    return Value(label.lower(), label), count


def pair(areas, drawn, within=(), missing=0, unplaced=0) -> tuple[Counted, Counted]:
    """Conditions and areas; `within` says which areas a condition is in."""
    kinds = list(flat(drawn))
    terms = {pk: held for pk, (held, _) in enumerate(kinds)}
    of = {("condition", pk): dict(within).get(held.slug, ()) for pk, held in terms.items()}
    own = Counted(
        facet(by_count=True, missing="Not mapped"),
        ValueSet({held.slug: held for held, _ in kinds}, lambda stored: (), terms),
        {held.slug: count for held, count in kinds} | {"not-stated": missing},
    )
    above = Counted(
        facet(key="area", label="Area", by_count=True, missing="Not known"),
        value_set((held for held, _ in areas), of.__getitem__),
        {held.slug: count for held, count in areas} | {"not-stated": unplaced},
    )
    return own, above


def tree(areas, *drawn, chosen=(), is_short=False, **more) -> FacetGroup:
    """Conditions under areas; `chosen` are (facet, slug)."""
    question = Question(chosen=tuple((key, (slug,)) for key, slug in chosen))
    return grouped(*pair(areas, drawn, **more), question, is_short)


AREAS = [area("Blood", 5), area("Cancer", 9), area("Skin", 0)]
DISEASES = [value("Lymphoma", 6, value("Burkitt", 2)), value("Rash", 1), value("Anaemia", 4)]
WITHIN = [("lymphoma", ["blood", "cancer"]), ("burkitt", ["cancer"]), ("anaemia", ["blood"])]


def test_a_condition_stands_under_each_of_its_areas_and_without_one_under_not_known():
    shown = tree(AREAS, *DISEASES, within=WITHIN, missing=3, unplaced=1)
    assert outline(shown.choices) == "Cancer(Lymphoma(Burkitt)) Blood(Lymphoma Anaemia) Not known(Rash) Not mapped"
    assert shown.label == "Area and condition"
    assert shown.value_count == 8


def test_every_choice_of_a_tree_keeps_the_count_and_the_address_of_its_own_facet():
    shown = tree(AREAS, *DISEASES, within=WITHIN, unplaced=1, chosen=[("area", "blood")])
    assert [(one.label, one.count, one.url) for one in walk(shown.choices)] == [
        ("Cancer", 9, "/trials/?area=blood&area=cancer"),
        ("Lymphoma", 6, "/trials/?area=blood&condition=lymphoma"),
        ("Burkitt", 2, "/trials/?area=blood&condition=burkitt"),
        ("Blood", 5, "/trials/"),
        ("Lymphoma", 6, "/trials/?area=blood&condition=lymphoma"),
        ("Anaemia", 4, "/trials/?area=blood&condition=anaemia"),
        ("Not known", 1, "/trials/?area=blood&area=not-stated"),
        ("Rash", 1, "/trials/?area=blood&condition=rash"),
    ]
    assert [one.label for one in walk(shown.choices) if one.is_chosen] == ["Blood"]
    assert shown.chosen_count == 1


def test_a_narrower_condition_in_an_area_of_its_own_stands_there_without_the_broader_one():
    shown = tree(AREAS, *DISEASES, within=[("lymphoma", ["blood"]), ("burkitt", ["cancer"]), *WITHIN[2:]])
    assert outline(shown.choices) == "Cancer(Burkitt) Blood(Lymphoma Anaemia) Not known(Rash)"


def test_without_any_area_the_conditions_are_a_list():
    assert outline(tree([area("Skin")], *DISEASES).choices) == "Lymphoma(Burkitt) Anaemia Rash"


def test_a_long_tree_keeps_its_most_frequent_conditions_and_their_areas():
    areas = [area(f"Area{number}", 50 - number) for number in range(1, 19)]
    within = [(f"a{number}", [f"area{number % 18 + 1}"]) for number in range(1, 31)]
    shown = tree(areas, *many(30), within=within, is_short=True, chosen=[("condition", "a30")])
    assert outline(shown.choices[:3]) == "Area1 Area2(A1) Area3(A2)"
    assert [one.label for one in shown.choices] == [f"Area{number}" for number in (*range(1, 12), 13)]
    assert outline(shown.choices[10:]) == "Area11(A10) Area13(A30)"
    assert (shown.value_count, shown.all_url) == (48, "/trials/facets/condition/?condition=a30")


@st.composite
def trees(draw) -> tuple[Counted, Counted]:
    """Up to 8 conditions, some under others, in any of three areas; of the same counts often."""
    counts = st.integers(0, 3)
    areas = [area(label, draw(counts)) for label in ("Blood", "Cancer", "Skin")]
    drawn = [
        value(f"C{number}", 1 + draw(counts), *[value(f"D{number}", draw(counts)) for _ in range(draw(counts) % 2)])
        for number in range(draw(st.integers(0, 4)))
    ]
    within = [
        (slug, sorted(draw(st.sets(st.sampled_from(["blood", "cancer", "skin"])))))
        for number in range(4)
        for slug in (f"c{number}", f"d{number}")
    ]
    return pair(areas, drawn, within, draw(counts), draw(counts))


@given(trees())
def test_conditions_stand_where_one_by_one_they_belong(both):
    own, above = both
    known = {slug for slug in above.values.values if above.counts[slug]}
    wanted = set()
    for pk, held in own.values.terms.items():
        places = above.values.expand(("condition", pk))
        # One whose areas lead nowhere stands under the first of them.
        under = [place for place in places if place in known] or sorted(places)[:1] or ["not-stated"]
        wanted |= {(place, held.slug) for place in under if own.counts[held.slug] and known}
    shown = grouped(own, above, Question())
    heads = [one for one in shown.choices if not (one.label == "Not mapped" or one.slug in own.values.values)]
    assert {(one.slug, below.slug) for one in heads for below in walk(one.children)} == wanted
    assert {below.slug: below.count for one in heads for below in walk(one.children)} == {
        slug: own.counts[slug] for _, slug in wanted
    }


def test_the_facet_that_groups_another_has_no_list_of_its_own():
    values = {each.key: ValueSet({}, lambda stored: ()) for each in facets.FACETS}
    keys = [found.key for found in short_groups(Question(), values, {key: {} for key in values})]
    assert "condition" in keys
    assert "area" not in keys


def test_every_facet_has_its_group_in_order(monkeypatch):
    monkeypatch.setattr("trials.search.facets.FACETS", (facet(key="route"), facet(key="donor")))
    values = {"route": values_of(value("Local", 1)), "donor": values_of(value("Own", 2))}
    groups = short_groups(Question(), values, {"route": {"local": 1}, "donor": {"own": 2}})
    assert [(each.key, outline(each.choices)) for each in groups] == [("route", "Local"), ("donor", "Own")]
