"""The rules: each looks at one trial and finds what does not fit. No Django, and no other room but `records`.

`docs/quality.md` lists them for editors; a test holds it complete.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trials.quality.rules import ages, conduct, criteria, documents, places, treatment, words
from trials.quality.rules.facts import Facts, Found

_log = logging.getLogger(__name__)

# Another number whenever a rule finds something else: `prepare` then has every trial checked anew.
VERSION = 2

NOTE, WARNING, SERIOUS = "NOTE", "WARNING", "SERIOUS"


@dataclass(frozen=True)
class Rule:
    """`section`: the part of the record's page that it speaks of. What one by the calendar finds comes and goes without
    anybody's edit. What is `ours` speaks of the catalogue's vocabularies, not of the record, and is for editors alone.
    """

    id: str
    severity: str
    label: str
    section: str
    check: Callable[[Facts, dt.date], Iterator[Found]]
    by_calendar: bool = False
    ours: bool = False


RULES: tuple[Rule, ...] = (
    Rule("age-limits-contradict", SERIOUS, "Minimum age above maximum age", "eligibility", ages.limits_contradict),
    Rule("age-differs-from-criteria", WARNING, "Age limits differ from criteria", "eligibility",
         ages.differs_from_criteria),
    Rule("upper-age-unclear", WARNING, "Upper age limit unclear", "eligibility", ages.upper_unclear),
    Rule("lower-age-unclear", WARNING, "Lower age limit unclear", "eligibility", ages.lower_unclear),
    Rule("age-criteria-contradict", WARNING, "Criteria on age contradict", "eligibility", ages.criteria_contradict),
    Rule("duplicate-criterion", NOTE, "Criterion stated twice", "eligibility", criteria.stated_twice),
    Rule("criterion-in-both-lists", WARNING, "Criterion in both lists", "eligibility", criteria.in_both_lists),
    Rule("exact-complement", NOTE, "Limit stated from both sides", "eligibility", criteria.exact_complement),
    Rule("arm-sizes-differ", WARNING, "Arm sizes do not add up", "arms", conduct.arm_sizes_differ),
    Rule("comparator-not-stated", WARNING, "Blinded, no comparator stated", "arms", conduct.comparator_not_stated),
    Rule("no-outcomes", SERIOUS, "Recruiting, no outcomes", "outcomes", conduct.no_outcomes),
    Rule("dates-out-of-order", WARNING, "Dates out of order", "dates", conduct.dates_out_of_order),
    Rule("date-in-future", WARNING, "“Actual” date in the future", "dates", conduct.date_in_future, True),
    Rule("status-not-confirmed", WARNING, "Open, not confirmed for two years", "", conduct.status_not_confirmed, True),
    Rule("status-past-completion", WARNING, "Open, past its completion", "", conduct.status_past_completion, True),
    Rule("phase-conflict", WARNING, "Phase differs between registrations", "registrations",
         documents.disagreement("phase")),
    Rule("study-type-conflict", WARNING, "Kind of study differs between registrations", "registrations",
         documents.disagreement("study_type")),
    Rule("sex-conflict", WARNING, "Sex differs between registrations", "registrations", documents.disagreement("sex")),
    Rule("status-differs-between-copies", NOTE, "Status differs between registrations", "registrations",
         documents.disagreement("status")),
    Rule("number-malformed", WARNING, "Number of the wrong form", "registrations", documents.number_malformed),
    Rule("identifier-in-prose", NOTE, "Number in the text, in no list", "registrations", documents.identifier_in_prose),
    Rule("donor-conflict", SERIOUS, "Donor stated in two ways", "product", treatment.conflict("donors")),
    Rule("cell-type-conflict", WARNING, "Cell type stated in two ways", "product", treatment.conflict("cell_types")),
    Rule("tissue-conflict", WARNING, "Tissue stated in two ways", "product", treatment.conflict("tissues")),
    Rule("dose-superscript-lost", WARNING, "Dose: lost superscript", "product", treatment.superscript_lost),
    Rule("dose-power-odd", NOTE, "Dose: unusual power of ten", "product", treatment.power_odd),
    Rule("dose-in-two-ways", WARNING, "Dose: two values", "product", treatment.two_values),
    Rule("dose-implausible", WARNING, "Dose: implausible", "product", treatment.implausible),
    Rule("site-outside-country", WARNING, "Site outside its country", "sites", places.outside_country),
    Rule("site-without-country", NOTE, "Site without a country", "sites", places.without_country),
    Rule("condition-unmapped", NOTE, "Condition without a term", "", words.condition_unmapped, ours=True),
    Rule("area-unmapped", NOTE, "Therapeutic area without a term", "", words.area_unmapped, ours=True),
    Rule("cell-type-unmapped", NOTE, "Product without a cell type", "", words.cell_type_unmapped, ours=True),
)  # fmt: skip

BY_ID = {rule.id: rule for rule in RULES}
FOR_EDITORS = tuple(rule.id for rule in RULES if rule.ours)


def label_of(rule: str) -> str:
    """A rule in a few words; one that only people write of by its name."""
    known = BY_ID.get(rule)
    return known.label if known else rule.replace("-", " ").capitalize()


def findings(trial: Facts, today: dt.date, failed: set[str] | None = None) -> Iterator[tuple[Rule, Found]]:
    """All that does not fit, rule by rule.

    A rule that cannot cope with a text stops nobody's save or import: it is logged, and its id is added to `failed`.
    """
    for rule in RULES:
        try:
            found = list(rule.check(trial, today))
        except Exception:
            _log.exception("Rule %s failed on trial %s", rule.id, trial.trial.id)
            if failed is not None:
                failed.add(rule.id)
            continue
        for one in found:
            yield rule, one
