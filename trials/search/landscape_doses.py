"""Doses by cell type, for one basis at a time: amounts of two bases are never put on one axis."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pyroaring import BitMap

from trials.search import facets
from trials.search.landscape import cell_types, quartiles
from trials.search.landscape_asked import Asked, Count, remembered
from trials.search.orders import Order
from trials.search.sorting import dose_order
from trials.search.values import NOT_STATED

# An order of doses is cut into so many pieces, to find a place in it by counting.
PIECES = 32


@dataclass(frozen=True)
class DoseLine:
    """The largest single doses of the trials with one cell type, in cells per administration and basis.

    `smallest`, `quarter`, `half`, `three_quarters`, `largest` are amounts that trials state: nearest ranks.
    """

    label: str
    depth: int
    count: Count
    smallest: Decimal
    quarter: Decimal
    half: Decimal
    three_quarters: Decimal
    largest: Decimal

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        return (self.smallest, self.quarter, self.half, self.three_quarters, self.largest)


@dataclass(frozen=True)
class DoseTable:
    """Doses in one basis by cell type; the first line is of all trials. `unit` says what a dose is counted in."""

    key: str
    unit: str
    lines: tuple[DoseLine, ...]

    @property
    def title(self) -> str:
        return f"Doses in {self.unit}"


@dataclass(frozen=True)
class Doses:
    """All bases that some of the found trials state, and how many of these state no dose."""

    tables: tuple[DoseTable, ...]
    missing: Count


def doses(asked: Asked) -> Doses:
    """The largest single dose of each trial, by basis and cell type."""
    units = asked.index.values[facets.DOSE].values
    tables = (dose_table(asked, slug, value.label) for slug, value in units.items())
    return Doses(tuple(table for table in tables if table.lines), asked.count({facets.DOSE: NOT_STATED}))


def dose_table(asked: Asked, basis: str, unit: str) -> DoseTable:
    """The doses in one basis; no lines where no found trial states one."""
    order, stated = asked.index.orders[dose_order(basis)], asked.members(facets.DOSE, basis)
    pieces = remembered(order, f"doses {basis}", lambda: _pieces(order))
    base = asked.found & stated
    lines = []
    if base:
        kinds: list[tuple[str, int, dict[str, str], BitMap]] = [("All trials", 0, {}, base)]
        kinds += [
            (kind.label, kind.depth, {"cell_type": kind.slug}, base & asked.members("cell_type", kind.slug))
            for kind in cell_types(asked, stated)
        ]
        for label, depth, choice, trials in kinds:
            count = asked.count({**choice, facets.DOSE: basis}, sort="dose")
            lines.append(DoseLine(label, depth, count, *five(order, pieces, trials)))
    return DoseTable(f"doses-{basis}", unit, tuple(lines))


_Pieces = tuple[tuple[int, int, BitMap], ...]


def _pieces(order: Order) -> _Pieces:
    """(first place, last place and one, ids) of each piece of an order."""
    size = max(1, -(-len(order.ids) // PIECES))
    cuts = range(0, len(order.ids), size)
    return tuple((cut, min(cut + size, len(order.ids)), BitMap(order.ids[cut : cut + size])) for cut in cuts)


def five(order: Order, pieces: _Pieces, trials: BitMap) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    """The smallest dose, the quartiles and the largest of these trials, all of which are in the order."""
    total = len(trials)
    held = [(first, last, ids.intersection_cardinality(trials)) for first, last, ids in pieces]
    # The order begins with the largest.
    quarter, half, three = (total - 1 - place for place in quartiles(total))
    places = (total - 1, quarter, half, three, 0)
    smallest, low, middle, high, largest = (_amount_at(order, held, trials, place) for place in places)
    return smallest, low, middle, high, largest


def _amount_at(order: Order, held: list[tuple[int, int, int]], trials: BitMap, place: int) -> Decimal:
    """The dose at a place, from 0, among the trials in their order. `held` counts them in each piece."""
    for first, last, size in held:
        if place < size:
            if _rank(order, order.ids[first]) == _rank(order, order.ids[last - 1]):
                return amount_of(_rank(order, order.ids[first]))
            among = [pk for pk in order.ids[first:last] if pk in trials]
            return amount_of(_rank(order, among[place]))
        place -= size
    raise IndexError(place)


def _rank(order: Order, pk: int) -> int:
    """What `orders.dose_rank` gave for a trial: its key is `orders.descending` of that."""
    return 2**31 - (order.key(pk) >> 32)


def amount_of(rank: int) -> Decimal:
    """The amount of cells, to eight figures, that `orders.dose_rank` gave this number for."""
    power, figures = divmod(rank, 10**8)
    return Decimal(figures).scaleb(power - 3 - 7)
