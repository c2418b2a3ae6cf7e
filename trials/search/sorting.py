"""What results are sorted by, read from the cards: all orders for a new index, and those that some trials change."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection
from pyroaring import BitMap

from trials.models import Card
from trials.models.trial import is_public
from trials.search import facets
from trials.search.orders import Order, descending, dose_rank, placed, spaced

# Beyond so many changed trials the order of titles is read anew.
MOST_PLACED = 500


class Sorted(NamedTuple):
    """What a trial sorts by, beside its title."""

    pk: int
    updated_day: int | None
    start_day: int | None
    enrolment: int | None


_SORT: Mapping[str, Callable[[Sorted], int]] = {
    "updated": lambda card: descending(card.updated_day, card.pk),
    "start": lambda card: descending(card.start_day, card.pk),
    "enrolment": lambda card: descending(card.enrolment, card.pk),
}


def sorted_by(trials: Collection[int] | None) -> Iterator[Sorted]:
    """Of all public trials, or of those of these trials that are public."""
    found = Card.objects.filter(is_public("trial"))
    if trials is not None:
        found = found.filter(pk__in=trials)
    return map(Sorted._make, found.values_list("pk", "updated_day", "start_day", "enrolment").iterator(10_000))


def all_orders() -> tuple[BitMap, dict[str, Order]]:
    """All public trials, and every order of them, read from the tables."""
    ids = array("I")
    keys = {name: array("Q") for name in _SORT}
    for card in sorted_by(None):
        ids.append(card.pk)
        for name, sort_key in _SORT.items():
            keys[name].append(sort_key(card))
    public = BitMap(ids)
    fresh = {name: Order.of_descending(zip(ids, some, strict=True)) for name, some in keys.items()}
    return public, {**fresh, "title": _titles(public)}


def dose_order(basis: str) -> str:
    """The name of the order by the largest dose in one basis."""
    return f"dose-{basis}"


def dose_orders(amounts: Mapping[Any, Collection[int]]) -> dict[str, Order]:
    """For each basis the order of the trials with a dose in it, from the trials of each amount (`facets.AMOUNTS`)."""
    return {name: Order.of_descending(keys.items()) for name, keys in _dose_keys(amounts).items()}


def _dose_keys(amounts: Mapping[Any, Collection[int]]) -> dict[str, dict[int, int]]:
    """Sort keys by trial for each order of doses: the largest single dose counts."""
    names = {basis: dose_order(slug) for slug, basis in facets.BASES.items()}
    found: dict[str, dict[int, int]] = {name: {} for name in names.values()}
    for (basis, low, high), trials in amounts.items():
        if basis:
            rank, keys = dose_rank(high if high is not None else low), found[names[basis]]
            for trial in trials:
                key = descending(rank, trial)
                keys[trial] = min(key, keys.get(trial, key))
    return found


def orders_changed(
    orders: Mapping[str, Order],
    changed: BitMap,
    cards: Mapping[int, Sorted],
    public: BitMap,
    amounts: Mapping[Any, Collection[int]],
) -> dict[str, Order]:
    """The orders after these trials changed: `cards` holds those that are public now, `public` all that are, and
    `amounts` the changed ones by their doses."""
    fresh = {
        key: orders[key].changed({pk: sort_key(cards[pk]) if pk in cards else None for pk in changed})
        for key, sort_key in _SORT.items()
    }
    doses = {
        name: orders[name].changed({pk: keys.get(pk) for pk in changed}) for name, keys in _dose_keys(amounts).items()
    }
    return {**fresh, **doses, "title": _titles_changed(orders["title"], changed, cards, public)}


def _titles_changed(order: Order, changed: BitMap, cards: Mapping[int, Sorted], public: BitMap) -> Order:
    """The order of titles with some trials moved: each goes just behind the one before it in the tables."""
    if len(cards) > MOST_PLACED:
        return _titles(public)
    runs: defaultdict[int | None, list[int]] = defaultdict(list)
    # The trial that stays, or None for the very start, behind which each that moves comes.
    behind: dict[int, int | None] = {}
    for pk, before in _titles_before(cards):
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
    found = Card.objects.order_by("title_key", "pk").values_list("pk", flat=True)
    return Order.of_pairs(spaced(pk for pk in found.iterator(chunk_size=10_000) if pk in public))


def _titles_before(trials: Collection[int]) -> list[tuple[int, int | None]]:
    """(trial, the one whose title comes just before its own) in the order of titles."""
    if not trials:
        return []
    marks = ", ".join(["%s"] * len(trials))
    # Joined to the trials, to leave out drafts, this would read and sort every title.
    before = (
        "SELECT other.trial_id FROM trials_card AS other"
        " WHERE (other.title_key, other.trial_id) < (own.title_key, own.trial_id)"
        " ORDER BY other.title_key DESC, other.trial_id DESC LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT own.trial_id, ({before}) FROM trials_card AS own"  # noqa: S608
            f" WHERE own.trial_id IN ({marks}) ORDER BY own.title_key, own.trial_id",
            list(trials),
        )
        return cursor.fetchall()
