"""The whole list of a facet, a hundred lines at a time, and a way to find a value by any of its names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from trials.search.browse import Link, page_links
from trials.search.declaring import Facet
from trials.search.folding import fold
from trials.search.grouping import Counted, Line, Tree, whole_tree
from trials.search.groups import Choice, whole_list_url
from trials.search.question import Question
from trials.search.text.keys import american_key
from trials.search.values import NOT_STATED, ValueSet

PER_PAGE = 100


@dataclass(frozen=True)
class FacetList:
    """One page of a facet's values, below those that they stand under.

    `value_count` values lead somewhere, `found_count` of them (with what stands under them) bear the name looked for.
    These have `line_count` lines, more where the list is a tree of two facets (`is_grouped`) and a value stands in it
    more than once. The lines from `first` to `last` are on this page, counted from 1. `pages` leads to the others.
    """

    label: str
    is_grouped: bool
    chosen_count: int
    choices: tuple[Choice, ...]
    value_count: int
    found_count: int
    line_count: int
    first: int
    last: int
    pages: tuple[Link, ...]


def facet_list(
    facet: Facet,
    question: Question,
    values: ValueSet,
    counts: Mapping[str, int],
    wanted: str = "",
    page: int = 1,
    above: Counted | None = None,
) -> FacetList:
    """The values of a facet, or those that bear a name with `wanted` in it, and what stands under these.

    They stand under those of the facet `above`, which are found by their names, too. A page past the end is the last
    one.
    """
    tree = whole_tree(Counted(facet, values, counts), above, question)
    lines = list(tree.lines())
    also: dict[str, dict[str, str]] = {}
    if wanted:
        lines, also = _bearing(wanted, lines, tree)
    page_count = max(1, -(-len(lines) // PER_PAGE))
    page = min(page, page_count)
    start = (page - 1) * PER_PAGE
    shown = lines[start : start + PER_PAGE]
    return FacetList(
        label=tree.label,
        is_grouped=tree.above is not None,
        chosen_count=tree.chosen_count,
        choices=tree.choices(shown, also),
        value_count=tree.value_count,
        # A value above is told from one of the same slug under it.
        found_count=len({(not slug, slug or head) for head, slug in lines}),
        line_count=len(lines),
        first=start + 1 if shown else 0,
        last=start + len(shown),
        pages=page_links(page, page_count, lambda number: whole_list_url(facet.key, question, wanted, number)),
    )


def _bearing(wanted: str, lines: Sequence[Line], tree: Tree) -> tuple[list[Line], dict[str, dict[str, str]]]:
    """The lines with such a name and all that stand under them; by facet and value the other name that was meant."""
    forms = _forms(wanted)
    own = _named(forms, {slug for _, slug in lines if slug}, tree.own)
    heads = _named(forms, {head for head, slug in lines if not slug}, tree.above) if tree.above else {}
    found: dict[Line, None] = {}
    for line in lines:
        head, slug = line
        # A line comes after the one that it stands under.
        if (slug in own if slug else head in heads) or tree.parent(line) in found:
            found[line] = None
    also = {of.facet.key: names for of, names in ((tree.own, own), (tree.above, heads)) if of}
    return list(found), also


def _named(forms: Sequence[str], slugs: Collection[str], of: Counted) -> dict[str, str]:
    """The values that bear such a name; with that name, or with nothing where it is their label."""
    names, found = _names_of(of.facet, of.values), {}
    for slug in slugs:
        name = next((name for name, folded in names[slug] if any(form in folded for form in forms)), None)
        if name is not None:
            found[slug] = "" if name == names[slug][0][0] else name
    return found


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
