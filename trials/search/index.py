"""The facet index: which public trials hold which value, in memory, never changed in place.

`build` reads it from the tables, `FacetIndex.patched` makes another one with some trials read anew that shares all
else, and `answer` counts. Both read the database as it is in the caller's snapshot (`search.live`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyroaring import BitMap

from trials.search import facets
from trials.search.bearing import Bearers
from trials.search.bitmaps import NOTHING, Span, Spans, union
from trials.search.counting import Counting, forwards
from trials.search.declaring import Facet
from trials.search.orders import Order
from trials.search.places import Gazetteer, gazetteer_of
from trials.search.question import PAGE_SIZE, Question
from trials.search.sorting import all_orders, dose_order, dose_orders, orders_changed, sorted_by
from trials.search.stored import Stored
from trials.search.values import NOT_STATED, ValueSet

if TYPE_CHECKING:
    from trials.search.forward import Forward

Members = Mapping[str, BitMap]
# Stored value -> the trials that hold it.
Direct = Mapping[Any, BitMap]


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
    ancestors and combined values worked in. `forward` has those of many values the other way round.
    """

    state: State
    public: BitMap
    direct: Mapping[str, Direct]
    places: Direct
    spans: Mapping[str, Spans]
    orders: Mapping[str, Order]
    values: Mapping[str, ValueSet]
    members: Mapping[str, Members]
    forward: Forward | None = None
    bearers: Bearers = field(default_factory=Bearers)

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
        counting, counts = Counting(self.public, self.counts, self.forward, found), dict[str, Mapping[str, int]]()
        for key, members in self.members.items():
            base = found
            if key in matching:
                # A facet ignores its own choice: its counts say what another of its values would give.
                base = rest.intersection(*(ids for other, ids in matching.items() if other != key))
            counts[key] = counting.within(base, key, members)
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
        page = list(self.orders[dose_order(basis)].page(stated, start, PAGE_SIZE))
        rest = found - stated
        first = max(0, start - len(stated))
        return page + list(rest[first : first + PAGE_SIZE - len(page)]) if len(page) < PAGE_SIZE and rest else page

    def patched(self, state: State, trials: Collection[int], terms_changed: bool) -> FacetIndex:
        """The index of a later state, in which these trials, and perhaps the terms, differ."""
        changed = BitMap(trials)
        cards = {card.pk: card for card in sorted_by(trials)}
        here = BitMap(cards)
        public = (self.public - changed) | here
        values = dict(self.values)
        found = Stored.of(trials, here)
        direct, members = {}, {}
        for facet in facets.FACETS:
            stored = found.direct[facet.key]
            direct[facet.key] = _replaced(self.direct[facet.key], changed, stored)
            is_new = facet.values_of is not None and direct[facet.key].keys() != self.direct[facet.key].keys()
            if terms_changed or is_new:
                values[facet.key] = facet.values_from(direct[facet.key])
                members[facet.key] = _members(facet, values[facet.key], direct[facet.key], public)
            else:
                under = _under(facet, values[facet.key], stored, here)
                members[facet.key] = _replaced(self.members[facet.key], changed, under)
        gone = dict.fromkeys(changed)
        return FacetIndex(
            state=state,
            public=public,
            direct=direct,
            places=_replaced(self.places, changed, found.places),
            spans={key: self.spans[key].changed({**gone, **_by_id(spans)}) for key, spans in found.spans.items()},
            orders=orders_changed(self.orders, changed, cards, public, found.doses),
            values=values,
            members=members,
            forward=forwards(public, members, self.forward, self.members),
            bearers=self.bearers.after(changed),
        )


def build(state: State) -> FacetIndex:
    """The index of all public trials, read from the tables."""
    public, orders = all_orders()
    stored = Stored.of(None, public)
    return complete(
        state=state,
        public=public,
        direct={key: _bitmaps(direct) for key, direct in stored.direct.items()},
        places=_bitmaps(stored.places),
        spans={key: Spans.of_groups(spans) for key, spans in stored.spans.items()},
        orders={**orders, **dose_orders(stored.doses)},
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
    values = {facet.key: facet.values_from(direct[facet.key]) for facet in facets.FACETS}
    members = {facet.key: _members(facet, values[facet.key], direct[facet.key], public) for facet in facets.FACETS}
    return FacetIndex(state, public, direct, places, spans, orders, values, members, forwards(public, members))


def _bitmaps(found: Mapping[Any, Iterable[int]]) -> Direct:
    return {stored: BitMap(ids) for stored, ids in found.items()}


def _members(facet: Facet, values: ValueSet, direct: Direct, public: BitMap) -> Members:
    """Trials under each slug of a facet, and under “not stated” those that have none."""
    parts: defaultdict[str, list[BitMap]] = defaultdict(list)
    for stored, ids in direct.items():
        for slug in values.expand(stored):
            parts[slug].append(ids)
    # A value that only its own rows count for shares their bitmap.
    members = {slug: bitmaps[0] if len(bitmaps) == 1 else union(bitmaps) for slug, bitmaps in parts.items()}
    if facet.missing:
        members[NOT_STATED] = public - union(members.values())
    return members


def _by_id(spans: Mapping[Span, Iterable[int]]) -> dict[int, Span]:
    return {pk: span for span, ids in spans.items() for pk in ids}


def _under(
    facet: Facet, values: ValueSet, direct: Mapping[Any, Iterable[int]], public: BitMap
) -> Mapping[str, set[int]]:
    """The same for a few trials, as sets."""
    under: defaultdict[str, set[int]] = defaultdict(set)
    for stored, ids in direct.items():
        for slug in values.expand(stored):
            under[slug].update(ids)
    if facet.missing:
        under[NOT_STATED] = set(public).difference(*under.values())
    return under


def _replaced(held: Mapping[Any, BitMap], changed: BitMap, now: Mapping[Any, Iterable[int]]) -> Mapping[Any, BitMap]:
    """`held` with the changed ids under just those values that `now` names. Bitmaps that stay the same are shared."""
    others: dict[Any, BitMap] = {}
    for stored in {*_holding(held, changed), *(stored for stored in now if stored in held)}:
        ids, wanted = held[stored], BitMap(now.get(stored, ()))
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


def _holding(held: Mapping[Any, BitMap], changed: BitMap) -> list[Any]:
    """The values that hold any of the changed ids."""
    if len(changed) == 1:
        # There are thousands of values, and asking for one id takes a quarter of the time.
        [pk] = changed
        return [stored for stored, ids in held.items() if pk in ids]
    return [stored for stored, ids in held.items() if ids.intersect(changed)]
