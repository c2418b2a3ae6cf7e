"""Arms that get no cells: a text that tells their placebo by the cells' amount gives them none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trials.reading.facts import ProductFacts
from trials.records import TrialRecord

_TYPES = ("PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION")
_NAMED = re.compile(r"\b(?:placebo|sham|controls?|saline|vehicle|no\streatment)\b", re.IGNORECASE)
# What says that a control is given the cells after all, later on.
_CROSSES = re.compile(
    r"\bcross(?:ed|es|ing)?[\s-]?over|\bopen[\s-]label|\broll(?:ed|ing)?[\s-]?over"
    r"|\btreatments?\s(?:\w+\s){0,3}reversed\b|\bdelayed\s(?:treatment|start|therapy)\b",
    re.IGNORECASE,
)
# So do words for a later time, where they stand before the amount: behind it they tell of visits.
_LATER = re.compile(
    r"\b(?:then|afterwards?|thereafter|subsequently|later|followed\sby)\b|\b(?:day|week|month)\s?\+?(?:[3-9]\d|\d{3})\b"
    r"|\b(?:at|after)\s(?:\d+|one|two|three|six|twelve)\s(?:weeks|months|years?)\b",
    re.IGNORECASE,
)


def control_arms(record: TrialRecord, products: Sequence[ProductFacts]) -> frozenset[int]:
    """Places of the arms that the registry types as controls.

    One that lists a product of cells is a control only if it is also called one: some registrants type every arm so.
    """
    with_cells = {arm for product in products for arm in product.arms}
    return frozenset(
        place
        for place, arm in enumerate(record.arms)
        if arm.type in _TYPES and (place not in with_cells or _NAMED.search(arm.label))
    )


def gets_cells_later(description: str, amount_at: int) -> bool:
    """Whether the description of a control gives the amount at a place in it later: after crossing over, for one."""
    return bool(_CROSSES.search(description) or _LATER.search(description, 0, amount_at))
