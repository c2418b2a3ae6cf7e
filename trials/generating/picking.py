"""Choosing at random with weights: the same choices from the same seed on every Python."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Picker(Generic[T]):
    """Items to choose from, each with its weight."""

    def __init__(self, items: Sequence[T], weights: Iterable[float]) -> None:
        self.items = items
        self._sums = list(accumulate(weights))

    @classmethod
    def zipf(cls, items: Sequence[T], flattened_by: int = 0) -> Picker[T]:
        """The item at place n weighs 1 / (n + `flattened_by`), as words and diagnoses do: few are common, most rare."""
        return cls(items, (1 / (place + flattened_by) for place in range(1, len(items) + 1)))

    @classmethod
    def of(cls, weights: dict[T, float]) -> Picker[T]:
        return cls(list(weights), weights.values())

    def one(self, random: Random) -> T:
        return self.items[bisect(self._sums, random.random() * self._sums[-1], hi=len(self.items) - 1)]

    def some(self, random: Random, count: int) -> list[T]:
        """`count` items, repeats possible."""
        return random.choices(self.items, cum_weights=self._sums, k=count)

    def different(self, random: Random, count: int) -> list[T]:
        """Up to `count` items without repeats, in the order in which they came up."""
        return list(dict.fromkeys(self.some(random, count)))

    def different_among(self, random: Random, count: int, first: int) -> list[T]:
        """The same, drawn from the first so many items alone."""
        total, last = self._sums[first - 1], first - 1
        places = (bisect(self._sums, random.random() * total, hi=last) for _ in range(count))
        return list(dict.fromkeys(self.items[place] for place in places))
