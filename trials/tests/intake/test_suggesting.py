"""A title that two trials share suggests that they are one, and never makes them one."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from trials.intake.deciding import decide, take_back
from trials.intake.saving import Saver
from trials.intake.titles import title_key
from trials.intake.versions import Incoming
from trials.models import MatchSuggestion, Trial
from trials.registries import ctgov, ctis
from trials.tests.intake.test_saving import secondary, study

pytestmark = pytest.mark.django_db

TITLE = "Stem Cells for Lupus in Young Adults"
EU = "2023-500001-11-00"


def us(number: int = 1, title: str = TITLE, updated: str = "2024-01-01", **changes: Any) -> Incoming:
    """A record of ClinicalTrials.gov."""
    named = {"nctId": f"NCT{number:08}", "briefTitle": title}
    return Incoming("CTGOV", study(updated=updated, **{"identificationModule": named, **changes}))


def eu(number: str = EU, title: str = TITLE) -> Incoming:
    """A record of EU CTIS."""
    part_one = {"trialDetails": {"clinicalTrialIdentifiers": {"publicTitle": title, "fullTitle": title}}}
    body = {"ctNumber": number, "authorizedApplication": {"authorizedPartI": part_one}}
    return Incoming("CTIS", json.dumps(body).encode())


def save(*records: Incoming) -> None:
    result = Saver({"CTGOV": ctgov.parse, "CTIS": ctis.parse}, keep_all=True).save(records)
    assert not result.aside, result.aside


def suggested() -> set[tuple[frozenset[str], str]]:
    rows = MatchSuggestion.objects.values_list("first__number", "second__number", "why")
    return {(frozenset((first, second)), why) for first, second, why in rows}


def by_title(*numbers: str) -> tuple[frozenset[str], str]:
    return frozenset(numbers), "TITLE"


def test_the_same_title_in_two_registries_is_suggested_and_both_trials_stay():
    save(us(), eu(title="STEM CELLS, for lupus in young adults."))
    assert suggested() == {by_title("NCT00000001", EU)}
    assert Trial.objects.count() == 2


def test_an_official_title_counts_as_well():
    save(us(title="Other words", identificationModule__officialTitle=TITLE), eu())
    assert suggested() == {by_title("NCT00000001", EU)}


@pytest.mark.parametrize("title", ["Stem cells for lupus", "", "— … —"])
def test_a_title_of_few_words_tells_nothing(title):
    save(us(title=title), eu(title=title))
    assert suggested() == set()


def test_two_numbers_of_one_registry_are_not_suggested_for_their_title():
    save(us(1), us(2))
    assert suggested() == set()


def test_a_title_that_many_trials_bear_tells_nothing():
    save(us(), *(eu(f"2023-50000{place}-11-00") for place in range(5)))
    assert suggested() == set()


def test_trials_that_a_number_makes_one_are_not_suggested():
    named = secondary(("CTIS", EU))
    save(us(identificationModule__secondaryIdInfos=named), eu())
    assert Trial.objects.count() == 1
    assert suggested() == set()


def test_a_suggestion_goes_when_a_number_makes_the_two_one_trial():
    save(us(), eu())
    save(us(updated="2024-06-01", identificationModule__secondaryIdInfos=secondary(("CTIS", EU))))
    assert Trial.objects.count() == 1
    assert suggested() == set()


def test_a_suggestion_goes_with_the_title_that_made_it():
    save(us(), eu())
    save(us(title="Another title for this trial altogether", updated="2024-06-01"))
    assert suggested() == set()


def test_a_title_is_telling_again_when_fewer_bear_it():
    save(us(), *(eu(f"2023-50000{place}-11-00") for place in range(1, 5)))
    save(eu("2023-500005-11-00"))
    assert suggested() == set()
    save(Incoming("CTIS", eu("2023-500005-11-00", "Another title for this trial altogether").body))
    assert len(suggested()) == 4


@pytest.mark.parametrize("same", [True, False])
def test_pairs_that_an_editor_has_decided_are_not_suggested_again(same):
    save(us(), eu())
    decision = decide("NCT00000001", EU, same, None)
    save(us(updated="2024-06-01"))
    assert suggested() == set()
    take_back(decision)
    assert suggested() == {by_title("NCT00000001", EU)}


def test_the_same_records_again_make_no_second_suggestion():
    save(us(), eu())
    before = list(MatchSuggestion.objects.values_list("pk", "first", "second"))
    save(us(), eu())
    save(us(updated="2024-06-01"))
    assert list(MatchSuggestion.objects.values_list("pk", "first", "second")) == before


RECORDS = (
    us(1), us(2, title="Quite another title for a trial"),
    eu(EU), eu("2023-500002-11-00", "quite another title for a trial"),
)  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_what_is_suggested_does_not_depend_on_the_order_of_import(order):
    for place in order:
        save(RECORDS[place])
    assert suggested() == {by_title("NCT00000001", EU), by_title("NCT00000002", "2023-500002-11-00")}


def test_the_admin_lists_the_suggestion_with_both_titles():
    save(us(), eu())
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    page = client.get("/admin/trials/matchsuggestion/?why__exact=TITLE").content.decode()
    assert "NCT00000001" in page
    assert EU in page
    assert page.count(TITLE) >= 2


def test_titles_are_compared_without_case_accents_and_punctuation():
    assert title_key("Étude – de cellules (souches) du rein") == title_key("ETUDE de cellules souches du rein")
    assert title_key("one two three four") == ""
