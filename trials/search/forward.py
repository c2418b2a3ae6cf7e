"""Facets the other way round: the values of each trial, which makes thousands of counts in one go. No Django.

Only large catalogues have one, and only they import this module: numpy takes memory. See `search.counting`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from trials.search.bitmaps import NOTHING, union

Members = Mapping[str, BitMap]
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
    def of(cls, members: Mapping[str, Members], public: BitMap) -> Forward:
        """From the trials of each value of some facets. Takes little memory beyond what it makes."""
        held = {(key, slug): ids for key, some in members.items() for slug, ids in some.items()}
        starts = np.zeros(public.max() + 2, np.uint32)
        for ids in held.values():
            starts[_numbers(ids) + 1] += 1
        np.cumsum(starts, out=starts)
        values = np.empty(starts[-1], np.min_scalar_type(len(held)))
        # Where the next value of each trial goes.
        free = starts.copy()
        for number, ids in enumerate(held.values()):
            trials = _numbers(ids)
            values[free[trials]] = number
            free[trials] += 1
        return cls(tuple(held), starts, values, public)

    def after(self, held: Mapping[str, Members], now: Mapping[str, Members]) -> Forward:
        """The same once the trials of the values of these facets are no longer those `held` but those `now`; the arrays
        are shared."""
        differing = dict(_differing(held, now))
        if not differing:
            return self
        changed = union([self.changed, *differing.values()])
        # What else holds a trial that changes for the first time stands in the arrays.
        others = {number for trials in _steps(changed & self.covered) for number in np.unique(self._held_by(trials))}
        late = {
            (key, slug): ids
            for key, slug in {*self.late, *differing, *(self.names[number] for number in others)}
            if (ids := now[key].get(slug, NOTHING) & changed)
        }
        return Forward(self.names, self.starts, self.values, self.covered - changed, changed, late)

    def counts(self, result: BitMap) -> Mapping[str, Mapping[str, int]]:
        """By key and slug how many trials of a result each value holds, without those that hold none."""
        found = np.zeros(len(self.names), np.int64)
        for trials in _steps(result & self.covered):
            found += np.bincount(self._held_by(trials), minlength=len(found))
        counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        held = np.flatnonzero(found)
        for number, count in zip(held.tolist(), found[held].tolist(), strict=True):
            key, slug = self.names[number]
            counts[key][slug] = count
        if rest := result & self.changed:
            for (key, slug), ids in self.late.items():
                if more := ids.intersection_cardinality(rest):
                    counts[key][slug] = counts[key].get(slug, 0) + more
        return counts

    def _held_by(self, trials: npt.NDArray[np.uint32]) -> npt.NDArray[np.unsignedinteger]:
        """The numbers of the values of these trials, one trial's after the other's."""
        first = self.starts[trials]
        many = self.starts[trials + 1] - first
        ends = np.cumsum(many, dtype=np.uint32)
        # Numbers of 32 bits take half the time of those of 64. They may wrap around below nothing, and come back.
        places = np.repeat(first - ends + many, many)
        places += np.arange(len(places), dtype=np.uint32)
        return self.values[places]


def _differing(held: Mapping[str, Members], now: Mapping[str, Members]) -> Iterator[tuple[Pair, BitMap]]:
    """The trials that only one of both has under a value, for each value that differs."""
    for key, members in now.items():
        if members is held[key]:
            continue
        for slug, ids in members.items():
            before = held[key].get(slug, NOTHING)
            if before is not ids and (change := before ^ ids):
                yield (key, slug), change
        for slug, ids in held[key].items():
            if slug not in members and ids:
                yield (key, slug), ids


def _numbers(ids: BitMap) -> npt.NDArray[np.uint32]:
    return np.frombuffer(ids.to_array(), np.uint32)


def _steps(ids: BitMap) -> Iterator[npt.NDArray[np.uint32]]:
    numbers = _numbers(ids)
    return (numbers[start : start + STEP] for start in range(0, len(numbers), STEP))
