"""A record's texts under the names of their fields, so that every fact can say where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trials.records import TrialRecord

# What kind of place a text is: how much a word there says about what is given.
NAME, TITLE, ARM, INTERVENTION, PRODUCT, SUMMARY, DETAIL, KEYWORD, CONDITION, OUTCOME, INCLUSION, EXCLUSION = (
    "NAME", "TITLE", "ARM", "INTERVENTION", "PRODUCT", "SUMMARY", "DETAIL", "KEYWORD", "CONDITION", "OUTCOME",
    "INCLUSION", "EXCLUSION",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A text and the field that holds it. `arm`, `intervention` and `product` are places in the record's lists.

    `field` is named as in ClinicalTrials.gov's API where that has it, with the place from 0 in lists:
    `briefSummary`, `armGroups[1].description`.
    """

    field: str
    kind: str
    text: str
    arm: int | None = None
    intervention: int | None = None
    product: int | None = None


def sections(record: TrialRecord) -> tuple[Section, ...]:
    """Every text of a record that is not empty, those that say most about what is given first."""
    return tuple(section for section in _all(record) if section.text)


def _all(record: TrialRecord) -> Iterator[Section]:
    for place, item in enumerate(record.interventions):
        yield Section(f"interventions[{place}].name", NAME, item.name, intervention=place)
        for other, name in enumerate(item.other_names):
            yield Section(f"interventions[{place}].otherNames[{other}]", NAME, name, intervention=place)
    for place, product in enumerate(record.products):
        yield Section(f"products[{place}].name", PRODUCT, product.name, product=place)
        yield Section(f"products[{place}].substance", PRODUCT, product.substance, product=place)
        yield Section(f"products[{place}].origin", PRODUCT, product.origin, product=place)
        for which, route in enumerate(product.routes):
            yield Section(f"products[{place}].routes[{which}]", PRODUCT, route, product=place)
    yield Section("briefTitle", TITLE, record.title)
    yield Section("officialTitle", TITLE, record.official_title)
    for place, item in enumerate(record.interventions):
        yield Section(f"interventions[{place}].description", INTERVENTION, item.description, intervention=place)
    for place, arm in enumerate(record.arms):
        yield Section(f"armGroups[{place}].label", ARM, arm.label, arm=place)
        yield Section(f"armGroups[{place}].description", ARM, arm.description, arm=place)
    yield Section("briefSummary", SUMMARY, record.brief_summary)
    yield Section("detailedDescription", DETAIL, record.detailed_description)
    yield Section("objectives", DETAIL, record.objectives)
    yield Section("designNote", DETAIL, record.design_note)
    yield Section("interventionModelDescription", DETAIL, record.intervention_model_description)
    yield Section("maskingDescription", DETAIL, record.masking_description)
    for place, keyword in enumerate(record.keywords):
        yield Section(f"keywords[{place}]", KEYWORD, keyword)
    for place, condition in enumerate(record.conditions):
        yield Section(f"conditions[{place}]", CONDITION, condition)
    for place, outcome in enumerate(record.outcomes):
        yield Section(f"outcomes[{place}].measure", OUTCOME, outcome.measure)
        yield Section(f"outcomes[{place}].description", OUTCOME, outcome.description)
    for place, criterion in enumerate(record.criteria):
        kind = INCLUSION if criterion.kind == "INCLUSION" else EXCLUSION
        yield Section(f"eligibilityCriteria[{place}]", kind, criterion.text)
