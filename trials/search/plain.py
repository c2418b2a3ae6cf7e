"""The answer to a question worked out the plain way: every membership read from the tables, and sets of ids.

Slow for large catalogues and plainly right: tests and the benchmark hold the index to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from trials.models import Registration, Site, Trial
from trials.records import PartialDate
from trials.search import facets
from trials.search.declaring import Facet
from trials.search.folding import fold
from trials.search.index import Answer
from trials.search.places import city_key, distance_km
from trials.search.question import PAGE_SIZE, Near, Question
from trials.search.values import NOT_STATED, ValueSet, enum_slug

Members = Mapping[str, frozenset[int]]


def answer(
    question: Question, values: Mapping[str, ValueSet], tiers: tuple[frozenset[int], ...] | None = None
) -> Answer:
    """Total, one page of ids and every count. `tiers` are the trials that have the words, best first, each with those
    before it."""
    keys = _sort_keys()
    public = frozenset(keys)
    members = {facet.key: _members(facet, values[facet.key], public) for facet in facets.FACETS}
    matching = {
        key: frozenset().union(*(members[key].get(slug, frozenset()) for slug in slugs))
        for key, slugs in question.chosen
    }
    rest = _outside_facets(question, public, tiers)
    found = rest.intersection(*matching.values())
    ordered = (
        _by_dose(found, question.basis) if question.order == "dose" else _in_order(found, keys, question.order, tiers)
    )
    page_count = max(1, -(-len(ordered) // PAGE_SIZE))
    page = min(question.page, page_count)
    counts = {}
    for key, of_facet in members.items():
        # A facet ignores its own choice: its counts say what another of its values would give.
        base = rest.intersection(*(ids for other, ids in matching.items() if other != key))
        counts[key] = {slug: len(ids & base) for slug, ids in of_facet.items()}
    shown = ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Answer(len(ordered), len(public), page, page_count, tuple(shown), counts)


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


def _outside_facets(
    question: Question, public: frozenset[int], tiers: tuple[frozenset[int], ...] | None
) -> frozenset[int]:
    found = set(public if tiers is None else public & tiers[-1])
    for item in facets.RANGES:
        if item.key in question.spans():
            low, high = question.spans()[item.key]
            found &= {
                pk
                for pk, (start, end) in item.pairs()
                if (high is None or start is None or start <= high) and (low is None or end is None or end >= low)
            }
    if question.near:
        found &= _near(question.near)
    return frozenset(found)


def _near(near: Near) -> set[int]:
    """Trials with a site that near. A site without coordinates stands where most trials of its city do."""
    trials: defaultdict[tuple[str, str], defaultdict[tuple[str, float, float], set[int]]]
    trials = defaultdict(lambda: defaultdict(set))
    sites = list(
        Site.objects.filter(trial__in=Trial.objects.public()).values_list(
            "trial_id", "country", "city", "latitude", "longitude"
        )
    )
    for trial, country, city, latitude, longitude in sites:
        if latitude is not None and longitude is not None:
            trials[city_key(country, city)][city, latitude, longitude].add(trial)
    found = set()
    for trial, country, city, latitude, longitude in sites:
        if latitude is None and city_key(country, city)[1]:
            usual = trials[city_key(country, city)]
            if usual:
                _, latitude, longitude = min(usual, key=lambda spot: (-len(usual[spot]), spot))
        if latitude is None or longitude is None:
            continue
        if distance_km(near.latitude, near.longitude, latitude, longitude) <= near.km:
            found.add(trial)
    return found


def _sort_keys() -> dict[int, tuple[int, int, int | None, bytes]]:
    """What each public trial sorts by, under its id: days of update and start (0 unknown), enrolment, title."""

    def day(date: PartialDate | None) -> int:
        return date.first_day.toordinal() if date else 0

    newest: dict[int, PartialDate] = {}
    for trial, updated in Registration.objects.exclude(updated=None).values_list("trial_id", "updated"):
        if updated and (trial not in newest or newest[trial] < updated):
            newest[trial] = updated
    rows = Trial.objects.public().values_list(
        "pk", "last_update_posted", "start_date", "display_title", "title", "enrollment_count"
    )
    return {
        pk: (day(updated or newest.get(pk)), day(start), enrolment, fold(shown or title).strip().encode())
        for pk, updated, start, shown, title, enrolment in rows
    }


def _by_dose(found: frozenset[int], basis: str) -> list[int]:
    """The largest single dose first, of doses in one basis; trials without one come last; equals by id."""
    largest: dict[int, Decimal] = {}
    for trial, (stored, low, high) in facets.AMOUNTS.pairs():
        if enum_slug(stored) == (basis or facets.USUAL_BASIS):
            largest[trial] = max(largest.get(trial, Decimal(0)), low, high or low)
    return sorted(found, key=lambda pk: (pk not in largest, -largest.get(pk, Decimal(0)), pk))


def _in_order(
    found: frozenset[int],
    keys: Mapping[int, tuple[int, int, int | None, bytes]],
    order: str,
    tiers: tuple[frozenset[int], ...] | None,
) -> list[int]:
    """Best, newest, largest or first in the alphabet; what is not stated comes last; equals by id."""

    def tier(pk: int) -> int:
        return next((place for place, ids in enumerate(tiers or ()) if pk in ids), 0)

    by: dict[str, Callable[[int], tuple[object, ...]]] = {
        "relevance": lambda pk: (tier(pk), -keys[pk][0], pk),
        "updated": lambda pk: (-keys[pk][0], pk),
        "start": lambda pk: (-keys[pk][1], pk),
        # An enrolment of 0 is a number; only a missing one comes after it.
        "enrolment": lambda pk: (keys[pk][2] is None, -(keys[pk][2] or 0), pk),
        "title": lambda pk: (keys[pk][3], pk),
    }
    return sorted(found, key=by[order])
