"""Orders of results: ids in order, and a key for each id that sorts it. No Django.

With many hits one walks the order until the page is full; with few one sorts them by their keys.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from itertools import islice

from pyroaring import BitMap

# No key: beyond every other.
LAST = 2**64 - 1
_TIES = 32
# What stands for it, by how keys are kept.
_NONE = {"Q": LAST, "I": 2**32 - 1}


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
    """`ids` in order; `keys[id]` grows along it.

    Keys that end in their own id (`descending`) are kept without it, in half the room, as whole numbers of 32 bits:
    then ids that stand as high come in their own order.
    """

    ids: array[int]
    keys: array[int]

    @classmethod
    def of(cls, keys: Mapping[int, int]) -> Order:
        """From the key of each id; keys differ."""
        return cls.of_pairs(keys.items())

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[int, int]]) -> Order:
        """From (id, its key), each id once. For half a million ids a mapping would take 80 MB."""
        return cls._of(pairs, array("Q"))

    @classmethod
    def of_descending(cls, pairs: Iterable[tuple[int, int]]) -> Order:
        """The same where each key is one of `descending`."""
        return cls._of(((pk, key >> _TIES) for pk, key in pairs), array("I"))

    @classmethod
    def _of(cls, pairs: Iterable[tuple[int, int]], by_id: array[int]) -> Order:
        ids = array("I")
        for pk, key in pairs:
            _set(by_id, pk, key)
            ids.append(pk)
        # Sorting keeps what is equal as it was: by id.
        return cls(array("I", sorted(sorted(ids), key=by_id.__getitem__)), by_id)

    @property
    def has_ids_apart(self) -> bool:
        """Whether keys are kept without the ids that they end in."""
        return self.keys.typecode == "I"

    def place(self, key: int) -> int:
        """How many ids come before this key."""
        return bisect_left(self.ids, key, key=self.key)

    def __contains__(self, pk: int) -> bool:
        return self.key(pk) != LAST

    def before(self, pk: int) -> int | None:
        """The id just before this one."""
        place = self.place(self.key(pk))
        return self.ids[place - 1] if place else None

    def key(self, pk: int) -> int:
        if pk >= len(self.keys):
            return LAST
        kept = self.keys[pk]
        if not self.has_ids_apart:
            return kept
        return LAST if kept == _NONE["I"] else kept << _TIES | pk

    def changed(self, keys: Mapping[int, int | None]) -> Order:
        """Another one with these ids' keys; None takes an id out."""
        changes = {pk: LAST if key is None else key for pk, key in keys.items()}
        changes = {pk: key for pk, key in changes.items() if self.key(pk) != key}
        if not changes:
            return self
        by_id = self.keys[:]
        gone = sorted(self.place(self.key(pk)) for pk in changes if self.key(pk) != LAST)
        ids = _without(self.ids, gone)
        for pk, key in changes.items():
            _set(by_id, pk, key >> _TIES if self.has_ids_apart else key)
        come = sorted((key, pk) for pk, key in changes.items() if key != LAST)
        return Order(_with(ids, come, Order(ids, by_id).key), by_id)

    def page(self, found: BitMap, start: int, size: int) -> Sequence[int]:
        """The ids of `found` from place `start` (0 for the first), `size` at most."""
        total = len(found)
        if not total or start >= total:
            return ()
        if total == len(self.ids):
            return self.ids[start : start + size]
        # Of ids that are kept without them in their keys, `found` gives the smaller one first, and sorting keeps that.
        # The walk meets a hit once in len(ids) / total steps, and a step costs a twentieth of sorting a hit.
        if (start + size) * len(self.ids) <= 20 * total * total:
            return tuple(islice((pk for pk in self.ids if pk in found), start, start + size))
        if not start:
            return nsmallest(size, found, key=self.keys.__getitem__)
        return sorted(found, key=self.keys.__getitem__)[start : start + size]


def _set(keys: array[int], pk: int, key: int) -> None:
    if pk >= len(keys):
        keys.extend(array(keys.typecode, [_NONE[keys.typecode]]) * (pk + 1 - len(keys)))
    keys[pk] = key


def _without(ids: array[int], places: Sequence[int]) -> array[int]:
    kept, last = array("I"), 0
    for place in places:
        kept += ids[last:place]
        last = place + 1
    return kept + ids[last:]


def _with(ids: array[int], come: Iterable[tuple[int, int]], key_of: Callable[[int], int]) -> array[int]:
    """`ids` with others put in at their places; `come` holds (key, id) in order."""
    merged, last = array("I"), 0
    for key, pk in come:
        place = bisect_left(ids, key, lo=last, key=key_of)
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
