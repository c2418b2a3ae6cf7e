"""What somebody may mean who has begun to type: choices that lead to trials of the current question.

Each is counted as the page that it leads to counts it: a value of a facet as the facet does, a city by the trials
within the usual distance, a sponsor and an intervention by the trials that name them as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, nsmallest

from django.http import QueryDict
from pyroaring import BitMap

from trials.models import Card, NameKind
from trials.search import asking, facets, names
from trials.search.cards import read_cards
from trials.search.declaring import Facet
from trials.search.filters import MAX_QUERY_LENGTH, printable, read_question
from trials.search.folding import fold
from trials.search.groups import results_url
from trials.search.index import FacetIndex
from trials.search.places import City
from trials.search.question import DEFAULT_WITHIN, Question
from trials.search.text.keys import key, number_key
from trials.search.text.terms import pieces, tokens

LEAST_LETTERS = 2
LEAST_OF_TITLE = 3
LEAST_OF_NUMBER = 4
MOST = 10
MOST_OF_KIND = 3
# Cities, sponsors and interventions that are counted, of those that most trials have.
CONSIDERED = 8
# Titles, acronyms and numbers that are looked at, in the order of the alphabet.
READ = 200
# How well a name fits.
WHOLE, BEGINNING, LATER = 0, 1, 2


@dataclass(frozen=True)
class Suggestion:
    """A choice and the address that it leads to.

    `kind` says what it is, `also` is the other name of it that was typed, `hint` what else to know of it, `fit` how
    well it fits. The address finds `count` trials.
    """

    kind: str
    label: str
    count: int
    url: str
    fit: int
    also: str = ""
    hint: str = ""

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Sorts the best first; of what fits as well, terms come before names and names before trials."""
        return self.fit, _AFTER.get(self.kind, 0), -self.count, self.label


# Kinds that come after the facets.
_TRIAL = "Trial"
_AFTER = {**dict.fromkeys((str(kind.label) for kind in names.COUNTED), 1), _TRIAL: 2}


def suggest(query: QueryDict, index: FacetIndex) -> list[Suggestion]:
    """At most ten, the best first and those of one kind together. `q` is what was typed, the rest the question.

    The index and what is read beside it must be of one moment. Whatever cannot be used suggests nothing.
    """
    rest = query.copy()
    typed = printable((rest.pop("q", None) or [""])[-1])
    start = key(typed) if len(typed) <= MAX_QUERY_LENGTH else ""
    if len(start) < LEAST_LETTERS:
        return []
    question, _ = read_question(rest, index.values, lambda: index.gazetteer)
    asked = _Asked(question.but(), index, typed, start)
    return _best([*asked.terms(), *asked.places(), *asked.trials(), *asked.named()])


def _best(found: Iterable[Suggestion]) -> list[Suggestion]:
    """The very names first, then the best of each kind, then the second best."""
    of_kind: defaultdict[str, list[Suggestion]] = defaultdict(list)
    for one in found:
        if one.count:
            of_kind[one.kind].append(one)
    placed = []
    for some in of_kind.values():
        best = nsmallest(MOST_OF_KIND, some, key=lambda one: one.rank)
        placed += [(one.fit != WHOLE, place, one.rank, one) for place, one in enumerate(best)]
    chosen = [one for *_, one in nsmallest(MOST, placed, key=lambda row: row[:3])]
    kinds = list(dict.fromkeys(one.kind for one in chosen))
    return sorted(chosen, key=lambda one: (kinds.index(one.kind), one.rank))


def _once(found: Iterable[names.Named]) -> list[names.Named]:
    """The first of those names that the search box cannot tell apart: “Stem Cells” and “stem cell”."""
    by_tokens: dict[tuple[str, ...], names.Named] = {}
    for name in found:
        by_tokens.setdefault(tuple(tokens(pieces(name.label))), name)
    return list(by_tokens.values())


def _fit(start: str, found: str, place: int) -> int:
    """How well a name fits that holds `found`, from its word `place` on, for what begins with `start`."""
    if place:
        return LATER
    return WHOLE if found == start else BEGINNING


@dataclass(frozen=True)
class _Asked:
    """What was typed, as it stands and as a key, and the question beside it."""

    question: Question
    index: FacetIndex
    typed: str
    start: str

    @cached_property
    def found(self) -> BitMap:
        return self.index.found(self.question)

    def terms(self) -> Iterator[Suggestion]:
        """Terms of the vocabularies."""
        for facet in facets.FACETS:
            if facet.is_vocabulary:
                yield from self._values(facet, facet.label)

    def places(self) -> Iterator[Suggestion]:
        """Countries and cities."""
        yield from self._values(facets.by_key()["country"], "Place")
        gazetteer = self.index.gazetteer
        fits: dict[City, int] = {}
        for begun in gazetteer.starts.beginning(self.start):
            fit, city = _fit(self.start, begun.key, begun.place), gazetteer.cities[begun.bearer]
            fits[city] = min(fit, fits.get(city, fit))
        for city in nsmallest(CONSIDERED, fits, key=lambda city: (fits[city], -city.trials, city.label)):
            near = city.near(DEFAULT_WITHIN)
            if self.question.near is None or self.question.near.text != near.text:
                there = self.question.but(near=near)
                count = len(self.index.found(there))
                hint = f"within {near.km} km"
                yield Suggestion("Place", city.label, count, results_url(there), fits[city], hint=hint)

    def named(self) -> Iterator[Suggestion]:
        """Sponsors and interventions, asked for by their name."""
        for kind in names.COUNTED:
            found = _once(names.beginning(kind, self.start, CONSIDERED))
            # Without a question the names know their trials.
            trials = {} if self.question.is_empty else self.index.bearers.of(kind, [name.key for name in found])
            for name in found:
                count = name.trials if self.question.is_empty else len(trials.get(name.key, BitMap()) & self.found)
                text = asking.named(kind, name.label)
                if len(text) > MAX_QUERY_LENGTH:
                    continue
                url = results_url(self.question.but(q=text))
                fit = _fit(self.start, name.key, name.place)
                yield Suggestion(str(kind.label), name.label, count, url, fit)

    def trials(self) -> Iterator[Suggestion]:
        """Trials by their acronym or the beginning of their title; by a number whatever else is asked."""
        fits: dict[int, tuple[int, str]] = {}
        number = number_key(self.typed)
        is_number = len(number) >= LEAST_OF_NUMBER and any(mark.isdigit() for mark in number)
        for kind, name, label, trial in names.of_trials(self.start, number if is_number else "", READ):
            fit = WHOLE if name in (self.start, number) else BEGINNING
            if trial in (self.index.public if kind == NameKind.NUMBER else self.found):
                fits[trial] = min((fit, label), fits.get(trial, (fit, label)))
        for trial in self._titled():
            fits.setdefault(trial, (BEGINNING, ""))
        best = nsmallest(MOST_OF_KIND, fits, key=lambda trial: fits[trial][0])
        for card in read_cards(best, self.index.values) if best else ():
            fit, also = fits[card.pk]
            yield Suggestion(_TRIAL, card.title, 1, card.url, fit, also=also)

    def _titled(self) -> list[int]:
        begun = fold(self.typed).strip().encode()
        if len(begun) < LEAST_OF_TITLE:
            return []
        rows = Card.objects.filter(title_key__gte=begun, title_key__lt=begun + b"\xff").order_by("title_key", "trial")
        return [pk for pk in rows.values_list("pk", flat=True)[:READ] if pk in self.found]

    def _values(self, facet: Facet, kind: str) -> Iterator[Suggestion]:
        """Values of a facet that are not chosen yet, counted as the facet counts them: its own choices put aside."""
        fits: dict[str, tuple[int, bool, str]] = {}
        chosen = self.question.values(facet.key)
        for begun in self.index.values[facet.key].starts.beginning(self.start):
            value = begun.bearer
            if value.slug not in chosen:
                fit = (_fit(self.start, begun.key, begun.place), begun.name != value.label, begun.name)
                fits[value.slug] = min(fit, fits.get(value.slug, fit))
        if not fits:
            return
        others = tuple(pair for pair in self.question.chosen if pair[0] != facet.key)
        found = self.index.found(self.question.but(chosen=others)) if chosen else self.found
        for how_well, less, label, slug in self._most(
            facet.key, {slug: fit for slug, (fit, *_) in fits.items()}, found
        ):
            _, is_other, name = fits[slug]
            url = results_url(self.question.toggled(facet.key, slug))
            yield Suggestion(kind, label, -less, url, how_well, also=name if is_other else "")

    def _most(self, key: str, fits: Mapping[str, int], found: BitMap) -> list[tuple[int, int, str, str]]:
        """Of values by slug those that fit best, and of them those that most trials hold: how well, the count below
        nothing, the label and the slug.

        Hundreds may begin alike. A value has no more trials here than in all, so those that most hold in all come
        first, and counting ends once no other can be among the best.
        """
        members, whole, values = self.index.members[key], self.index.counts[key], self.index.values[key].values
        waiting = [(fit, -whole[slug], slug) for slug, fit in fits.items() if slug in members]
        heapify(waiting)
        best: list[tuple[int, int, str, str]] = []
        while waiting and (len(best) < MOST_OF_KIND or waiting[0][:2] <= best[-1][:2]):
            fit, _, slug = heappop(waiting)
            if count := members[slug].intersection_cardinality(found):
                best = sorted([*best, (fit, -count, values[slug].label, slug)])[:MOST_OF_KIND]
        return best
