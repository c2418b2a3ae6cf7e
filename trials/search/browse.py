"""Answers a query string: which trials, how many, and what each further choice would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from pyroaring import BitMap

from trials.models.trial import slug_numbered
from trials.phrases import count, either, in_sentence
from trials.search import asking, facets
from trials.search.cards import ResultCard, marked, read_cards
from trials.search.cells import Cell, cells_of, listed
from trials.search.chips import Chip, chips_of
from trials.search.columns import COLUMNS, OF_CARD, Column, chosen_columns
from trials.search.filters import SORTS, Remark, read_question
from trials.search.grouping import facet_tree, short_groups
from trials.search.groups import Choice, FacetGroup, results_url, top_choices
from trials.search.index import Answer, FacetIndex
from trials.search.live import reading, reading_beside
from trials.search.question import PAGE_SIZE, Question
from trials.search.text.matching import Found
from trials.search.values import NOT_STATED, ValueSet


@dataclass(frozen=True)
class Link:
    """An address with its words; `is_current` where it leads to what is shown."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Drop:
    """What could be taken away where nothing was found, and how many trials there would be without it.

    `is_single` for one choice; where no single one helps, there are pairs.
    """

    label: str
    url: str
    count: int
    is_single: bool


@dataclass(frozen=True)
class Results:
    """Everything the browse page loops over."""

    question: Question
    remarks: tuple[Remark, ...]
    unknown: tuple[str, ...]
    suggestion: Link | None
    title: str
    total: int
    catalogue_total: int
    page: int
    page_count: int
    first: int
    last: int
    cards: tuple[ResultCard, ...]
    facets: tuple[FacetGroup, ...]
    chips: tuple[Chip, ...]
    drops: tuple[Drop, ...]
    clear_url: str
    sorts: tuple[Link, ...]
    pages: tuple[Link, ...]
    kept_by_search: tuple[tuple[str, str], ...]
    kept_by_ranges: tuple[tuple[str, str], ...]
    kept_by_columns: tuple[tuple[str, str], ...]
    views: tuple[Link, ...]
    columns: tuple[Column, ...]
    values: Mapping[str, ValueSet]
    counts: Mapping[str, Mapping[str, int]]

    @property
    def is_table(self) -> bool:
        """Whether the results are shown as a table."""
        return self.question.view == "table"

    @property
    def rows(self) -> tuple[tuple[ResultCard, tuple[Cell, ...]], ...]:
        """The results, each with what the page says of it."""
        cells = cells_of if self.is_table else listed
        return tuple((card, cells(card, self.columns)) for card in self.cards)

    @property
    def column_choices(self) -> tuple[tuple[Column, bool], ...]:
        """Every column that a table may have, and whether it has it."""
        return tuple((column, column in self.columns) for column in COLUMNS)

    @property
    def has_ranges(self) -> bool:
        """Whether an age, a date, a number or a place is asked for."""
        return bool(self.question.spans() or self.question.near)

    @property
    def pictured_query(self) -> str:
        """The question as the addresses of the landscape and the map take it."""
        return self.question.but().query_string()

    def facet(self, key: str) -> FacetGroup:
        """A facet with every value that leads somewhere."""
        return facet_tree(key, self.question, self.values, self.counts)

    def top(self, key: str, most: int) -> tuple[Choice, ...]:
        """The first values of a facet, without those that stand under others."""
        return top_choices(facets.by_key()[key], self.question, self.values[key], self.counts[key], most)


def answer(query: QueryDict) -> Results:
    """Reads a query string and answers it, everything as it was at one moment."""
    with reading() as index:
        question, remarks = read_question(query, index.values, lambda: index.gazetteer)
        return browse(question, index, remarks)


def answer_or_number(query: QueryDict) -> Results | str:
    """The same; or, where a registry number of a public trial was typed and nothing else, the trial's address."""
    words = query.get("q", "")
    is_alone = all(not value for name, value in query.items() if name != "q")
    asked = slug_numbered(words) if is_alone and any(mark.isdigit() for mark in words) else None
    with reading_beside(asked) as (index, slug):
        if slug:
            return str(slug)
        question, remarks = read_question(query, index.values, lambda: index.gazetteer)
        return browse(question, index, remarks)


def browse(question: Question, index: FacetIndex, remarks: tuple[Remark, ...] = ()) -> Results:
    """Total, counts and one page of cards for a question."""
    text = asking.find(question.q, index) if question.q else Found(())
    found = index.answer(question, text.tiers or None)
    cards = read_cards(found.ids, index.values)
    chips = chips_of(question, index.values)
    texts = {"": None, **({question.q: text.trials} if question.q else {})}
    drops = _drops(chips, index, texts) if found.catalogue_total and not found.total else ()
    if question.q:
        cards = tuple(marked(card, text.marks, _FOUND_IN[_tier(card.pk, text)]) for card in cards)
    return _results(question, index.values, found, cards, chips, drops, text, remarks)


# Choices that are tried in pairs, and the pairs that are offered.
_TRIED, _OFFERED = 12, 6


def _drops(chips: tuple[Chip, ...], index: FacetIndex, texts: dict[str, BitMap | None]) -> tuple[Drop, ...]:
    """The single choices without which something is found, or else the pairs, those that give most first. `texts` are
    the trials that texts of the search box find."""

    def drop(chip: Chip, *, is_single: bool) -> Drop:
        if chip.rest.q not in texts:
            texts[chip.rest.q] = asking.find(chip.rest.q, index).trials
        found = index.found(chip.rest, texts[chip.rest.q])
        return Drop(chip.label, chip.url, len(found), is_single)

    drops = [drop(chip, is_single=True) for chip in chips]
    if not any(one.count for one in drops):
        some = chips[:_TRIED]
        pairs = (
            Chip(f"{one.label} and {other.label}", other.rest)
            for place, one in enumerate(some)
            for other in chips_of(one.rest, index.values)
            if other.label in {later.label for later in some[place + 1 :]}
        )
        drops = sorted((drop(pair, is_single=False) for pair in pairs), key=lambda one: -one.count)[:_OFFERED]
    return tuple(sorted((one for one in drops if one.count), key=lambda one: -one.count))


# What to say where the words of a question stand in none of the fields that a card shows.
_FOUND_IN = ("", "", "", "the summary, arms, sites or sponsors", "the eligibility criteria")


def _tier(pk: int, text: Found) -> int:
    return next(place for place, trials in enumerate(text.tiers) if pk in trials)


def _results(
    question: Question,
    values: Mapping[str, ValueSet],
    found: Answer,
    cards: tuple[ResultCard, ...],
    chips: tuple[Chip, ...],
    drops: tuple[Drop, ...],
    text: Found,
    remarks: tuple[Remark, ...],
) -> Results:
    if found.page != question.page:
        past = Remark("page", str(question.page), f"is past the end; this is the last page, {found.page}")
        remarks = (*remarks, past)
    start = (found.page - 1) * PAGE_SIZE
    return Results(
        question=question,
        remarks=remarks,
        unknown=text.unknown,
        suggestion=_suggestion(question, text),
        title=describe(question, values),
        total=found.total,
        catalogue_total=found.catalogue_total,
        page=found.page,
        page_count=found.page_count,
        first=start + 1 if found.ids else 0,
        last=start + len(found.ids),
        cards=cards,
        facets=short_groups(question, values, found.counts),
        chips=chips,
        drops=drops,
        clear_url=results_url(_cleared(question)),
        sorts=_sorts(question),
        pages=page_links(found.page, found.page_count, lambda number: results_url(question.but(page=number))),
        kept_by_search=tuple(question.but(q="").parameters()),
        kept_by_ranges=tuple(_without_ranges(question).parameters()),
        kept_by_columns=tuple(question.but(columns=()).parameters()),
        views=_views(question),
        columns=chosen_columns(question.columns) if question.view == "table" else OF_CARD,
        values=values,
        counts=found.counts,
    )


def _cleared(question: Question) -> Question:
    """Every trial, in the same order and shown in the same way."""
    sort = question.sort if question.sort != "relevance" else ""
    return Question(sort=sort, view=question.view, columns=question.columns)


def _suggestion(question: Question, text: Found) -> Link | None:
    return Link(text.suggestion, results_url(question.but(q=text.suggestion))) if text.suggestion else None


def _without_ranges(question: Question) -> Question:
    return question.but(age=None, start_from=None, start_to=None, enrolment_from=None, enrolment_to=None, near=None)


def describe(question: Question, values: Mapping[str, ValueSet]) -> str:
    """The question in words, as the page's title."""
    parts = []
    for key, chosen in question.chosen:
        facet = facets.by_key()[key]
        stated = [values[key].values[slug].label for slug in chosen if slug != NOT_STATED]
        if facet.run_on:
            stated = [in_sentence(label) for label in stated]
        said = [facet.phrase.format(either(stated))] if stated else []
        if NOT_STATED in chosen:
            said.append(facet.missing_phrase)
        parts.append(either(said))
    if question.age:
        parts.append(f"open to age {question.age.label}")
    if question.start_from:
        parts.append(f"started in {question.start_from.label} or later")
    if question.start_to:
        parts.append(f"started in {question.start_to.label} or earlier")
    if question.enrolment_from is not None:
        parts.append(f"with {count(question.enrolment_from, 'participant')} or more")
    if question.enrolment_to is not None:
        parts.append(f"with {count(question.enrolment_to, 'participant')} or fewer")
    if question.near:
        parts.append(f"with a site within {question.near.km} km of {question.near.label}")
    if question.q:
        asked = asking.read(question.q)
        parts += [f"that mention “{asked.words}”"] if asked.words else []
        parts += [name.words for name in asked.names]
    return f"Trials: {'; '.join(parts)}" if parts else "All cell-therapy trials"


def _views(question: Question) -> tuple[Link, ...]:
    """The results as cards and as a table, on the page that is shown."""
    return (
        Link("Cards", results_url(question.but(view="", columns=(), page=question.page)), question.view != "table"),
        Link("Table", results_url(question.but(view="table", page=question.page)), question.view == "table"),
    )


def _sorts(question: Question) -> tuple[Link, ...]:
    """The orders; by relevance only where there are words to be relevant to."""
    usual = "relevance" if question.q else "updated"
    return tuple(
        Link(label, results_url(question.but(sort="" if key == usual else key)), key == question.order)
        for key, label in SORTS.items()
        if question.q or key != "relevance"
    )


def page_links(page: int, page_count: int, url: Callable[[int], str]) -> tuple[Link, ...]:
    """Links to the neighbours, the first and the last page; none where there is one page."""
    if page_count == 1:
        return ()
    near = [number for number in range(page - 2, page + 3) if 1 <= number <= page_count]
    return tuple(Link(str(number), url(number), number == page) for number in sorted({1, page_count, *near}))
