"""The facet index: which public trials hold which value, in memory, never changed in place.

`build` reads it from the tables, `FacetIndex.patched` makes another one with some trials read anew that shares all
else, and `answer` counts. Both read the database as it is in the caller's snapshot (`search.live`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyroaring import BitMap

from trials.models import Card
from trials.models.choices import State as TrialState
from trials.search import facets
from trials.search.bitmaps import NOTHING, Spans, union
from trials.search.facets import PLACES, Facet
from trials.search.orders import Order, descending, dose_rank, placed, spaced
from trials.search.places import Gazetteer, gazetteer_of
from trials.search.question import PAGE_SIZE, Question
from trials.search.values import NOT_STATED, ValueSet

Members = Mapping[str, BitMap]
# Stored value -> the trials that hold it.
Direct = Mapping[Any, BitMap]
# Beyond so many changed trials the order of titles is read anew: finding a place takes two queries.
MOST_PLACED = 500


@dataclass(frozen=True)
class State:
    """The catalogue's state that an index was made from: see `models.CatalogueState`."""

    catalogue: str
    revision: int
    token: str


@dataclass(frozen=True)
class Answer:
    """Which trials a question finds: how many, one page of their ids, and for each facet how many trials each value
    would leave. Counts of 0 may be missing."""

    total: int
    catalogue_total: int
    page: int
    page_count: int
    ids: tuple[int, ...]
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class FacetIndex:
    """Everything that a question is answered from but its words.

    `direct` and `members` are by facet key: stored values as the tables hold them, and the values that a page shows,
    ancestors and combined values worked in.
    """

    state: State
    public: BitMap
    direct: Mapping[str, Direct]
    places: Direct
    spans: Mapping[str, Spans]
    orders: Mapping[str, Order]
    values: Mapping[str, ValueSet]
    members: Mapping[str, Members]

    @property
    def token(self) -> str:
        """Names the state for what is kept beside it."""
        return self.state.token

    @cached_property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """How many trials hold each value, by facet key."""
        return {key: {slug: len(ids) for slug, ids in members.items()} for key, members in self.members.items()}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The cities that the catalogue knows."""
        return gazetteer_of(self.places)

    def found(self, question: Question, text: BitMap | None = None) -> BitMap:
        """Ids of the trials that a question finds; `text` holds those that have its words."""
        return self._outside_facets(question, text).intersection(*self._matching(question).values())

    def answer(self, question: Question, tiers: tuple[BitMap, ...] | None = None) -> Answer:
        """Answers a question. `tiers` are the trials that have its words, best first, each with those before it."""
        matching = self._matching(question)
        rest = self._outside_facets(question, tiers[-1] if tiers else None)
        found = rest.intersection(*matching.values())
        counts: dict[str, Mapping[str, int]] = {}
        for key, members in self.members.items():
            base = found
            if key in matching:
                # A facet ignores its own choice: its counts say what another of its values would give.
                base = rest.intersection(*(ids for other, ids in matching.items() if other != key))
            if len(base) == len(self.public):
                counts[key] = self.counts[key]
            else:
                counts[key] = {slug: ids.intersection_cardinality(base) for slug, ids in members.items()}
        page_count = max(1, -(-len(found) // PAGE_SIZE))
        page = min(question.page, page_count)
        ids = self._page(found, question, tiers, (page - 1) * PAGE_SIZE)
        return Answer(len(found), len(self.public), page, page_count, tuple(ids), counts)

    def _matching(self, question: Question) -> dict[str, BitMap]:
        """For each facet with a choice the trials under any of its chosen values."""
        return {
            key: union(self.members[key].get(slug, NOTHING) for slug in slugs)
            for key, slugs in question.chosen
            if slugs
        }

    def _outside_facets(self, question: Question, text: BitMap | None) -> BitMap:
        found = self.public if text is None else self.public & text
        for key, (low, high) in question.spans().items():
            found = found & self.spans[key].meeting(low, high)
        if question.near is not None:
            found = found & union(self.places[place] for place in self.gazetteer.within(question.near))
        return found

    def _page(self, found: BitMap, question: Question, tiers: tuple[BitMap, ...] | None, start: int) -> list[int]:
        if question.order == "dose":
            return self._page_by_dose(found, question.basis or facets.USUAL_BASIS, start)
        if question.order != "relevance" or not tiers:
            key = "updated" if question.order == "relevance" else question.order
            return list(self.orders[key].page(found, start, PAGE_SIZE))
        page: list[int] = []
        better = BitMap()
        for tier in tiers:
            level = (found & tier) - better
            if start < len(level):
                page += self.orders["updated"].page(level, start, PAGE_SIZE - len(page))
            start = max(0, start - len(level))
            if len(page) == PAGE_SIZE:
                break
            better |= level
        return page

    def _page_by_dose(self, found: BitMap, basis: str, start: int) -> list[int]:
        """Trials with a dose in this basis, the largest first; then those without, by id."""
        stated = found & self.members[facets.DOSE].get(basis, NOTHING)
        page = list(self.orders[f"dose-{basis}"].page(stated, start, PAGE_SIZE))
        rest = found - stated
        first = max(0, start - len(stated))
        return page + list(rest[first : first + PAGE_SIZE - len(page)]) if len(page) < PAGE_SIZE and rest else page

    def patched(self, state: State, trials: Collection[int], terms_changed: bool) -> FacetIndex:
        """The index of a later state, in which these trials, and perhaps the terms, differ."""
        changed = BitMap(trials)
        cards = _cards(trials)
        here = BitMap(cards)
        public = (self.public - changed) | here
        values = {facet.key: facet.values() for facet in facets.FACETS} if terms_changed else self.values
        direct, members = {}, {}
        for facet in facets.FACETS:
            stored = _pairs(facet.sources, trials, here)
            direct[facet.key] = _replaced(self.direct[facet.key], changed, stored)
            is_new = facet.values_vary and direct[facet.key].keys() != self.direct[facet.key].keys()
            if terms_changed or is_new:
                values = {**values, facet.key: facet.values()}
                members[facet.key] = _members(facet, values[facet.key], direct[facet.key], public)
            else:
                expand = values[facet.key].expand
                under: defaultdict[str, set[int]] = defaultdict(set)
                for stored_value, ids in stored.items():
                    for slug in expand(stored_value):
                        under[slug].update(ids)
                if facet.missing:
                    under[NOT_STATED] = set(here).difference(*under.values())
                members[facet.key] = _replaced(self.members[facet.key], changed, under)
        return FacetIndex(
            state=state,
            public=public,
            direct=direct,
            places=_replaced(self.places, changed, _pairs((PLACES,), trials, here)),
            spans={
                item.key: self.spans[item.key].changed(
                    dict.fromkeys(changed) | {pk: span for pk, span in item.pairs(trials) if pk in here}
                )
                for item in facets.RANGES
            },
            orders={
                **_orders_changed(self.orders, changed, cards, public),
                **_dose_orders_changed(self.orders, changed, _doses(trials, here)),
            },
            values=values,
            members=members,
        )


def build(state: State) -> FacetIndex:
    """The index of all public trials, read from the tables."""
    cards = _cards(None)
    public = BitMap(cards)
    direct = {facet.key: _bitmaps(_pairs(facet.sources, None, public)) for facet in facets.FACETS}
    by_title = sorted(cards, key=lambda pk: (cards[pk].title_key, pk))
    return complete(
        state=state,
        public=public,
        direct=direct,
        places=_bitmaps(_pairs((PLACES,), None, public)),
        spans={item.key: Spans.of({pk: span for pk, span in item.pairs() if pk in public}) for item in facets.RANGES},
        orders={
            **{
                key: Order.of({pk: sort_key(card, pk) for pk, card in cards.items()}) for key, sort_key in _SORT.items()
            },
            "title": Order.of(spaced(by_title)),
            **{f"dose-{basis}": Order.of(keys) for basis, keys in _doses(None, public).items()},
        },
    )


def complete(
    state: State,
    public: BitMap,
    direct: Mapping[str, Direct],
    places: Direct,
    spans: Mapping[str, Spans],
    orders: Mapping[str, Order],
) -> FacetIndex:
    """An index from what the tables hold, the terms read from the tables now."""
    values = {facet.key: facet.values() for facet in facets.FACETS}
    members = {facet.key: _members(facet, values[facet.key], direct[facet.key], public) for facet in facets.FACETS}
    return FacetIndex(state, public, direct, places, spans, orders, values, members)


@dataclass(frozen=True)
class _Sorted:
    """What a trial sorts by."""

    updated_day: int | None
    start_day: int | None
    enrolment: int | None
    title_key: bytes


_SORT = {
    "updated": lambda card, pk: descending(card.updated_day, pk),
    "start": lambda card, pk: descending(card.start_day, pk),
    "enrolment": lambda card, pk: descending(card.enrolment, pk),
}


def _cards(trials: Collection[int] | None) -> dict[int, _Sorted]:
    rows = Card.objects.filter(trial__state=TrialState.PUBLISHED)
    if trials is not None:
        rows = rows.filter(pk__in=trials)
    found = rows.values_list("pk", "updated_day", "start_day", "enrolment", "title_key")
    return {
        pk: _Sorted(updated, start, enrolment, bytes(title))
        for pk, updated, start, enrolment, title in found.iterator(chunk_size=10_000)
    }


def _pairs(sources: Iterable[Any], trials: Collection[int] | None, public: BitMap) -> dict[Any, list[int]]:
    """The trials of `public` that hold each stored value."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for source in sources if public else ():
        for trial, stored in source.pairs(trials):
            if trial in public:
                found[stored].append(trial)
    return found


def _bitmaps(found: Mapping[Any, Iterable[int]]) -> Direct:
    return {stored: BitMap(ids) for stored, ids in found.items()}


def _members(facet: Facet, values: ValueSet, direct: Direct, public: BitMap) -> Members:
    """Trials under each slug of a facet, and under “not stated” those that have none."""
    parts: defaultdict[str, list[BitMap]] = defaultdict(list)
    for stored, ids in direct.items():
        for slug in values.expand(stored):
            parts[slug].append(ids)
    members = {slug: union(bitmaps) for slug, bitmaps in parts.items()}
    if facet.missing:
        members[NOT_STATED] = public - union(members.values())
    return members


def _replaced(held: Mapping[Any, BitMap], changed: BitMap, now: Mapping[Any, Iterable[int]]) -> Mapping[Any, BitMap]:
    """`held` with the changed ids under just those values that `now` names. Bitmaps that stay the same are shared."""
    others: dict[Any, BitMap] = {}
    for stored, ids in held.items():
        if stored in now or ids.intersect(changed):
            wanted = BitMap(now.get(stored, ()))
            if (ids & changed) != wanted:
                others[stored] = (ids - changed) | wanted
    others |= {stored: BitMap(some) for stored, some in now.items() if stored not in held}
    if not others:
        return held
    fresh = {**held, **others}
    for stored, ids in others.items():
        if not ids:
            del fresh[stored]
    return fresh


def _orders_changed(
    orders: Mapping[str, Order], changed: BitMap, cards: Mapping[int, _Sorted], public: BitMap
) -> dict[str, Order]:
    fresh = {
        key: orders[key].changed({pk: sort_key(cards[pk], pk) if pk in cards else None for pk in changed})
        for key, sort_key in _SORT.items()
    }
    return {**fresh, "title": _titles_changed(orders["title"], changed, cards, public)}


def _doses(trials: Collection[int] | None, public: BitMap) -> dict[str, dict[int, int]]:
    """For each basis the sort keys of the trials of `public` with a dose in it, the largest dose first."""
    slugs = {basis: slug for slug, basis in facets.BASES.items()}
    found: dict[str, dict[int, int]] = {slug: {} for slug in facets.BASES}
    for trial, (basis, low, high) in facets.AMOUNTS.pairs(trials) if public else ():
        if trial in public:
            key = descending(dose_rank(high if high is not None else low), trial)
            keys = found[slugs[basis]]
            keys[trial] = min(key, keys.get(trial, key))
    return found


def _dose_orders_changed(
    orders: Mapping[str, Order], changed: BitMap, doses: Mapping[str, Mapping[int, int]]
) -> dict[str, Order]:
    return {
        f"dose-{basis}": orders[f"dose-{basis}"].changed({pk: keys.get(pk) for pk in changed})
        for basis, keys in doses.items()
    }


def _titles_changed(order: Order, changed: BitMap, cards: Mapping[int, _Sorted], public: BitMap) -> Order:
    """The order of titles with some trials moved: each goes just behind the one before it in the tables."""
    if len(cards) > MOST_PLACED:
        return _titles(public)
    runs: defaultdict[int | None, list[int]] = defaultdict(list)
    # The trial that stays, or None for the very start, behind which each that moves comes.
    behind: dict[int, int | None] = {}
    for pk in sorted(cards, key=lambda pk: (cards[pk].title_key, pk)):
        before = _title_before(cards[pk].title_key, pk)
        if before is not None and before not in public:
            # The tables hold a card that the log never told of.
            return _titles(public)
        if pk not in order or before in behind or order.before(pk) != before:
            behind[pk] = before if before is None else behind.get(before, before)
            runs[behind[pk]].append(pk)
    gone = changed - BitMap(cards)
    return placed(order.changed(dict.fromkeys([*gone, *behind])), runs)


def _titles(public: BitMap) -> Order:
    """The order of titles, read from the tables."""
    rows = Card.objects.order_by("title_key", "pk").values_list("pk", flat=True)
    return Order.of(spaced(pk for pk in rows.iterator(chunk_size=10_000) if pk in public))


def _title_before(title: bytes, pk: int) -> int | None:
    """The public trial whose title comes just before this one."""
    rows = Card.objects.filter(trial__state=TrialState.PUBLISHED)
    same = rows.filter(title_key=title, pk__lt=pk).order_by("-pk")
    lower = rows.filter(title_key__lt=title).order_by("-title_key", "-pk")
    return same.values_list("pk", flat=True).first() or lower.values_list("pk", flat=True).first()
