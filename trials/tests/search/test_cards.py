"""What a result card says where a trial says nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.models import Card
from trials.search.cards import read_cards
from trials.search.facets import FACETS
from trials.search.publishing import publish_all
from trials.tests.search.making import trial

pytestmark = pytest.mark.django_db


def card(made, *not_kept):
    for order, name in enumerate(not_kept, 1):
        made.absences.create(order=order, field=name, reason="NOT_KEPT")
    publish_all()
    return read_cards([made.pk], {facet.key: facet.values() for facet in FACETS})[0]


def test_what_the_source_leaves_out_is_not_stated():
    shown = card(trial("nct1"))
    assert [shown.status, shown.dose_missing, shown.ages, shown.places] == [
        "Status not stated",
        "Not stated",
        "Ages not stated",
        "Sites not stated",
    ]


def test_what_the_copy_leaves_out_is_not_called_unstated():
    shown = card(trial("nct1"), "status", "doses", "max_age", "sites")
    assert [shown.status, shown.dose_missing, shown.ages, shown.places] == [
        "Status not kept in this copy",
        "Not kept in this copy",
        "Ages not kept in this copy",
        "Sites not kept in this copy",
    ]


def test_an_age_limit_that_is_not_kept_is_not_said_to_be_open():
    assert card(trial("nct1", min_age_value=18, min_age_unit="YEARS"), "max_age").ages == "from 18 years"


def test_of_many_conditions_six_are_named(client):
    made = trial("nct1", conditions=tuple(f"c{number}" for number in range(1, 9)))
    assert len(card(made).conditions) == 8
    assert "<dd>C1, C2, C3, C4, C5, C6 and 2 more</dd>" in client.get("/trials/").content.decode()


def test_a_page_of_cards_of_another_release_takes_as_many_queries_as_one_of_them():
    made = [trial(f"nct{number}").pk for number in range(3)]
    publish_all()
    Card.objects.update(content="[]")
    values = {facet.key: facet.values() for facet in FACETS}
    with CaptureQueriesContext(connection) as one:
        read_cards(made[:1], values)
    with CaptureQueriesContext(connection) as three:
        assert [card.pk for card in read_cards(made, values)] == made
    assert len(one) == len(three)
