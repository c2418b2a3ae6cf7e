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


@dataclass(frozen=True)
class Counted:
    """A facet with its values and how many trials each gives."""

    facet: Facet
    values: ValueSet
    counts: Mapping[str, int]

    def shown(self, question: Question) -> list[str]:
        """The values that lead somewhere or are chosen."""
        chosen = question.values(self.facet.key)
        return [slug for slug in self.values.values if self.counts.get(slug) or slug in chosen]

    def has_missing(self, question: Question) -> bool:
        """Whether “not stated” leads somewhere or is chosen."""
        is_chosen = NOT_STATED in question.values(self.facet.key)
        return bool(self.facet.missing) and (bool(self.counts.get(NOT_STATED)) or is_chosen)

    def most(self, slugs: list[str], question: Question) -> list[str]:
        """The most frequent of a long list, and the chosen ones."""
        if len(slugs) <= LONG:
            return slugs
        chosen = [slug for slug in question.values(self.facet.key) if slug in self.values.values]
        return [*nlargest(SHOWN, slugs, key=lambda slug: self.counts.get(slug, 0)), *chosen]


def counted(key: str, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]) -> Counted:
    return Counted(facets.by_key()[key], values[key], counts[key])


def short_groups(
    question: Question, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]
) -> tuple[FacetGroup, ...]:
    """Every facet; of a long one the most frequent values, the chosen ones and “not stated”.

    A facet that groups another is shown there.
    """
    grouping = {facet.grouped_by for facet in facets.FACETS}
    return tuple(
        facet_tree(facet.key, question, values, counts, is_short=True)
        for facet in facets.FACETS
        if facet.key not in grouping
    )


def facet_tree(
    key: str,
    question: Question,
    values: Mapping[str, ValueSet],
    counts: Mapping[str, Mapping[str, int]],
    is_short: bool = False,
) -> FacetGroup:
    """A facet as pages show it: under the values of another where that one groups it."""
    own = counted(key, values, counts)
    if own.facet.grouped_by:
        return grouped(own, counted(own.facet.grouped_by, values, counts), question, is_short)
    return facet_group(own.facet, question, own.values, own.counts, is_short)


def facet_group(
    facet: Facet, question: Question, values: ValueSet, counts: Mapping[str, int], is_short: bool = False
) -> FacetGroup:
    """A facet with each value that some trial has or that is chosen, below those that it stands under."""
    own = Counted(facet, values, counts)
    present, has_missing = own.shown(question), own.has_missing(question)
    value_count = len(present) + has_missing
    is_cut = is_short and value_count > LONG
    if is_cut:
        chosen = question.values(facet.key)
        present = [*nlargest(SHOWN, present, key=lambda slug: counts.get(slug, 0)), *chosen]
    top = _tree(_with_ancestors(present, values.values), facet, question, values, counts)
    if has_missing:
        top = (*top, _choice(facet, question, Value(NOT_STATED, facet.missing), counts))
    chosen_count = len(question.values(facet.key))
    return FacetGroup(
        key=facet.key,
        label=facet.label,
        help=facet.help,
        is_open=facet.is_open or bool(chosen_count),
        chosen_count=chosen_count,
        choices=top,
        value_count=value_count,
        all_url=whole_list_url(facet.key, question) if is_cut else "",
    )


def grouped(own: Counted, above: Counted, question: Question, is_short: bool = False) -> FacetGroup:
    """A facet below the values of another: each value stands under every one that it belongs to.

    What belongs to none stands under the other's “not stated”. A long tree is cut as two long lists are. Where no value
    of the other leads anywhere there is but a list.
    """
    facet, present, over = own.facet, own.shown(question), above.shown(question)
    if not over:
        return facet_group(facet, question, own.values, own.counts, is_short)
    has_missing = own.has_missing(question)
    value_count = len(present) + has_missing + len(over) + above.has_missing(question)
    is_cut = is_short and value_count > LONG
    if is_cut:
        present, over = own.most(present, question), above.most(over, question)
    top = _heads(present, over, own, above, question)
    if has_missing:
        top.append(_choice(facet, question, Value(NOT_STATED, facet.missing), own.counts))
    chosen_count = len(question.values(facet.key)) + len(question.values(above.facet.key))
    return FacetGroup(
        key=facet.key,
        label=f"{above.facet.label} and {facet.label.lower()}",
        help=facet.help,
        is_open=facet.is_open or bool(chosen_count),
        chosen_count=chosen_count,
        choices=tuple(top),
        value_count=value_count,
        all_url=whole_list_url(facet.key, question) if is_cut else "",
    )


def _heads(present: list[str], over: list[str], own: Counted, above: Counted, question: Question) -> list[Choice]:
    """The values of the facet above, each with those of the other that stand under it."""
    below = _below(_with_ancestors(present, own.values.values), over, own, above)
    heads = [slug for slug in above.values.values if slug in over or slug in below]
    if above.facet.by_count:
        heads.sort(key=lambda slug: -above.counts.get(slug, 0))
    named = [above.values.values[slug] for slug in heads]
    if above.has_missing(question) or NOT_STATED in below:
        named.append(Value(NOT_STATED, above.facet.missing))
    trees = [_tree(below[value.slug], own.facet, question, own.values, own.counts) for value in named]
    return [_choice(above.facet, question, value, above.counts, tree) for value, tree in zip(named, trees, strict=True)]


def _below(slugs: Iterable[str], over: Collection[str], own: Counted, above: Counted) -> defaultdict[str, list[str]]:
    """Which of these values stand under each value of the other facet; one whose places are all left out keeps the
    most frequent."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    term_of = {value.slug: pk for pk, value in own.values.terms.items()}
    for slug in slugs:
        places = sorted(above.values.expand((own.facet.key, term_of[slug])))
        kept = [place for place in places if place in over]
        if places and not kept:
            kept = [max(places, key=lambda place: above.counts.get(place, 0))]
        for place in kept or [NOT_STATED]:
            below[place].append(slug)
    return below


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
        parent = values.values[slug].parent
        below[parent if parent in slugs else ""].append(slug)

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
