"""`manage.py generate_trials`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trials.models import Card, Revision, Trial, TrialName
from trials.search.publishing import publish_all
from trials.search.text import store

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("generate_trials", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_it_makes_as_many_public_trials_as_asked_and_then_only_the_rest():
    assert run("3").startswith("3 trials made in ")
    assert run("5", "--seed", "1").startswith("2 trials made in ")
    assert Trial.objects.public().count() == 5


def test_what_is_added_is_searched_like_the_rest_which_stays_as_it_is():
    run("3")
    Card.objects.update(enrolment=987_654)
    run("5")
    assert Card.objects.filter(enrolment=987_654).count() == 3
    Card.objects.filter(enrolment=987_654).delete()
    run("5")
    assert len(store.trials()) == 5
    # Each time workers are told of the terms that were added.
    assert Revision.objects.filter(trial=None).count() == 3
    written = searched()
    publish_all()
    assert searched() == written
    assert len(written[0]) == len(store.trials()) == 5


def searched():
    """Cards and names of all trials."""
    return list(Card.objects.order_by("pk").values()), list(
        TrialName.objects.order_by("trial", "kind", "key").values("trial", "kind", "key", "label")
    )


def test_a_real_catalogue_is_refused_with_the_way_out():
    Trial.objects.create(slug="nct04034316", title="RACE")
    with pytest.raises(CommandError, match=r"nct04034316.*Name an empty place"):
        run("3")
    assert Trial.objects.count() == 1


@pytest.mark.parametrize("total", ["0", "-1", "many", "10000000"])
def test_a_number_that_is_none_is_refused(total):
    with pytest.raises(CommandError, match="is no number of trials"):
        run("--", total)
    assert not Trial.objects.exists()
