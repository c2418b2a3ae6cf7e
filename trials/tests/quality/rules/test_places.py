"""Sites and words. One oddity each."""

from __future__ import annotations

import pytest

from trials.quality.rules.facts import AreaFields, ConditionFields, ProductFields, SiteFields
from trials.tests.quality.making import found, rules_of, trial


@pytest.mark.parametrize(
    ("city", "country", "north", "east", "is_outside"),
    [
        ("Paris", "FR", 48.9, 2.4, False),
        # Paris in Texas.
        ("Paris", "FR", 33.7, -95.6, True),
        ("Honolulu", "US", 21.3, -157.9, False),
        ("Anchorage", "US", 61.2, -149.9, False),
        ("San Juan", "US", 18.5, -66.1, False),
        ("San Juan", "PR", 18.5, -66.1, False),
        ("Saint-Denis", "FR", -20.9, 55.4, False),
        ("Hong Kong", "CN", 22.3, 114.2, False),
        ("Las Palmas", "ES", 28.1, -15.4, False),
        ("Suva", "FJ", -18.1, 178.4, False),
        ("Signs swapped", "CL", 33.4, 70.7, True),
        ("Nowhere known", "XX", 0.0, 0.0, False),
    ],
)
def test_coordinates_lie_in_the_country(city, country, north, east, is_outside):
    facts = trial(sites=[SiteFields("", city, country, "", north, east)])
    assert rules_of(facts) == (["site-outside-country"] if is_outside else [])


def test_a_site_outside_is_named_with_its_coordinates():
    (only,) = found(trial(sites=[SiteFields("", "Paris", "FR", "", 33.7, -95.6)]), "site-outside-country")
    assert only.sentence == "Coordinates lie outside the country that the site names: Paris, FR at 33.7, -95.6."


def test_a_country_that_is_unknown_and_one_that_is_missing():
    unknown = trial(sites=[SiteFields("A clinic", country_raw="Ruritania")])
    assert "“Ruritania”" in found(unknown, "site-without-country")[0].sentence
    assert "“A clinic”" in found(trial(sites=[SiteFields("A clinic")]), "site-without-country")[0].sentence
    assert rules_of(trial(sites=[SiteFields("A clinic")], not_kept=("sites",))) == []


def test_words_without_a_term():
    facts = trial(
        conditions=[
            ConditionFields("Odd", False, None),
            ConditionFields("Added", True, None),
            ConditionFields("ALS", False, 1),
        ],
        areas=[AreaFields("Everything", None), AreaFields("Heart", 2)],
        products=[ProductFields(1, "XY-1", False), ProductFields(2, "MSC", True)],
    )
    assert rules_of(facts) == ["condition-unmapped", "area-unmapped", "cell-type-unmapped"]
    assert found(facts, "condition-unmapped")[0].values == ("Odd",)
    assert "is found by its other conditions" in found(facts, "condition-unmapped")[0].sentence
