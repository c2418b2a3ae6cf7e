"""Facets whose values pages show under those of another: the conditions under their areas, as one tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from trials.search import facets
from trials.search.declaring import Facet
from trials.search.groups import (
    LONG,
    Choice,
    FacetGroup,
    choices_of,
    chooser,
    facet_group,
    in_tree_order,
    most_frequent,
    present_values,
    whole_list_url,
    with_ancestors,
)
from trials.search.question import Question
from trials.search.values import NOT_STATED, Value, ValueSet


@dataclass(frozen=True)
class Counted:
    """A facet with its values and how many trials each gives."""

    facet: Facet
    values: ValueSet
    counts: Mapping[str, int]

    def present(self, question: Question) -> list[str]:
        """The values that lead somewhere or are chosen, “not stated” last."""
        return present_values(self.facet, question, self.values, self.counts)

    def most(self, present: list[str], question: Question) -> list[str]:
        """Of a long list the most frequent values, the chosen ones and “not stated”."""
        return most_frequent(present, question.values(self.facet.key), self.counts) if len(present) > LONG else present


def counted(key: str, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]) -> Counted:
    return Counted(facets.by_key()[key], values[key], counts[key])


def grouping(facet: Facet, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]) -> Counted | None:
    """The facet that groups this one, if any."""
    return counted(facet.grouped_by, values, counts) if facet.grouped_by else None


def short_groups(
    question: Question, values: Mapping[str, ValueSet], counts: Mapping[str, Mapping[str, int]]
) -> tuple[FacetGroup, ...]:
    """Every facet; of a long one the most frequent values, the chosen ones and “not stated”.

    A facet that groups another is shown there.
    """
    shown_elsewhere = {facet.grouped_by for facet in facets.FACETS}
    return tuple(
        facet_tree(facet.key, question, values, counts, is_short=True)
        for facet in facets.FACETS
        if facet.key not in shown_elsewhere
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
    above = grouping(own.facet, values, counts)
    if above:
        return grouped(own, above, question, is_short)
    return facet_group(own.facet, question, own.values, own.counts, is_short)


def grouped(own: Counted, above: Counted, question: Question, is_short: bool = False) -> FacetGroup:
    """A facet below the values of another. A long tree is cut as two long lists are.

    Where no value of the other leads anywhere there is but a list.
    """
    facet, present, over = own.facet, own.present(question), above.present(question)
    if not _any_stated(over):
        return facet_group(facet, question, own.values, own.counts, is_short)
    value_count = len(present) + len(over)
    is_cut = is_short and value_count > LONG
    if is_cut:
        present, over = own.most(present, question), above.most(over, question)
    tree = Tree(own, above, question, _branches(present, over, own, above), value_count)
    return FacetGroup(
        key=facet.key,
        label=tree.label,
        help=facet.help,
        is_open=facet.is_open or bool(tree.chosen_count),
        chosen_count=tree.chosen_count,
        choices=tree.choices(tree.lines()),
        value_count=value_count,
        all_url=whole_list_url(facet.key, question) if is_cut else "",
    )


def whole_tree(own: Counted, above: Counted | None, question: Question) -> Tree:
    """Every value of a facet, below those of the one that groups it where some of them leads somewhere."""
    present, over = own.present(question), above.present(question) if above else []
    if above and _any_stated(over):
        return Tree(own, above, question, _branches(present, over, own, above), len(present) + len(over))
    return Tree(own, None, question, {"": Branch(present, own.values)}, len(present))


def _any_stated(slugs: Iterable[str]) -> bool:
    return any(slug != NOT_STATED for slug in slugs)


@dataclass(frozen=True)
class Branch:
    """What stands under one value of the facet above: the values to show, and the tree that they are in there."""

    slugs: Collection[str]
    values: ValueSet


# A line of a tree: the value above, and one of those under it; without the second the value above itself. The first is
# empty for what stands under nothing.
Line = tuple[str, str]


@dataclass(frozen=True)
class Tree:
    """A facet's values by the value of another (`above`) that they stand under, or all under nothing.

    `value_count` values of both lead somewhere; in `branches` one may stand more than once.
    """

    own: Counted
    above: Counted | None
    question: Question
    branches: Mapping[str, Branch]
    value_count: int

    @property
    def label(self) -> str:
        label = self.own.facet.label
        return f"{self.above.facet.label} and {label.lower()}" if self.above else label

    @property
    def chosen_count(self) -> int:
        return sum(len(self.question.values(of.facet.key)) for of in (self.own, self.above) if of)

    def lines(self) -> Iterator[Line]:
        """All lines, each after the one that it stands under."""
        for head, branch in self.branches.items():
            if head:
                yield head, ""
            for slug in in_tree_order(branch.slugs, self.own.facet, branch.values, self.own.counts):
                yield head, slug

    def parent(self, line: Line) -> Line | None:
        """The line that one stands under."""
        head, slug = line
        value = self.branches[head].values.values.get(slug)
        if value and value.parent:
            return head, value.parent
        return (head, "") if head and slug else None

    def choices(self, lines: Iterable[Line], also: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Choice, ...]:
        """The choices of these lines, below those that they stand under. `also` has other names, by facet and value."""
        slugs_of: defaultdict[str, list[str]] = defaultdict(list)
        for head, slug in lines:
            slugs_of[head].append(slug)
        names, top = also or {}, list[Choice]()
        for head, slugs in slugs_of.items():
            facet, values, shown = self.own.facet, self.branches[head].values, [slug for slug in slugs if slug]
            path = f"{self.above.facet.key}.{head}" if head and self.above else ""
            below = choices_of(shown, facet, self.question, values, self.own.counts, names.get(facet.key), path)
            top += [_head(head, below, self.above, self.question, names, path)] if head and self.above else below
        return tuple(top)


def _head(
    slug: str,
    below: tuple[Choice, ...],
    above: Counted,
    question: Question,
    also: Mapping[str, Mapping[str, str]],
    path: str,
) -> Choice:
    """The choice of a value of the facet above, with what stands under it."""
    value = Value(NOT_STATED, above.facet.missing) if slug == NOT_STATED else above.values.values[slug]
    return chooser(above.facet, question, above.counts, also.get(above.facet.key))(value, below, path)


def _branches(present: Collection[str], over: Collection[str], own: Counted, above: Counted) -> dict[str, Branch]:
    """Each value of the facet above with those that stand under it; last and under nothing what is not stated."""
    below = _below(with_ancestors(present, own.values), over, own, above)
    heads = [slug for slug in above.values.values if slug in over or slug in below]
    if above.facet.by_count:
        heads.sort(key=lambda slug: -above.counts.get(slug, 0))
    if NOT_STATED in over or NOT_STATED in below:
        heads.append(NOT_STATED)
    branches = {head: _branch(below[head], own.values.values) for head in heads}
    if NOT_STATED in present:
        branches[""] = Branch([NOT_STATED], _set_of({}))
    return branches


def _branch(slugs: Collection[str], values: Mapping[str, Value]) -> Branch:
    """Some values as a tree of their own: one whose broader value is not among them stands at its top."""
    among = {slug: values[slug] for slug in slugs}
    return Branch(
        slugs,
        _set_of(
            {
                slug: value if value.parent in among or not value.parent else replace(value, parent="")
                for slug, value in among.items()
            }
        ),
    )


def _set_of(values: Mapping[str, Value]) -> ValueSet:
    return ValueSet(values, lambda stored: ())


def _below(slugs: Collection[str], over: Collection[str], own: Counted, above: Counted) -> Mapping[str, list[str]]:
    """Which of these values stand under each value of the other facet; one whose places are all left out keeps the
    most frequent, and what has no place is under “not stated”."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    among = set(over)
    for slug in slugs:
        places = sorted(above.values.expand((own.facet.key, own.values.term_of[slug])))
        kept = [place for place in places if place in among]
        if places and not kept:
            kept = [max(places, key=lambda place: above.counts.get(place, 0))]
        for place in kept or [NOT_STATED]:
            below[place].append(slug)
    return below
