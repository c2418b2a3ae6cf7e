"""Answers a question: how many trials, which, and what each further choice would give.

Membership is read from the tables for each question and combined with plain sets. That is slow for large catalogues
and plainly right: a faster index has this module to agree with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from trials.models import Registration, Trial
from trials.phrases import either
from trials.records import PartialDate
from trials.search import words
from trials.search.cards import Card, cards_of
from trials.search.facets import FACETS, Facet
from trials.search.filters import SORTS, Remark, read_question
from trials.search.question import AgeLimits, Question
from trials.search.values import NOT_STATED, ValueSet

PAGE_SIZE = 20

Members = Mapping[str, frozenset[int]]


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
    """A facet with the choices that lead somewhere. `is_open` says whether the page unfolds it."""

    key: str
    label: str
    help: str
    is_open: bool
    chosen_count: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Link:
    """An address with its words; `is_current` where it leads to what is shown."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Results:
    """Everything the browse page loops over."""

    question: Question
    remarks: tuple[Remark, ...]
    title: str
    total: int
    catalogue_total: int
    page: int
    page_count: int
    first: int
    last: int
    cards: tuple[Card, ...]
    facets: tuple[FacetGroup, ...]
    chips: tuple[Link, ...]
    clear_url: str
    sorts: tuple[Link, ...]
    pages: tuple[Link, ...]
    kept_by_search: tuple[tuple[str, str], ...]
    kept_by_ranges: tuple[tuple[str, str], ...]

    def facet(self, key: str) -> FacetGroup:
        return next(group for group in self.facets if group.key == key)


def answer(query: QueryDict) -> Results:
    """Reads a query string and answers it."""
    values = {facet.key: facet.values() for facet in FACETS}
    question, remarks = read_question(query, values)
    return browse(question, values, remarks)


def browse(question: Question, values: Mapping[str, ValueSet], remarks: tuple[Remark, ...] = ()) -> Results:
    """Total, counts and one page of cards for a question. `values` are the value sets by facet key."""
    public = _sort_keys()
    members = {facet.key: _members(facet, values[facet.key], frozenset(public)) for facet in FACETS}
    matching = {facet.key: _chosen(question, facet.key, members) for facet in FACETS if question.values(facet.key)}
    rest = _outside_facets(question, frozenset(public))
    found = rest.intersection(*matching.values())
    ordered = _in_order(found, public, question.sort)
    page_count = max(1, -(-len(ordered) // PAGE_SIZE))
    page = min(question.page, page_count)
    if page != question.page:
        remarks = (*remarks, Remark("page", str(question.page), f"is past the end; this is the last page, {page}"))
    start = (page - 1) * PAGE_SIZE
    shown = ordered[start : start + PAGE_SIZE]
    groups = []
    for facet in FACETS:
        # A facet ignores its own choice: its counts say what another of its values would give.
        others = [ids for key, ids in matching.items() if key != facet.key]
        groups.append(_group(facet, question, values[facet.key], members[facet.key], rest.intersection(*others)))
    return Results(
        question=question,
        remarks=remarks,
        title=describe(question, values),
        total=len(ordered),
        catalogue_total=len(public),
        page=page,
        page_count=page_count,
        first=start + 1 if shown else 0,
        last=start + len(shown),
        cards=cards_of(shown),
        facets=tuple(groups),
        chips=_chips(question, values),
        clear_url=_url(Question(sort=question.sort)),
        sorts=tuple(Link(label, _url(question.but(sort=key)), key == question.sort) for key, label in SORTS.items()),
        pages=_pages(question, page, page_count),
        kept_by_search=tuple(question.but(q="").parameters()),
        kept_by_ranges=tuple(question.but(age=None, start_from=None, start_to=None).parameters()),
    )


def describe(question: Question, values: Mapping[str, ValueSet]) -> str:
    """The question in words, as the page's title."""
    parts = []
    for facet in FACETS:
        chosen = question.values(facet.key)
        stated = [values[facet.key].values[slug].label for slug in chosen if slug != NOT_STATED]
        said = [facet.phrase.format(either(stated))] if stated else []
        if NOT_STATED in chosen:
            said.append(facet.missing_phrase)
        if said:
            parts.append(either(said))
    if question.age:
        parts.append(f"open to age {question.age.label}")
    if question.start_from:
        parts.append(f"started in {question.start_from.label} or later")
    if question.start_to:
        parts.append(f"started in {question.start_to.label} or earlier")
    if question.q:
        parts.append(f"that mention “{question.q}”")
    return f"Trials: {'; '.join(parts)}" if parts else "All cell-therapy trials"


def _label(facet: Facet, values: ValueSet, slug: str) -> str:
    return facet.missing.lower() if slug == NOT_STATED else values.values[slug].label


def _members(facet: Facet, values: ValueSet, public: frozenset[int]) -> Members:
    """Ids of the public trials under each slug of a facet, and under “not stated” those that have none."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for source in facet.sources:
        for trial, stored in source.pairs():
            if trial in public:
                for slug in values.expand(stored):
                    found[slug].add(trial)
    if facet.missing:
        found[NOT_STATED] |= public.difference(*found.values())
    return {slug: frozenset(ids) for slug, ids in found.items()}


def _chosen(question: Question, key: str, members: Mapping[str, Members]) -> frozenset[int]:
    """Trials under any chosen value of a facet."""
    return frozenset().union(*(members[key].get(slug, frozenset()) for slug in question.values(key)))


def _outside_facets(question: Question, public: frozenset[int]) -> frozenset[int]:
    """Public trials that match the words, the age and the dates."""
    found = set(public)
    if question.q:
        found &= words.find(question.q)
    age = question.age
    if age:
        limits = Trial.objects.values_list("pk", "min_age_years", "max_age_value", "max_age_unit")
        found &= {pk for pk, low, high, unit in limits if age.meets(AgeLimits.stated(low, high, unit))}
    if question.start_from or question.start_to:
        starts = Trial.objects.exclude(start_date=None).values_list("pk", "start_date")
        found &= {pk for pk, start in starts if start and _starts_within(start, question)}
    return frozenset(found)


def _starts_within(start: PartialDate, question: Question) -> bool:
    """Whether a trial may have started in the interval: an imprecise date counts if any of its days does."""
    after = question.start_from is None or start.last_day >= question.start_from.first_day
    before = question.start_to is None or start.first_day <= question.start_to.last_day
    return after and before


@dataclass(frozen=True)
class _SortKey:
    updated: PartialDate | None
    start: PartialDate | None
    title: str
    enrolment: int | None


def _sort_keys() -> dict[int, _SortKey]:
    """What each public trial sorts by, under its id."""
    rows = Trial.objects.public().values_list(
        "pk", "last_update_posted", "start_date", "display_title", "title", "enrollment_count"
    )
    newest = _newest_documents()
    return {
        pk: _SortKey(updated or newest.get(pk), start, words.fold(shown or title), enrolment)
        for pk, updated, start, shown, title, enrolment in rows
    }


def _newest_documents() -> dict[int, PartialDate]:
    """The newest date that any registration or copy of a trial gives of its last update."""
    newest: dict[int, PartialDate] = {}
    for trial, updated in Registration.objects.exclude(updated=None).values_list("trial_id", "updated"):
        if updated and (trial not in newest or newest[trial] < updated):
            newest[trial] = updated
    return newest


def _in_order(found: frozenset[int], keys: Mapping[int, _SortKey], sort: str) -> list[int]:
    """Newest, largest or first in the alphabet; what is not stated comes last; equals by id."""

    def newest(date: PartialDate | None) -> int:
        return -date.first_day.toordinal() if date else 0

    order: dict[str, Callable[[int], tuple[object, ...]]] = {
        "updated": lambda pk: (newest(keys[pk].updated), pk),
        "start": lambda pk: (newest(keys[pk].start), pk),
        "title": lambda pk: (keys[pk].title, pk),
        # An enrolment of 0 is a number; only a missing one comes after it.
        "enrolment": lambda pk: (keys[pk].enrolment is None, -(keys[pk].enrolment or 0), pk),
    }
    return sorted(found, key=order[sort])


def _group(facet: Facet, question: Question, values: ValueSet, members: Members, base: frozenset[int]) -> FacetGroup:
    chosen = question.values(facet.key)
    counts = {slug: len(ids & base) for slug, ids in members.items()}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for value in values.values.values():
        below[value.parent].append(value.slug)

    def choices_under(parent: str) -> tuple[Choice, ...]:
        found = []
        for slug in below[parent]:
            children = choices_under(slug)
            if counts.get(slug) or slug in chosen or children:
                found.append(choice(slug, values.values[slug].label, children))
        if facet.by_count:
            found.sort(key=lambda choice: -choice.count)
        return tuple(found)

    def choice(slug: str, label: str, children: tuple[Choice, ...] = ()) -> Choice:
        url = _url(question.toggled(facet.key, slug))
        return Choice(slug, label, counts.get(slug, 0), slug in chosen, url, children)

    top = choices_under("")
    if facet.missing and (counts.get(NOT_STATED) or NOT_STATED in chosen):
        top = (*top, choice(NOT_STATED, facet.missing))
    return FacetGroup(facet.key, facet.label, facet.help, facet.is_open or bool(chosen), len(chosen), top)


def _chips(question: Question, values: Mapping[str, ValueSet]) -> tuple[Link, ...]:
    chips = [Link(f"“{question.q}”", _url(question.but(q="")))] if question.q else []
    for facet in FACETS:
        for slug in question.values(facet.key):
            label = f"{facet.label}: {_label(facet, values[facet.key], slug)}"
            chips.append(Link(label, _url(question.toggled(facet.key, slug))))
    if question.age:
        chips.append(Link(f"Age {question.age.label}", _url(question.but(age=None))))
    if question.start_from:
        chips.append(Link(f"Started from {question.start_from.label}", _url(question.but(start_from=None))))
    if question.start_to:
        chips.append(Link(f"Started until {question.start_to.label}", _url(question.but(start_to=None))))
    return tuple(chips)


def _pages(question: Question, page: int, page_count: int) -> tuple[Link, ...]:
    """Links to the neighbours, the first and the last page; none where there is one page."""
    if page_count == 1:
        return ()
    near = [number for number in range(page - 2, page + 3) if 1 <= number <= page_count]
    numbers = sorted({1, page_count, *near})
    return tuple(Link(str(number), _url(question.but(page=number)), number == page) for number in numbers)


def _url(question: Question) -> str:
    query = question.query_string()
    return f"{reverse('browse')}?{query}" if query else reverse("browse")
