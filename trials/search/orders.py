"""Orders of results: ids in order, and a key for each id that sorts it. No Django.

With many hits one walks the order until the page is full; with few one sorts them by their keys.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from itertools import islice

from pyroaring import BitMap

# No key: beyond every other.
LAST = 2**64 - 1
_TIES = 32


def descending(number: int | None, pk: int) -> int:
    """A key that puts larger numbers first and missing ones last, equals by id (below 2³²).

    Numbers from 2³¹ on, which no trial has but by mistake, count as equal.
    """
    place = 2**31 + 1 if number is None else 2**31 - min(number, 2**31 - 1)
    return place << _TIES | pk


def dose_rank(amount: Decimal) -> int:
    """A number below 2³¹ that grows with an amount of cells from 0.001 to below 10¹⁸, told apart by eight figures."""
    power = amount.adjusted()
    return (power + 3) * 10**8 + int(amount.scaleb(7 - power))


@dataclass(frozen=True)
class Order:
    """`ids` in order; `keys[id]` grows along it."""

    ids: array[int]
    keys: array[int]

    @classmethod
    def of(cls, keys: Mapping[int, int]) -> Order:
        """From the key of each id; keys differ."""
        return cls.of_pairs(keys.items())

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[int, int]]) -> Order:
        """From (id, its key), each id once. For half a million ids a mapping would take 80 MB."""
        ids, by_id = array("I"), array("Q")
        for pk, key in pairs:
            if pk >= len(by_id):
                by_id.extend(array("Q", [LAST]) * (pk + 1 - len(by_id)))
            by_id[pk] = key
            ids.append(pk)
        return cls(array("I", sorted(ids, key=by_id.__getitem__)), by_id)

    def place(self, key: int) -> int:
        """How many ids come before this key."""
        return bisect_left(self.ids, key, key=self.keys.__getitem__)

    def __contains__(self, pk: int) -> bool:
        return self.key(pk) != LAST

    def before(self, pk: int) -> int | None:
        """The id just before this one."""
        place = self.place(self.keys[pk])
        return self.ids[place - 1] if place else None

    def key(self, pk: int) -> int:
        return self.keys[pk] if pk < len(self.keys) else LAST

    def changed(self, keys: Mapping[int, int | None]) -> Order:
        """Another one with these ids' keys; None takes an id out."""
        changes = {pk: LAST if key is None else key for pk, key in keys.items()}
        changes = {pk: key for pk, key in changes.items() if self.key(pk) != key}
        if not changes:
            return self
        by_id = self.keys[:]
        if max(changes) >= len(by_id):
            by_id.extend(array("Q", [LAST]) * (max(changes) + 1 - len(by_id)))
        gone = sorted(self.place(self.keys[pk]) for pk in changes if self.key(pk) != LAST)
        ids = _without(self.ids, gone)
        for pk, key in changes.items():
            by_id[pk] = key
        come = sorted((key, pk) for pk, key in changes.items() if key != LAST)
        return Order(_with(ids, come, by_id), by_id)

    def page(self, found: BitMap, start: int, size: int) -> Sequence[int]:
        """The ids of `found` from place `start` (0 for the first), `size` at most."""
        total = len(found)
        if not total or start >= total:
            return ()
        if total == len(self.ids):
            return self.ids[start : start + size]
        # The walk meets a hit once in len(ids) / total steps, and a step costs a twentieth of sorting a hit.
        if (start + size) * len(self.ids) <= 20 * total * total:
            return tuple(islice((pk for pk in self.ids if pk in found), start, start + size))
        if not start:
            return nsmallest(size, found, key=self.keys.__getitem__)
        return sorted(found, key=self.keys.__getitem__)[start : start + size]


def _without(ids: array[int], places: Sequence[int]) -> array[int]:
    kept, last = array("I"), 0
    for place in places:
        kept += ids[last:place]
        last = place + 1
    return kept + ids[last:]


def _with(ids: array[int], come: Iterable[tuple[int, int]], keys: array[int]) -> array[int]:
    """`ids` with others put in at their places; `come` holds (key, id) in order."""
    merged, last = array("I"), 0
    for key, pk in come:
        place = bisect_left(ids, key, lo=last, key=keys.__getitem__)
        merged += ids[last:place]
        merged.append(pk)
        last = place
    return merged + ids[last:]


# Room between neighbours, so that 40 trials can come between any two before all keys are drawn anew.
_GAP = 2**40


def spaced(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ids that stand in order already, with their keys: there is room between them (for up to 2²³ ids)."""
    return ((pk, place * _GAP) for place, pk in enumerate(ids, 1))


def between(order: Order, before: int | None, count: int = 1) -> list[int] | None:
    """So many growing keys just after that of id `before` (None: before all), or None where there is no room left."""
    place = order.place(order.key(before)) + 1 if before is not None else 0
    low = order.key(before) if before is not None else 0
    high = order.key(order.ids[place]) if place < len(order.ids) else low + (count + 1) * _GAP
    step = (min(high, LAST) - low) // (count + 1)
    return [low + step * number for number in range(1, count + 1)] if step else None


def placed(order: Order, runs: Mapping[int | None, Sequence[int]]) -> Order:
    """Another one with further ids: each run stands, as it is, just behind the id it is under (None: before all)."""
    keys: dict[int, int | None] = {}
    for before, run in runs.items():
        room = between(order, before, len(run))
        if room is None:
            return placed(Order.of_pairs(spaced(order.ids)), runs)
        keys.update(zip(run, room, strict=True))
    return order.changed(keys)
