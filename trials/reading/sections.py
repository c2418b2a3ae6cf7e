"""A record's texts under the names of their fields, so that every fact can say where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from trials.records import TrialRecord

# What kind of place a text is: how much a word there says about what is given.
NAME, TITLE, ARM, INTERVENTION, PRODUCT, SUMMARY, DETAIL, KEYWORD, CONDITION, OUTCOME, INCLUSION, EXCLUSION = (
    "NAME", "TITLE", "ARM", "INTERVENTION", "PRODUCT", "SUMMARY", "DETAIL", "KEYWORD", "CONDITION", "OUTCOME",
    "INCLUSION", "EXCLUSION",
)  # fmt: skip


class Section(NamedTuple):
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
    return (*_of_treatments(record), *_of_the_trial(record), *_of_outcomes(record), *_of_criteria(record))


def telling_sections(record: TrialRecord) -> tuple[Section, ...]:
    """The texts of `sections` that may say what is given: outcomes only measure."""
    return (*_of_treatments(record), *_of_the_trial(record), *_of_criteria(record))


def _of_treatments(record: TrialRecord) -> Iterator[Section]:
    for place, item in enumerate(record.interventions):
        if item.name:
            yield Section(f"interventions[{place}].name", NAME, item.name, None, place)
        for other, name in enumerate(item.other_names):
            if name:
                yield Section(f"interventions[{place}].otherNames[{other}]", NAME, name, None, place)
    for place, product in enumerate(record.products):
        named = (("name", product.name), ("substance", product.substance), ("origin", product.origin))
        for name, text in (*named, *((f"routes[{which}]", route) for which, route in enumerate(product.routes))):
            if text:
                yield Section(f"products[{place}].{name}", PRODUCT, text, None, None, place)
    yield from _texts(TITLE, ("briefTitle", record.title), ("officialTitle", record.official_title))
    for place, item in enumerate(record.interventions):
        if item.description:
            yield Section(f"interventions[{place}].description", INTERVENTION, item.description, None, place)
    for place, arm in enumerate(record.arms):
        if arm.label:
            yield Section(f"armGroups[{place}].label", ARM, arm.label, place)
        if arm.description:
            yield Section(f"armGroups[{place}].description", ARM, arm.description, place)


def _of_the_trial(record: TrialRecord) -> Iterator[Section]:
    yield from _texts(SUMMARY, ("briefSummary", record.brief_summary))
    yield from _texts(
        DETAIL,
        ("detailedDescription", record.detailed_description),
        ("objectives", record.objectives),
        ("designNote", record.design_note),
        ("interventionModelDescription", record.intervention_model_description),
        ("maskingDescription", record.masking_description),
    )
    yield from _texts(KEYWORD, *((f"keywords[{place}]", word) for place, word in enumerate(record.keywords)))
    yield from _texts(CONDITION, *((f"conditions[{place}]", word) for place, word in enumerate(record.conditions)))


def _of_outcomes(record: TrialRecord) -> Iterator[Section]:
    for place, outcome in enumerate(record.outcomes):
        yield from _texts(
            OUTCOME,
            (f"outcomes[{place}].measure", outcome.measure),
            (f"outcomes[{place}].description", outcome.description),
        )


def _of_criteria(record: TrialRecord) -> Iterator[Section]:
    for place, criterion in enumerate(record.criteria):
        if criterion.text:
            kind = INCLUSION if criterion.kind == "INCLUSION" else EXCLUSION
            yield Section(f"eligibilityCriteria[{place}]", kind, criterion.text)


def _texts(kind: str, *named: tuple[str, str]) -> Iterator[Section]:
    for field, text in named:
        if text:
            yield Section(field, kind, text)
