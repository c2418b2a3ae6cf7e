"""The whole list of a facet, a hundred values at a time, and a way to find one by any of its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trials.search.browse import Link, page_links
from trials.search.facets import Facet
from trials.search.folding import fold
from trials.search.groups import Choice, choices_of, in_tree_order, present_values, whole_list_url
from trials.search.question import Question
from trials.search.text.keys import american_key
from trials.search.values import NOT_STATED, ValueSet

PER_PAGE = 100


@dataclass(frozen=True)
class FacetList:
    """One page of a facet's values, below those that they stand under.

    `value_count` values lead somewhere, `found_count` of them (with what stands above and under them) bear the name
    looked for, and those from `first` to `last` are on this page, counted from 1. `pages` leads to the others.
    """

    choices: tuple[Choice, ...]
    value_count: int
    found_count: int
    first: int
    last: int
    pages: tuple[Link, ...]


def facet_list(
    facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int], wanted: str = "", page: int = 1
) -> FacetList:
    """The values of a facet, or those that bear a name with `wanted` in it, and what stands under these.

    A page past the end is the last one.
    """
    present = present_values(facet, question, values, counts)
    lines = list(in_tree_order(present, facet, values, counts))
    also: dict[str, str] = {}
    if wanted:
        lines, also = _bearing(wanted, lines, facet, values)
    page_count = max(1, -(-len(lines) // PER_PAGE))
    page = min(page, page_count)
    start = (page - 1) * PER_PAGE
    shown = lines[start : start + PER_PAGE]
    return FacetList(
        choices=choices_of(shown, facet, question, values, counts, also),
        value_count=len(present),
        found_count=len(lines),
        first=start + 1 if shown else 0,
        last=start + len(shown),
        pages=page_links(page, page_count, lambda number: whole_list_url(facet.key, question, wanted, number)),
    )


def _bearing(wanted: str, lines: Sequence[str], facet: Facet, values: ValueSet) -> tuple[list[str], dict[str, str]]:
    """The values with such a name and all that stands under them; and by value the other name that was meant."""
    forms = _forms(wanted)
    names = _names_of(facet, values)
    found: dict[str, None] = {}
    also: dict[str, str] = {}
    for slug in lines:
        name = next((name for name, folded in names[slug] if any(form in folded for form in forms)), None)
        if name is not None and name != names[slug][0][0]:
            also[slug] = name
        # A value comes after the one that it stands under.
        if name is not None or (slug != NOT_STATED and values.values[slug].parent in found):
            found[slug] = None
    return list(found), also


def _forms(text: str) -> tuple[str, ...]:
    """A text without accents and case, and as Americans write it."""
    folded = fold(text).strip()
    return tuple(dict.fromkeys((folded, american_key(folded))))


Names = Mapping[str, Sequence[tuple[str, str]]]
# By facet, the values whose names were folded last, and these.
_remembered: dict[str, tuple[ValueSet, Names]] = {}


def _names_of(facet: Facet, values: ValueSet) -> Names:
    """(name, its forms) of each value, its label first. Remembered until the facet has other values."""
    known = _remembered.get(facet.key)
    if known is None or known[0] is not values:
        names = {
            slug: [(name, "\n".join(_forms(name))) for name in (value.label, *value.synonyms)]
            for slug, value in values.values.items()
        }
        names[NOT_STATED] = [(facet.missing, "\n".join(_forms(facet.missing)))]
        known = _remembered[facet.key] = (values, names)
    return known[1]
