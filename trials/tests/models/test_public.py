"""The condition that a trial is public, in front of an index on it."""

from __future__ import annotations

import pytest
from django.db import connection

from trials.models import Card, Site, Trial
from trials.models.trial import is_public

pytestmark = pytest.mark.django_db


def test_only_published_trials_are_public():
    for slug, state in (("nct00000001", "DRAFT"), ("nct00000002", "IN_REVIEW"), ("nct00000003", "PUBLISHED")):
        trial = Trial.objects.create(slug=slug, title="Cells", state=state)
        Site.objects.create(trial=trial, city=slug)
    assert [trial.slug for trial in Trial.objects.public()] == ["nct00000003"]
    assert [site.city for site in Site.objects.filter(is_public("trial"))] == ["nct00000003"]


@pytest.mark.parametrize("asked", ["trials", "cards"])
def test_the_trials_of_a_page_are_looked_up_by_number_and_not_among_all_that_are_public(asked):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows how many trials are public")
    if asked == "trials":
        plan = Trial.objects.public().filter(pk__in=range(25)).explain()
    else:
        plan = Card.objects.filter(is_public("trial"), pk__in=range(25)).values("content").explain()
    assert "trial_state" not in plan
    assert "SEARCH" in plan
    # Without the sign that keeps SQLite from it, it goes through all of them.
    assert "trial_state" in Card.objects.filter(trial__state="PUBLISHED", pk__in=range(25)).values("content").explain()
