"""`recheck_trials` on a small catalogue: which trials it checks, and what it says."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trials.models import CatalogueState, Flag
from trials.quality.rules import VERSION
from trials.tests.search.making import publish, trial

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    """What the command says, without the time it took."""
    out = StringIO()
    call_command("recheck_trials", *arguments, stdout=out, stderr=StringIO())
    before, _, after = out.getvalue().strip().partition(" in ")
    return f"{before}; {after.partition('; ')[2]}"


@pytest.fixture
def two() -> None:
    """Two trials that recruit and list no outcomes, of which the rules lost sight; one is long past its completion."""
    made = [trial("one", status="RECRUITING"), trial("two", status="RECRUITING", completion_date="2001")]
    publish([one.pk for one in made])
    Flag.objects.all().delete()
    CatalogueState.objects.update(rules=0)


def test_all_trials_are_checked_and_the_rules_noted(two):
    assert run() == "2 trials checked; flags of 2 changed."
    assert Flag.objects.count() == 3
    assert CatalogueState.objects.get().rules == VERSION
    assert run() == "2 trials checked; flags of 0 changed."


def test_only_those_whom_time_overtook_are_due(two):
    assert run("--due") == "1 trial checked; flags of 1 changed."
    assert set(Flag.objects.values_list("trial__slug", flat=True)) == {"two"}
    # Other rules than today's looked at the others.
    assert CatalogueState.objects.get().rules == 0


def test_one_trial_is_checked_by_its_address(two):
    assert run("--trial", "one") == "1 trial checked; flags of 1 changed."
    with pytest.raises(CommandError, match="No trial has the address or number three"):
        run("--trial", "three")
