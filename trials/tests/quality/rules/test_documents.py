"""Registrations that disagree, and numbers. One oddity each."""

from __future__ import annotations

import pytest

from trials.quality.rules.facts import IdentifierFields, RegistrationFields, RelatedFields
from trials.tests.quality.making import found, rules_of, trial

US = RegistrationFields(1, "CTGOV", "NCT00000001", document="The US record", says={"phase": "Phase 2", "sex": "All"})
EU = RegistrationFields(2, "CTIS", "2022-500001-10-00", document="The EU record", says={"phase": "Phase 1"})


def test_two_registrations_that_say_different_phases_are_quoted():
    (only,) = found(trial(registrations=[US, EU]), "phase-conflict")
    said = "The US record says “Phase 2”, The EU record “Phase 1”"
    assert only.sentence == f"Registrations disagree on the phase: {said}."


@pytest.mark.parametrize(
    "other",
    [
        EU._replace(says={"phase": "Phase 2"}),
        EU._replace(says={}),
        # A copy may be older than what it was copied from.
        EU._replace(publisher="Somebody"),
        EU._replace(number=US.number, registry="CTGOV"),
    ],
)
def test_what_agrees_is_silent_or_a_copy_is_no_disagreement(other):
    assert rules_of(trial(registrations=[US, other])) == []


@pytest.mark.parametrize(
    ("kind", "domain", "value", "is_odd"),
    [
        ("EUDRACT_NUMBER", "", "2004-000083-27", False),
        ("EUDRACT_NUMBER", "", "EUCTR2004-000083-27-DE", False),
        ("EUDRACT_NUMBER", "", "2004-00083-27", True),
        ("CTIS", "", "2022-500001-10-00", False),
        ("CTIS", "", "2022-500001-10", False),
        ("CTIS", "", "500001-10-00", True),
        ("REGISTRY", "ClinicalTrials.gov", "NCT0000001", True),
        ("REGISTRY", "Somewhere", "anything", False),
        ("ORG_STUDY_ID", "", "anything", False),
    ],
)
def test_a_number_has_the_form_of_its_registry(kind, domain, value, is_odd):
    rules = rules_of(trial(identifiers=[IdentifierFields(kind, value, domain)]))
    assert rules == (["number-malformed"] if is_odd else [])


def test_a_registry_number_with_a_figure_too_few():
    (only,) = found(trial(registrations=[US._replace(number="NCT0000001")]), "number-malformed")
    assert "“NCT0000001”" in only.sentence


def test_a_number_in_the_text_that_no_list_has():
    facts = trial(brief_summary="Those of NCT00000009 and\nof NCT00000001 go on.", registrations=[US])
    (only,) = found(facts, "identifier-in-prose")
    assert "NCT00000009" in only.sentence
    assert "“…Those of NCT00000009 and…”" in only.sentence
    assert "NCT00000001" not in only.sentence


def test_a_number_that_any_list_has_is_no_news():
    facts = trial(
        ("+Took part in NCT00000009",),
        detailed_description="After 2022-500001-10-00.",
        related=[RelatedFields("NCT00000009")],
        identifiers=[IdentifierFields("CTIS", "2022-500001-10-00")],
    )
    assert rules_of(facts) == []


@pytest.mark.parametrize("left_out", ["identifiers", "related_records"])
def test_a_copy_without_its_lists_of_numbers_cannot_tell_which_are_missing(left_out):
    assert rules_of(trial(brief_summary="Those of NCT00000009 go on.", not_kept=(left_out,))) == []
