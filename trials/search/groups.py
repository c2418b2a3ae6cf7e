"""Facets as a page shows them: beside the results a few values of each, on a page of its own every one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import nlargest

from django.urls import reverse

from trials.search import facets
from trials.search.facets import Facet
from trials.search.folding import fold
from trials.search.question import Question
from trials.search.values import NOT_STATED, Value, ValueSet

# So many values stay of a facet that is cut, which is one with more than `LONG`: a list is not cut for one line.
SHOWN = 10
LONG = 15


@dataclass(frozen=True)
class Choice:
    """One value of a facet as the page shows it: `count` trials would match with it, and `url` takes or drops it."""

    slug: str
    label: str
    count: int
    is_chosen: bool
    url: str
    children: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class FacetGroup:
    """A facet with choices that lead somewhere: of a long one those that fit beside the results.

    `value_count` values there are in all; `all_url` lists them where some are left out here. `is_open` says whether the
    page unfolds it.
    """

    key: str
    label: str
    help: str
    is_open: bool
    chosen_count: int
    choices: tuple[Choice, ...]
    value_count: int
    all_url: str


def short_groups(
    question: Question, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]
) -> tuple[FacetGroup, ...]:
    """Every facet; of a long one the most frequent values, the chosen ones and “not stated”."""
    return tuple(
        facet_group(facet, question, values[facet.key], counts[facet.key], is_short=True) for facet in facets.FACETS
    )


def facet_group(
    facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int], is_short: bool = False
) -> FacetGroup:
    """A facet with each value that some trial has or that is chosen, below those that it stands under."""
    chosen = question.values(facet.key)
    present = [slug for slug in values.values if counts.get(slug) or slug in chosen]
    has_missing = bool(facet.missing) and (bool(counts.get(NOT_STATED)) or NOT_STATED in chosen)
    value_count = len(present) + has_missing
    is_cut = is_short and value_count > LONG
    if is_cut:
        present = [*nlargest(SHOWN, present, key=lambda slug: counts.get(slug, 0)), *chosen]
    top = _tree(_with_ancestors(present, values.values), facet, question, values, counts)
    if has_missing:
        top = (*top, _choice(facet, question, Value(NOT_STATED, facet.missing), counts))
    return FacetGroup(
        key=facet.key,
        label=facet.label,
        help=facet.help,
        is_open=facet.is_open or bool(chosen),
        chosen_count=len(chosen),
        choices=top,
        value_count=value_count,
        all_url=whole_list_url(facet.key, question) if is_cut else "",
    )


def top_choices(
    facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int], most: int
) -> tuple[Choice, ...]:
    """The first values that stand under no other, without “not stated” and what is below them."""
    slugs = [slug for slug, value in values.values.items() if counts.get(slug) and not value.parent]
    if facet.by_count:
        slugs = nlargest(most, slugs, key=lambda slug: counts[slug])
    return tuple(_choice(facet, question, values.values[slug], counts) for slug in slugs[:most])


def find_values(choices: tuple[Choice, ...], text: str) -> tuple[Choice, ...]:
    """The values that hold `text`, whatever its case and accents, below those that they stand under.

    What stands under a value that is found is found with it.
    """
    wanted = fold(text).strip()

    def found(choice: Choice) -> Choice | None:
        if wanted in fold(choice.label):
            return choice
        below = _each(choice.children, found)
        return replace(choice, children=below) if below else None

    return _each(choices, found)


def results_url(question: Question) -> str:
    """The page with a question's results."""
    return _address(reverse("browse"), question)


def whole_list_url(key: str, question: Question) -> str:
    """The page with every value of a facet, counted for `question`."""
    return _address(reverse("facet", args=[key]), question.but())


def _address(path: str, question: Question) -> str:
    query = question.query_string()
    return f"{path}?{query}" if query else path


def _with_ancestors(slugs: Iterable[str], values: Mapping[str, Value]) -> list[str]:
    """These values and those above them, in display order."""
    kept = set()
    for slug in slugs:
        while slug and slug in values and slug not in kept:
            kept.add(slug)
            slug = values[slug].parent
    return [slug for slug in values if slug in kept]


def _tree(
    slugs: Collection[str], facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int]
) -> tuple[Choice, ...]:
    below: defaultdict[str, list[str]] = defaultdict(list)
    for slug in slugs:
        below[values.values[slug].parent].append(slug)

    def under(parent: str) -> tuple[Choice, ...]:
        found = below[parent]
        if facet.by_count:
            found = sorted(found, key=lambda slug: -counts.get(slug, 0))
        return tuple(_choice(facet, question, values.values[slug], counts, under(slug)) for slug in found)

    return under("")


def _choice(
    facet: Facet, question: Question, value: Value, counts: Mapping[str, int], children: tuple[Choice, ...] = ()
) -> Choice:
    return Choice(
        slug=value.slug,
        label=value.label,
        count=counts.get(value.slug, 0),
        is_chosen=value.slug in question.values(facet.key),
        url=results_url(question.toggled(facet.key, value.slug)),
        children=children,
    )


def _each(choices: Iterable[Choice], change: Callable[[Choice], Choice | None]) -> tuple[Choice, ...]:
    return tuple(changed for choice in choices if (changed := change(choice)) is not None)


def walk(choices: Iterable[Choice]) -> Iterator[Choice]:
    """Every choice, parents before what stands under them."""
    for choice in choices:
        yield choice
        yield from walk(choice.children)
