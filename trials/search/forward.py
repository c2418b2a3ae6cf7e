"""Facets the other way round: the values of each trial, which makes thousands of counts in one go. No Django.

Only large catalogues have one, and only they import this module: numpy takes memory. See `search.counting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from trials.search.bitmaps import NOTHING, union

# A facet's key and the slug of one of its values.
Pair = tuple[str, str]

# Trials that are counted in one step: what it needs beside stays within the processor's cache.
STEP = 8_192


@dataclass(frozen=True, eq=False)
class Forward:
    """The numbers of the values that each trial holds, trial by trial: those of trial i are
    `values[starts[i]:starts[i + 1]]`, and `names` are what they are called.

    That holds for the trials in `covered`. Those `changed` since are not in it; `late` says which of them each value
    holds now.
    """

    names: tuple[Pair, ...]
    starts: npt.NDArray[np.uint32]
    values: npt.NDArray[np.unsignedinteger]
    covered: BitMap
    changed: BitMap = field(default_factory=BitMap)
    late: Mapping[Pair, BitMap] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Mapping[Pair, BitMap], public: BitMap) -> Forward:
        """From the trials of each value. Takes little memory beyond what it makes."""
        starts = np.zeros(public.max() + 2, np.uint32)
        for ids in members.values():
            starts[_numbers(ids) + 1] += 1
        np.cumsum(starts, out=starts)
        values = np.empty(starts[-1], np.min_scalar_type(len(members)))
        # Where the next value of each trial goes.
        free = starts.copy()
        for number, ids in enumerate(members.values()):
            trials = _numbers(ids)
            values[free[trials]] = number
            free[trials] += 1
        return cls(tuple(members), starts, values, public)

    def after(self, held: Mapping[Pair, BitMap], now: Mapping[Pair, BitMap]) -> Forward:
        """The same once the values' trials are no longer those `held` but those `now`; the arrays are shared."""
        changes = [ids ^ now.get(slug, NOTHING) for slug, ids in held.items() if now.get(slug) is not ids]
        changes += [ids for slug, ids in now.items() if slug not in held]
        if not any(changes):
            return self
        changed = union([self.changed, *changes])
        late = {slug: ids & changed for slug, ids in now.items() if ids.intersect(changed)}
        return Forward(self.names, self.starts, self.values, self.covered - changed, changed, late)

    def counts(self, result: BitMap) -> dict[Pair, int]:
        """How many trials of a result each value holds, without those that hold none."""
        found = np.zeros(len(self.names), np.int64)
        for trials in _steps(result & self.covered):
            first = self.starts[trials]
            many = self.starts[trials + 1] - first
            ends = np.cumsum(many, dtype=np.uint32)
            # Numbers of 32 bits take half the time of those of 64. They may wrap around below nothing, and come back.
            places = np.repeat(first - ends + many, many)
            places += np.arange(len(places), dtype=np.uint32)
            found += np.bincount(self.values[places], minlength=len(found))
        counts = {name: count for name, count in zip(self.names, found.tolist(), strict=True) if count}
        if rest := result & self.changed:
            for name, ids in self.late.items():
                if more := ids.intersection_cardinality(rest):
                    counts[name] = counts.get(name, 0) + more
        return counts


def _numbers(ids: BitMap) -> npt.NDArray[np.uint32]:
    return np.frombuffer(ids.to_array(), np.uint32)


def _steps(ids: BitMap) -> Iterator[npt.NDArray[np.uint32]]:
    numbers = _numbers(ids)
    return (numbers[start : start + STEP] for start in range(0, len(numbers), STEP))
