"""Facets as a page shows them: beside the results a few values of each, on a page of its own every one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from urllib.parse import quote_plus, urlencode

from django.urls import reverse

from trials.search.declaring import Facet
from trials.search.question import Question
from trials.search.values import NOT_STATED, Value, ValueSet

# So many values stay of a facet that is cut, which is one with more than `LONG`: a list is not cut for one line.
SHOWN = 10
LONG = 15


@dataclass(frozen=True)
class Choice:
    """One value of a facet as the page shows it: `count` trials would match with it, and `url` takes or drops it.

    `also` is another name of it, which somebody looked for. `path` tells it from every other choice of the page: the
    facet, and the values from the top of its tree down to it.
    """

    slug: str
    label: str
    count: int
    is_chosen: bool
    url: str
    children: tuple[Choice, ...] = ()
    also: str = ""
    path: str = ""


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


def facet_group(
    facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int], is_short: bool = False
) -> FacetGroup:
    """A facet with each value that some trial has or that is chosen, below those that it stands under."""
    chosen = question.values(facet.key)
    present = present_values(facet, question, values, counts)
    value_count = len(present)
    is_cut = is_short and value_count > LONG
    if is_cut:
        present = most_frequent(present, chosen, counts)
    top = choices_of(present, facet, question, values, counts)
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
    return choices_of(slugs[:most], facet, question, values, counts)


def present_values(facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int]) -> list[str]:
    """The values that some trial has or that are chosen, in display order; “not stated” comes last."""
    chosen = question.values(facet.key)
    every = [*values.values, NOT_STATED] if facet.missing else values.values
    return [slug for slug in every if counts.get(slug) or slug in chosen]


def most_frequent(present: Sequence[str], chosen: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    """Of a long list (`present_values`) the most frequent values, the chosen ones and “not stated”."""
    has_missing = NOT_STATED in present
    some = [slug for slug in present[: len(present) - has_missing] if counts.get(slug)]
    most = nlargest(SHOWN, some, key=counts.__getitem__)
    return [*most, *chosen, *([NOT_STATED] if has_missing else [])]


def choices_of(
    slugs: Collection[str],
    facet: Facet,
    question: Question,
    values: ValueSet,
    counts: Mapping[str, int],
    also: Mapping[str, str] | None = None,
    path: str = "",
) -> tuple[Choice, ...]:
    """The choices for these values, below those that they stand under. `also` has other names to show, by value.

    `path` is that of what they all stand under, if anything.
    """
    below = _children(slugs, facet, values, counts)
    choice = chooser(facet, question, counts, also)

    def under(parent: str, path: str) -> tuple[Choice, ...]:
        return tuple(
            choice(values.values[slug], under(slug, f"{path}.{slug}"), f"{path}.{slug}") for slug in below[parent]
        )

    path = path or facet.key
    missing = Value(NOT_STATED, facet.missing)
    return (*under("", path), *([choice(missing, (), f"{path}.{NOT_STATED}")] if NOT_STATED in slugs else []))


def chooser(
    facet: Facet, question: Question, counts: Mapping[str, int], also: Mapping[str, str] | None = None
) -> Callable[[Value, tuple[Choice, ...], str], Choice]:
    """Makes the choice for one value with those that stand under it, and with its path."""
    chosen, adding, names = question.values(facet.key), adding_urls(question, facet.key), also or {}

    def choice(value: Value, children: tuple[Choice, ...], path: str) -> Choice:
        is_chosen = value.slug in chosen
        url = results_url(question.toggled(facet.key, value.slug)) if is_chosen else adding(value.slug)
        count = counts.get(value.slug, 0)
        return Choice(value.slug, value.label, count, is_chosen, url, children, names.get(value.slug, ""), path)

    return choice


def in_tree_order(slugs: Collection[str], facet: Facet, values: ValueSet, counts: Mapping[str, int]) -> Iterator[str]:
    """These values and those above them, each before what stands under it, as `choices_of` has them."""
    below = _children(slugs, facet, values, counts)

    def under(parent: str) -> Iterator[str]:
        for slug in below[parent]:
            yield slug
            yield from under(slug)

    yield from under("")
    if NOT_STATED in slugs:
        yield NOT_STATED


def results_url(question: Question) -> str:
    """The page with a question's results."""
    return f"{reverse('browse')}{question.query_string()}"


def adding_urls(question: Question, key: str) -> Callable[[str], str]:
    """The pages that choosing one more value of a facet leads to: what `question.toggled` asks, without encoding all
    the rest of the question for each of a hundred choices."""
    pairs = question.toggled(key, _ANY).parameters()
    place = pairs.index((key, _ANY))
    before, after = (urlencode(some) for some in (pairs[:place], pairs[place + 1 :]))
    head = f"{reverse('browse')}?{before}{'&' if before else ''}{quote_plus(key)}="
    tail = f"&{after}" if after else ""
    return lambda slug: f"{head}{quote_plus(slug)}{tail}"


# No slug.
_ANY = "*"


def whole_list_url(key: str, question: Question, find: str = "", page: int = 1) -> str:
    """The page with every value of a facet, or with those of some name, counted for `question`."""
    own = [*([("find", find)] if find else []), *([("page", str(page))] if page > 1 else [])]
    return f"{reverse('facet', args=[key])}{question.but().query_string(*own)}"


def with_ancestors(slugs: Iterable[str], values: ValueSet) -> list[str]:
    """These values and those above them, in display order."""
    kept, known = set(), values.values
    for slug in slugs:
        while slug and slug in known and slug not in kept:
            kept.add(slug)
            slug = known[slug].parent
    return sorted(kept, key=values.place.__getitem__)


def _children(
    slugs: Iterable[str], facet: Facet, values: ValueSet, counts: Mapping[str, int]
) -> Mapping[str, list[str]]:
    """These values and those above them in display order, by the value that they stand under (nothing for the top)."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for slug in with_ancestors(slugs, values):
        below[values.values[slug].parent].append(slug)
    if facet.by_count:
        for some in below.values():
            some.sort(key=lambda slug: -counts.get(slug, 0))
    return below


def walk(choices: Iterable[Choice]) -> Iterator[Choice]:
    """Every choice, parents before what stands under them."""
    for choice in choices:
        yield choice
        yield from walk(choice.children)
