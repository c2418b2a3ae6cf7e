"""Trials for the tests of rules: only what a test names is set."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trials.quality.rules import findings
from trials.quality.rules.facts import CriterionFields, Facts, Found, TrialFields

TODAY = dt.date(2026, 6, 15)


def trial(criteria: tuple[str, ...] = (), not_kept: tuple[str, ...] = (), **values: Any) -> Facts:
    """Criteria begin with `+` to enter and `-` to be shut out; other values are the trial's own or lists of `Facts`."""
    own = {name: values.pop(name) for name in list(values) if name in TrialFields._fields}
    rows = []
    for at, text in enumerate(criteria, 1):
        kind = "INCLUSION" if text.startswith("+") else "EXCLUSION"
        rows.append(CriterionFields(id=at, kind=kind, text=text[1:].strip()))
    return Facts(TrialFields(**own), criteria=rows, not_kept=frozenset(not_kept), **values)


def found(facts: Facts, rule: str) -> list[Found]:
    """What one rule finds, asked with all the others."""
    return [what for by, what in findings(facts, TODAY) if by.id == rule]


def rules_of(facts: Facts) -> list[str]:
    return [rule.id for rule, _ in findings(facts, TODAY)]
