"""Pairs of registrations that may be one trial, for an editor to confirm. What is suggested depends on what the records
and editors say alone, not on the order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from django.db.models import Q

from trials.intake.matching import from_records, register_of
from trials.models import MatchDecision, MatchSuggestion
from trials.models.choices import MatchReason

Pair = tuple[int, int]

# A title that more trials bear tells nothing of any two of them.
_MOST_TRIALS = 5


class _Bearer(NamedTuple):
    """A registration with the keys of its titles, its trial, and the register that issued its number."""

    pk: int
    trial: int
    register: str
    number: str
    keys: frozenset[str]


def suggest(registrations: Collection[int], contested: Iterable[Pair], titles: Collection[str] = ()) -> None:
    """Makes the suggestions among `registrations` those that hold now: `contested` pairs, and pairs that share a title.

    `titles` are keys of titles that these no longer bear: what others share by them is looked at again.
    """
    by_claim = {_in_order(pair) for pair in contested}
    _settle(MatchReason.CONTESTED, by_claim, set(registrations))
    keys = _keys_of(registrations) | set(titles)
    near = {bearer.pk for bearer in _bearing(keys)}
    # How many bear a title tells only when all that bear it are there, also by their other title.
    bearers = {bearer.pk: bearer for bearer in _bearing(_keys_of(near) | keys)}
    by_title = {pair for pair in _shared(bearers.values()) if near.issuperset(pair)} - by_claim
    _settle(MatchReason.TITLE, by_title - _decided(by_title, bearers), near.union(registrations))


def _settle(why: MatchReason, wanted: set[Pair], among: set[int]) -> None:
    held = {
        _in_order((first, second)): pk
        for pk, first, second in MatchSuggestion.objects.filter(why=why, first__in=among, second__in=among).values_list(
            "pk", "first", "second"
        )
    }
    gone = [pk for pair, pk in held.items() if pair not in wanted]
    if gone:
        MatchSuggestion.objects.filter(pk__in=gone).delete()
    MatchSuggestion.objects.bulk_create(
        MatchSuggestion(first_id=first, second_id=second, why=why) for first, second in sorted(wanted - held.keys())
    )


def _keys_of(registrations: Collection[int]) -> set[str]:
    pairs = from_records().filter(pk__in=registrations).values_list("title_key", "official_title_key")
    return {key for pair in pairs for key in pair if key}


def _bearing(keys: Collection[str]) -> Iterator[_Bearer]:
    rows = from_records().filter(Q(title_key__in=keys) | Q(official_title_key__in=keys))
    for pk, trial, registry, number, *titles in rows.values_list(
        "pk", "trial", "registry", "number", "title_key", "official_title_key"
    ):
        yield _Bearer(pk, trial, register_of(registry, number, ""), number, frozenset(titles) - {""})


def _shared(bearers: Iterable[_Bearer]) -> set[Pair]:
    by_key: defaultdict[str, list[_Bearer]] = defaultdict(list)
    for bearer in bearers:
        for key in bearer.keys:
            by_key[key].append(bearer)
    return {
        _in_order((first.pk, second.pk))
        for sharing in by_key.values()
        if 1 < len({bearer.trial for bearer in sharing}) <= _MOST_TRIALS
        for first, second in combinations(sharing, 2)
        # Two numbers of one register are two trials: an extension bears the title of the first.
        if first.trial != second.trial and first.register != second.register
    }


def _decided(pairs: Collection[Pair], bearers: dict[int, _Bearer]) -> set[Pair]:
    """Those of the pairs of which an editor has said what they are."""
    numbers = {bearers[pk].number for pair in pairs for pk in pair}
    said = set(MatchDecision.objects.filter(first__in=numbers, second__in=numbers).values_list("first", "second"))
    return {pair for pair in pairs if tuple(sorted(bearers[pk].number for pk in pair)) in said}


def _in_order(pair: Pair) -> Pair:
    return (min(pair), max(pair))
