"""Texts and lists of an EU CTIS answer: objectives, criteria, outcomes, conditions, references, age groups."""

from __future__ import annotations

import re
from dataclasses import replace

from trials.reading.criteria import read_criteria
from trials.records import (
    Age,
    CriterionRecord,
    OutcomeRecord,
    ReferenceRecord,
)
from trials.registries.ctis_document import Json, branch, english, line, number, rows, words
from trials.registries.values import Notes, key

# Reference list of the portal for the method of allocation; no such list is published for the method of blinding.
ALLOCATION = {"1": "RANDOMIZED", "2": "NON_RANDOMIZED", "3": "NA"}
WHO_MASKED = {
    "subject": "PARTICIPANT",
    "participant": "PARTICIPANT",
    "investigator": "INVESTIGATOR",
    "carer": "CARE_PROVIDER",
    "caregiver": "CARE_PROVIDER",
    "assessor": "OUTCOMES_ASSESSOR",
    # Kept from knowing, but none of the four that the catalogue counts.
    "monitor": "",
    "analyst": "",
    "data analyst": "",
}


# -------------------------------------------------------------------------------------------------------------- texts
def _numbered(node: object, path: str, name: str) -> list[tuple[int, str]]:
    """(Number, text) of the items of a list, in the order of their numbers; items without one come last."""
    found = [(number(one, "number"), english(one, name)) for one in rows(node, path)]
    told = [(place if place is not None else 10**9, text) for place, text in found if text]
    return sorted(told, key=lambda item: item[0])


def read_objectives(information: Json) -> str:
    """The main objective, and the secondary ones with their numbers."""
    told = []
    if main := english(branch(information, "trialObjective"), "mainObjective"):
        told.append(f"Main objective:\n{main}")
    if further := _numbered(information, "trialObjective.secondaryObjectives", "secondaryObjective"):
        told.append("\n".join(["Secondary objectives:", *(_with_number(place, text) for place, text in further)]))
    return "\n\n".join(told)


_OWN_NUMBER = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})*[.)]\s")
_HEADING = re.compile(r"((?:in|ex)clusion criteria\b[^.:;\n]{0,80}?)[ :\n]+(?=1[.)]\s)", re.IGNORECASE)
_BULLETS = re.compile(r"\s{0,20}•\s{0,20}")
_BULLET = re.compile(r"^[-•*]\s+")


def _with_number(place: int, text: str) -> str:
    """`3. text`, unless the sponsor wrote a number in front of the text."""
    return text if _OWN_NUMBER.match(text) or place == 10**9 else f"{place}. {_BULLET.sub('', text)}"


def read_criteria_lists(information: Json) -> tuple[CriterionRecord, ...]:
    """Inclusion, then exclusion criteria."""
    included = _criteria(information, "principalInclusionCriteria", "INCLUSION")
    first = len(included)
    excluded = _criteria(information, "principalExclusionCriteria", "EXCLUSION")
    return (
        *included,
        *(row if row.parent is None else replace(row, parent=row.parent + first) for row in excluded),
    )


def _criteria(information: Json, name: str, kind: str) -> tuple[CriterionRecord, ...]:
    """One kind's criteria, read as one text, so that a heading in one item holds for the items after it.

    Where words of an item would turn others into the other kind, each item is read for itself: the field decides.
    """
    items = _numbered(information, f"eligibilityCriteria.{name}", name)
    lines = [_as_lines(place, text) for place, text in items]
    together = read_criteria("\n".join(lines), kind)
    if all(row.kind == kind for row in together):
        return together
    found: list[CriterionRecord] = []
    for text in lines:
        first = len(found)
        for row in read_criteria(text, kind):
            parent = None if row.parent is None else row.parent + first
            found.append(replace(row, kind=kind, parent=parent))
    return tuple(found)


def _as_lines(place: int, text: str) -> str:
    """An item as lines: a heading before a list of its own, and each bullet, on one; all but the first set back."""
    if text.count("•") > 1:
        text = _BULLETS.sub("\n• ", text).strip()
    if match := _HEADING.match(text):
        heading, text = match[1], text[match.end() :]
        return f"{heading}\n{text}"
    return _with_number(place, text.replace("\n", "\n    "))


def read_outcomes(information: Json) -> tuple[OutcomeRecord, ...]:
    found = []
    for path, kind in (("endPoint.primaryEndPoints", "PRIMARY"), ("endPoint.secondaryEndPoints", "SECONDARY")):
        found += [OutcomeRecord(kind, text) for _, text in _numbered(information, path, "endPoint")]
    return tuple(found)


def read_conditions(information: Json, part_one: Json) -> tuple[str, ...]:
    """The sponsor's words, then the MedDRA terms chosen for them."""
    told = [english(one, "medicalCondition") for one in rows(information, "medicalCondition.partIMedicalConditions")]
    told = told or [english(one, "medicalCondition") for one in rows(part_one, "medicalConditions")]
    terms = [line(one, "termName") for one in rows(information, "medicalCondition.meddraConditionTerms")]
    kept: dict[str, str] = {}
    for word in (*told, *terms):
        plain = " ".join(word.split())
        if plain:
            kept.setdefault(plain.casefold(), plain)
    return tuple(kept.values())


def read_references(details: Json, notes: Notes) -> tuple[ReferenceRecord, ...]:
    """Publications and links; the portal does not say which of them report this trial."""
    found = [ReferenceRecord("LINK", pmid=code) for code in words(details, "pubmedCode") if code.isdecimal()]
    for name in ("pubmedUrl", "references"):
        for text in words(details, name):
            is_address = text.lower().startswith(("http://", "https://"))
            found.append(ReferenceRecord("LINK", url=text) if is_address else ReferenceRecord("LINK", citation=text))
    for one in rows(details, "references"):
        if not line(one, "name"):
            notes.add("references", one, "a reference of an unknown shape")
    return tuple(dict.fromkeys(found))


# --------------------------------------------------------------------------------------------------------------- ages
# Age groups of the forms. The finer ones, 1 to 5, are those of the EU's paediatric guideline; 9 is all adults.
_GROUP_WORDS = {"in utero": 1, "0 17 years": 2, "18 64 years": 3, "65 years": 4}
_FINE_LOW = {1: None, 2: None, 3: Age(28.0, "DAYS"), 4: Age(2.0, "YEARS"), 5: Age(12.0, "YEARS")}
_FINE_HIGH = {
    1: Age(27.0, "DAYS"),
    2: Age(27.0, "DAYS"),
    3: Age(23.0, "MONTHS"),
    4: Age(11.0, "YEARS"),
    5: Age(17.0, "YEARS"),
}


def read_ages(people: Json, group_words: str) -> tuple[Age | None, Age | None]:
    """The limits that the age groups mean: the trial may be narrower, but never wider.

    `people` is populationOfTrialSubjects; `group_words`, the overview's (`65+ years, 18-64 years`), stand in where it
    is silent. (None, None) where nothing is told.
    """
    groups = {
        number(one, "ageRangeCategoryCode") or number(one, "ageRangeCategory") for one in rows(people, "ageRanges")
    }
    groups |= {_GROUP_WORDS.get(key(word)) for word in group_words.split(",")} if not groups - {None} else set()
    told = groups - {None}
    if not told:
        return None, None
    fine = sorted(
        number(one, "ctAgeRangeCode") or number(one, "ctAgeRange") or 0
        for one in rows(people, "ageRangeSecondaryIds")
        if (number(one, "ageRangeCategoryCode") or number(one, "ageRangeCategory")) == 2
    )
    has_fine = bool(fine) and all(1 <= code <= 5 for code in fine)
    if 1 in told:
        low = None
    elif 2 in told:
        low = _FINE_LOW[fine[0]] if has_fine else None
    else:
        low = Age(18.0, "YEARS") if 3 in told else Age(65.0, "YEARS")
    if 4 in told:
        high = None
    elif 3 in told:
        high = Age(64.0, "YEARS")
    elif 2 in told:
        high = _FINE_HIGH[fine[-1]] if has_fine else Age(17.0, "YEARS")
    else:
        high = None
    return low, high
