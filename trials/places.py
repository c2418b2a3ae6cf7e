"""Where a passage stands, in words: a registry's field, or a row of one of its lists."""

from __future__ import annotations

import re

# The modules of a path into a registry's record: protocolSection.statusModule.overallStatus is overallStatus.
_PATH = re.compile(r"\b\w+(?:Section|Module|Info)\.")
_READ = re.compile(r"([a-z][A-Za-z]*)(?:\[([0-9]+)\])?(?:\.([a-z][A-Za-z]*))?(?:\[[0-9]+\])?")
# By the names of `reading.sections`, without the places in lists.
_WORDS = {
    "interventions.name": "name of treatment {}",
    "interventions.otherNames": "another name of treatment {}",
    "interventions.description": "description of treatment {}",
    "products.name": "name of product {}",
    "products.substance": "substance of product {}",
    "products.origin": "origin of product {}",
    "products.routes": "route of product {}",
    "briefTitle": "title",
    "officialTitle": "scientific title",
    "armGroups.label": "name of arm {}",
    "armGroups.description": "description of arm {}",
    "briefSummary": "summary",
    "detailedDescription": "detailed description",
    "objectives": "objectives",
    "designNote": "note on the design",
    "interventionModelDescription": "description of the model",
    "maskingDescription": "description of the masking",
    "keywords": "keyword {}",
    "conditions": "condition {}",
    "outcomes.measure": "outcome {}",
    "outcomes.description": "description of outcome {}",
    "eligibilityCriteria": "eligibility criterion {}",
}


def is_read(field: str) -> bool:
    """Whether a field is named as the readers of texts name it."""
    return _words(field) is not None


def place_words(field: str) -> str:
    """`description of arm 2` for armGroups[1].description; any other name without the modules of its path."""
    return _words(field) or _PATH.sub("", field)


def with_article(words: str) -> str:
    """`the title`, but `another name of treatment 1` and what carries a number only: `keyword 2`."""
    if words.startswith("another ") or (words[-1:].isdigit() and " of " not in words):
        return words
    return f"the {words}"


def _words(field: str) -> str | None:
    found = _READ.fullmatch(field)
    if found is None:
        return None
    name, place, part = found.groups()
    words = _WORDS.get(f"{name}.{part}" if part else name)
    return words.format(int(place) + 1 if place else "").strip() if words else None
