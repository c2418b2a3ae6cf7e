"""Made-up vocabularies."""

from __future__ import annotations

from trials.generating.vocabulary import entries
from trials.models import Area, CellType, Condition


def test_there_are_as_many_terms_as_a_whole_registry_needs():
    counts = {model: len(some) for model, some in entries().items()}
    assert counts[Condition] > 3_000
    assert counts[CellType] > 140
    assert sum(counts.values()) > 4_500


def test_every_term_says_that_it_is_generated_and_stands_once():
    for some in entries().values():
        assert all(entry.slug.startswith("generated-") and entry.label.endswith(" (generated)") for entry in some)
        assert len({entry.slug for entry in some}) == len(some)
        assert len({entry.label for entry in some}) == len(some)


def test_a_broader_term_comes_before_those_below_it():
    seen = {""}
    for entry in entries()[Condition]:
        assert entry.parent in seen
        seen.add(entry.slug)


def test_a_narrower_condition_belongs_to_the_areas_of_the_broader():
    found = entries()
    by_slug = {entry.slug: entry for entry in found[Condition]}
    areas = {area.slug for area in found[Area]}
    for entry in found[Condition]:
        assert set(entry.areas) <= areas
        assert not entry.parent or entry.areas == by_slug[entry.parent].areas
