"""Names of sponsors and interventions in the search box: exact, beside words, left out, and what nobody bears."""

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from trials.search.asking import MOST_NAMES, Asked, read
from trials.search.browse import answer
from trials.search.publishing import publish_all
from trials.tests.search.test_suggest import given_things, sponsored

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    """Two trials of one sponsor, one of which gives a thing, and one that only mentions both."""
    sponsored("a", "University of Navarra", title="Knee")
    given = sponsored("b", "University of Navarra", title="Hip")
    given.interventions.create(order=1, name="Navarixin")
    given_things("c", "Placebo", title="Knee", brief_summary="As the University of Navarra did with Navarixin.")
    publish_all()


def found(text):
    return sorted(card.url.split("/")[2] for card in answer(QueryDict(urlencode({"q": text}))).cards)


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ('sponsor:"University of Navarra"', ["a", "b"]),
        ("SPONSOR:“university of  NAVARRA”", ["a", "b"]),
        ('"University of Navarra"', ["a", "b", "c"]),
        ('sponsor:"Navarra"', []),
        ('sponsor:"University of Navarra" knee', ["a"]),
        ('hip sponsor:"University of Navarra"', ["b"]),
        ('intervention:"navarixin"', ["b"]),
        ('-intervention:"navarixin"', ["a", "c"]),
        ('sponsor:"University of Navarra" -intervention:"navarixin"', ["a"]),
        ('sponsor:"University of Navarra" intervention:"placebo"', []),
        ('sponsor:""', []),
        ('co-sponsor:"University of Navarra"', []),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_a_name_finds_the_trials_that_bear_it(text, slugs):
    assert found(text) == slugs


@pytest.mark.usefixtures("catalogue")
def test_a_name_that_no_trial_bears_is_said_to_be_unknown():
    results = answer(QueryDict(urlencode({"q": 'knee sponsor:"Nobody"'})))
    assert (results.total, results.unknown) == (0, ('sponsor:"Nobody"',))
    assert [(one.label, one.count) for one in results.drops] == [("sponsor “Nobody”", 2)]


@pytest.mark.usefixtures("catalogue")
def test_a_misspelt_word_beside_a_name_is_put_right_and_the_name_stays():
    results = answer(QueryDict(urlencode({"q": 'knea sponsor:"University of Navarra"'})))
    assert results.suggestion.label == 'sponsor:"University of Navarra" knee'


@pytest.mark.usefixtures("catalogue")
def test_words_and_names_are_said_and_taken_away_each_for_itself():
    results = answer(QueryDict(urlencode({"q": 'knee sponsor:"University of Navarra"'})))
    assert results.title == "Trials: that mention “knee”; sponsor “University of Navarra”"
    assert [(chip.label, chip.rest.q) for chip in results.chips] == [
        ("“knee”", 'sponsor:"University of Navarra"'),
        ("sponsor “University of Navarra”", "knee"),
    ]


def test_so_many_names_are_asked_for_and_the_rest_are_words():
    asked = read(" ".join(f'sponsor:"s{number}"' for number in range(MOST_NAMES + 1)))
    assert [name.name for name in asked.names] == [f"s{number}" for number in range(MOST_NAMES)]
    assert asked.words == f'sponsor:"s{MOST_NAMES}"'


def test_a_text_without_names_stays_as_it_is_typed():
    assert read('  "two  words" ') == Asked('  "two  words" ')
