"""Facets the other way round: the values of each trial, which makes thousands of counts in one go. No Django.

Only large catalogues have one, and only they import this module: numpy takes memory. See `search.counting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, islice

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from trials.search.bitmaps import NOTHING, union

Members = Mapping[str, BitMap]
# A facet's key and the slug of one of its values.
Pair = tuple[str, str]

# Trials that are counted in one step: what it needs beside stays within the processor's cache.
STEP = 8_192
# Numbers are fetched eight bytes at a time, which takes half the time of fetching one by one.
WORD = np.dtype(np.uint64)


@dataclass(frozen=True, eq=False)
class Forward:
    """The numbers of the values that each trial holds, trial by trial: those of trial i stand in
    `words[starts[i]:starts[i + 1]]`, several to a word. What is left of a trial's last word is filled with a number
    beyond all of them. `slugs` says by facet key what the values are called, numbered on from facet to facet.

    That holds for the trials in `covered`. Those `changed` since are not in it; `late` says which of them each value
    holds now.
    """

    slugs: Mapping[str, Sequence[str]]
    starts: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint64]
    covered: BitMap
    changed: BitMap = field(default_factory=BitMap)
    late: Mapping[Pair, BitMap] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Mapping[str, Members], public: BitMap) -> Forward:
        """From the trials of each value of some facets. Takes little memory beyond what it makes."""
        held = [ids for some in members.values() for ids in some.values()]
        kind = _kind(len(held))
        in_word = WORD.itemsize // kind.itemsize
        starts = np.zeros(public.max() + 2, np.uint32)
        for ids in held:
            starts[_numbers(ids) + 1] += 1
        starts += in_word - 1
        starts //= in_word
        np.cumsum(starts, out=starts)
        values = np.full(starts[-1] * in_word, len(held), kind)
        # Where the next value of each trial goes.
        free = starts * in_word
        for number, ids in enumerate(held):
            trials = _numbers(ids)
            values[free[trials]] = number
            free[trials] += 1
        return cls({key: tuple(some) for key, some in members.items()}, starts, values.view(WORD), public)

    def after(self, held: Mapping[str, Members], now: Mapping[str, Members]) -> Forward:
        """The same once the trials of the values of these facets are no longer those `held` but those `now`; the arrays
        are shared."""
        differing = dict(_differing(held, now))
        if not differing:
            return self
        changed = union([self.changed, *differing.values()])
        # What else holds a trial that changes for the first time stands in the arrays.
        others = {(key, slug) for key, some in self._within(changed & self.covered).items() for slug in some}
        late = {
            (key, slug): ids
            for key, slug in {*self.late, *differing, *others}
            if (ids := now[key].get(slug, NOTHING) & changed)
        }
        return Forward(self.slugs, self.starts, self.words, self.covered - changed, changed, late)

    def counts(self, result: BitMap) -> Mapping[str, Mapping[str, int]]:
        """By key and slug how many trials of a result each value holds, without those that hold none."""
        counts = self._within(result & self.covered)
        if rest := result & self.changed:
            for (key, slug), ids in self.late.items():
                if more := ids.intersection_cardinality(rest):
                    own = counts.setdefault(key, {})
                    own[slug] = own.get(slug, 0) + more
        return counts

    def _within(self, covered: BitMap) -> dict[str, dict[str, int]]:
        """The same for trials that stand in the arrays."""
        # One more for what fills the last words.
        found = np.zeros(self._many + 1, np.int64)
        for trials in _steps(covered):
            found += np.bincount(self._held_by(trials), minlength=len(found))
        numbers = iter(found.tolist())
        counts = {}
        for key, slugs in self.slugs.items():
            own = list(islice(numbers, len(slugs)))
            if any(own):
                counts[key] = dict(compress(zip(slugs, own, strict=True), own))
        return counts

    def _held_by(self, trials: npt.NDArray[np.uint32]) -> npt.NDArray[np.unsignedinteger]:
        """The numbers of the values of these trials, one trial's after the other's, each filled up to whole words."""
        first = self.starts[trials]
        many = self.starts[trials + 1] - first
        ends = np.cumsum(many, dtype=np.uint32)
        # Numbers of 32 bits take half the time of those of 64. They may wrap around below nothing, and come back.
        places = np.repeat(first - ends + many, many)
        places += np.arange(len(places), dtype=np.uint32)
        return self.words.take(places).view(_kind(self._many))

    @cached_property
    def _many(self) -> int:
        return sum(map(len, self.slugs.values()))


def _kind(values: int) -> np.dtype[np.unsignedinteger]:
    """What holds the number of each of so many values, and one more."""
    return np.dtype(np.min_scalar_type(values))


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
