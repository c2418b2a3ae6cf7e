"""Words of the source that no term of the catalogue stands for, so that no facet finds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from trials.quality.rules.facts import Facts, Found, listed, quoted


def condition_unmapped(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Conditions without a term."""
    # What the registry added itself is said again by the sponsor's own words.
    found = [row.wording for row in trial.conditions if row.condition_id is None and not row.from_mesh]
    if not found:
        return
    mapped = any(row.condition_id is not None for row in trial.conditions)
    words = listed([quoted(text, 80) for text in found])
    rest = "the trial is found by its other conditions" if mapped else "no search by condition finds this trial"
    sentence = f"The catalogue has no term for the condition {words}: {rest}."
    yield Found(sentence, "Conditions", "List of conditions of the catalogue", tuple(found))


def area_unmapped(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Therapeutic areas of the source without a term."""
    found = [row.wording for row in trial.areas if row.area_id is None]
    if found:
        words = listed([quoted(text, 80) for text in found])
        sentence = f"The catalogue has no term for the therapeutic area {words}."
        yield Found(sentence, "Therapeutic areas", "List of areas of the catalogue", tuple(found))


def cell_type_unmapped(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A product of cells that no cell type stands for."""
    found = [row.name for row in trial.products if not row.has_cell_type]
    if found and trial.keeps("cell_types"):
        words = listed([quoted(name, 80) for name in found])
        sentence = f"No type of cells is known of {words}: no search by cell type finds it."
        yield Found(sentence, "Products", "List of cell types of the catalogue", tuple(found))
