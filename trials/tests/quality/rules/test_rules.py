"""The list of rules, and the page that tells editors of them."""

from __future__ import annotations

import re
from pathlib import Path

from trials.quality.rules import BY_ID, RULES, label_of
from trials.tests.quality.making import rules_of, trial

PAGE = Path(__file__).resolve().parents[4] / "docs" / "quality.md"


def test_the_page_lists_every_rule_with_its_severity_and_no_other():
    rows = re.findall(r"^\| `([-a-z]+)` \| (\w+) \| [^|]+ \| [^|]+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(rule.id, rule.severity.capitalize()) for rule in RULES]


def test_no_two_rules_have_one_name():
    assert len(BY_ID) == len(RULES)
    assert len({rule.label for rule in RULES}) == len(RULES)


def test_nothing_is_odd_about_a_trial_of_which_nothing_is_known():
    assert rules_of(trial()) == []


def test_a_rule_that_only_people_write_of_is_called_by_its_name():
    assert label_of("likely-typo") == "Likely typo"
    assert label_of("no-outcomes") == "Recruiting, no outcomes"
