"""An editor's word on two numbers: joined or parted at once, and for good."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model

from trials.intake.deciding import Unknown, decide, take_back
from trials.intake.matching import Links, group
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Edit, FormerSlug, Lock, MatchDecision, MatchSuggestion, Registration, Trial
from trials.registries.readers import READERS
from trials.tests.intake.test_saving import secondary, study, trials

pytestmark = pytest.mark.django_db

N1, N2, N3 = "NCT00000001", "NCT00000002", "NCT00000003"
APART = {"nct00000001": {N1}, "nct00000002": {N2}}


def save(*bodies: bytes) -> None:
    result = Saver(READERS).save([Incoming("CTGOV", body) for body in bodies])
    assert not result.aside


def test_two_trials_are_joined_at_once_and_the_old_address_leads_on():
    save(study(N1), study(N2))
    user = get_user_model().objects.create_user("editor")
    decision = decide(N2, N1, True, user, "one protocol")
    assert trials() == {"nct00000001": {N1, N2}}
    assert (decision.first, decision.second, decision.by, decision.reason) == (N1, N2, user, "one protocol")
    assert Trial.objects.public().named("nct00000002") == Trial.objects.get()


def test_what_was_joined_is_parted_at_once_under_its_own_address_and_stays_parted():
    save(study(N1), study(N2))
    decide(N1, N2, True, None)
    decide(N1, N2, False, None)
    assert trials() == APART
    save(study(N1, updated="2024-06-01"), study(N2, updated="2024-06-01"))
    assert trials() == APART
    assert MatchDecision.objects.get().same is False
    assert {row.title for row in Trial.objects.all()} == {f"Stem cells {N1}", f"Stem cells {N2}"}


def test_a_word_taken_back_leaves_what_the_records_say():
    save(study(N1), study(N2))
    take_back(decide(N1, N2, True, None))
    assert trials() == APART
    assert not FormerSlug.objects.exists()


EU = "2019-000001-11"


def test_a_suggestion_is_answered_by_the_word_whatever_its_order():
    save(study(N1), study(N2))
    first, second = (Registration.objects.get(number=number) for number in (N1, N2))
    MatchSuggestion.objects.create(first=second, second=first, why="TITLE")
    decide(N1, N2, False, None)
    assert not MatchSuggestion.objects.exists()
    assert trials() == APART


def test_a_third_trial_is_left_alone():
    save(study(N1), study(N2), study(N3))
    before = Trial.objects.filter(slug="nct00000003").values().get()
    decide(N1, N2, True, None)
    assert Trial.objects.filter(slug="nct00000003").values().get() == before


@pytest.mark.parametrize("number", ["NCT99999999", "", "\x00", N1])
def test_a_number_that_the_catalogue_does_not_hold_is_refused(number):
    save(study(N1))
    with pytest.raises(Unknown):
        decide(N1, number, True, None)
    assert not MatchDecision.objects.exists()


def test_a_word_against_two_others_is_refused_and_nothing_changes():
    save(study(N1), study(N2), study(N3))
    decide(N1, N2, True, None)
    decide(N2, N3, True, None)
    with pytest.raises(Unknown, match="Change that first"):
        decide(N1, N3, False, None)
    assert trials() == {"nct00000001": {N1, N2, N3}}
    assert MatchDecision.objects.count() == 2


def test_two_numbers_that_meet_in_a_third_are_parted_by_a_word_on_the_two():
    one, two, third = ("CTGOV", N1), ("CTIS", "2022-500001-11-00"), ("EUCTR", EU)
    links = Links(frozenset({(one, third), (two, third)}), different=frozenset({frozenset({one[1], two[1]})}))
    assert set(group([one, two, third], links).groups) == {frozenset({one}), frozenset({two}), frozenset({third})}


def test_a_copy_stays_with_its_original_where_other_links_fall():
    one, two, copy = ("CTGOV", N1), ("CTGOV", N2), ("copy of CTGOV", N1)
    third, fourth = ("EUCTR", EU), ("CTIS", "2022-500001-11-00")
    edges = {(copy, one), (one, third), (third, fourth), (fourth, two)}
    assert frozenset({one, copy}) in group([one, two, copy], Links(frozenset(edges))).groups


def test_a_claim_that_a_newer_version_drops_no_longer_joins():
    named = study(N1, identificationModule__secondaryIdInfos=secondary(("REGISTRY", "ISRCTN00000001")))
    save(named)
    other = {"TrialID": "ISRCTN00000001", "Public_title": "Stem cells", "Intervention": "Stem cells"}
    result = Saver(READERS, keep_all=True).save([Incoming("ICTRP", json.dumps(other).encode())])
    assert not result.aside, result.aside
    assert len(trials()) == 1
    save(study(N1, updated="2024-06-01"))
    assert trials() == {"nct00000001": {N1}, "isrctn00000001": {"ISRCTN00000001"}}


def states() -> set[str]:
    return set(Trial.objects.values_list("state", flat=True))


@pytest.mark.parametrize("state", ["DRAFT", "IN_REVIEW"])
def test_a_withdrawn_trial_stays_withdrawn_when_it_is_joined_and_when_it_is_parted_again(state):
    save(study(N1), study(N2))
    Trial.objects.filter(slug="nct00000002").update(state=state)
    decide(N1, N2, True, None)
    assert states() == {"DRAFT"}
    assert Edit.objects.values_list("name", "kind", "old", "new").get() == (
        "state",
        "GAVE_WAY",
        "PUBLISHED",
        "DRAFT",
    )
    decide(N1, N2, False, None)
    assert (trials(), states()) == (APART, {"DRAFT"})


def test_a_new_record_joins_a_withdrawn_trial_without_publishing_it():
    save(study(N1))
    Trial.objects.update(state="DRAFT")
    MatchDecision.objects.create(first=N1, second=N2, same=True)
    save(study(N2))
    assert (trials(), states()) == ({"nct00000001": {N1, N2}}, {"DRAFT"})


def test_a_joined_trial_leaves_the_address_of_another_trial_alone():
    Trial.objects.create(slug="nct00000001", title="By hand")
    save(study(N1), study(N2))
    Lock.objects.create(trial=Trial.objects.get(slug="nct00000002"), name="title")
    decide(N1, N2, True, None)
    assert trials() == {"nct00000001": set(), "nct00000002": {N1, N2}}
