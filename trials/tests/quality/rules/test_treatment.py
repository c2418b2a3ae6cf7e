"""Cells and doses. One oddity each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trials.intake.rules import FLAG_WORDS
from trials.quality.rules import treatment
from trials.quality.rules.facts import DoseFields, ProductFields, StatementFields
from trials.tests.quality.making import found, rules_of, trial

OWN = StatementFields("donors", "Autologous", 7, 1, "CONFLICTING", "Brief title", "Autologous cells")
FOREIGN = StatementFields("donors", "Allogeneic", 7, 1, "CONFLICTING", "Brief summary", "from a sibling")


def test_two_donors_that_exclude_each_other_are_quoted():
    (only,) = found(trial(products=[ProductFields(7, "MSC")], statements=[OWN, FOREIGN]), "donor-conflict")
    assert only.sentence == (
        "The donor of “MSC” is stated in two ways: “Autologous” (“Autologous cells”), “Allogeneic” (“from a sibling”)."
    )
    assert (only.first_place, only.second_place) == ("Brief title", "Brief summary")


@pytest.mark.parametrize(
    "statements",
    [
        [OWN],
        [OWN, FOREIGN._replace(product_id=8)],
        [OWN, FOREIGN._replace(source_field="keywords[2]")],
        [OWN, FOREIGN._replace(passage="Infused when the renal allograft is perfused")],
        [OWN._replace(evidence_state="STATED"), FOREIGN._replace(evidence_state="STATED")],
    ],
)
def test_what_both_holds_is_no_conflict(statements):
    assert rules_of(trial(statements=statements)) == []


def test_what_readers_remark_on_a_dose_is_known_by_its_words():
    assert treatment.LOST_SUPERSCRIPT in FLAG_WORDS["lost-superscript"]
    odd = [FLAG_WORDS[name] for name in ("odd-power", "ten-e", "lost-sign")]
    assert all(mark in words for mark, words in zip(treatment.ODD_POWER, odd, strict=True))
    assert treatment.TWO_VALUES in FLAG_WORDS["two-values"]
    assert treatment.IMPLAUSIBLE in FLAG_WORDS["implausible"]


@pytest.mark.parametrize(
    ("low", "basis", "remark", "rules"),
    [
        ("1e6", "PER_KG", "", []),
        ("1e6", "PER_KG", FLAG_WORDS["lost-superscript"], ["dose-superscript-lost"]),
        ("1e6", "PER_KG", FLAG_WORDS["ten-e"], ["dose-power-odd"]),
        ("1e6", "PER_KG", FLAG_WORDS["two-values"], ["dose-in-two-ways"]),
        ("1e10", "PER_KG", "", ["dose-implausible"]),
        ("1e10", "FLAT", "", []),
        ("2e12", "FLAT", "", ["dose-implausible"]),
        ("2e12", "FLAT", FLAG_WORDS["implausible"], ["dose-implausible"]),
        ("10", "FLAT", "", ["dose-implausible"]),
    ],
)
def test_a_dose_that_looks_mistaken(low, basis, remark, rules):
    assert rules_of(trial(doses=[DoseFields(Decimal(low), basis=basis, as_written="1 x 106", remark=remark)])) == rules


def test_a_dose_without_an_amount_says_nothing():
    assert rules_of(trial(doses=[DoseFields(remark=FLAG_WORDS["lost-superscript"])])) == []
