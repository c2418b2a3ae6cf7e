"""Things found by the beginnings of the words of their names, in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from trials.search.text.keys import END, american_key, key, starts, words_before

T = TypeVar("T")


class Start(NamedTuple, Generic[T]):
    """A key that begins with a word of `name`, the words before it counted by `place`, and what bears the name."""

    key: str
    place: int
    name: str
    bearer: T


@dataclass(frozen=True)
class Starts(Generic[T]):
    """All beginnings of all names, in order."""

    sorted: tuple[Start[T], ...]

    @classmethod
    def of(cls, named: Iterable[tuple[str, T]]) -> Starts[T]:
        """From (name, what bears it). British names are found by their American spelling too."""
        return cls(()).changed((), named)

    def changed(self, gone: Collection[T], named: Iterable[tuple[str, T]]) -> Starts[T]:
        """Without the names of what is `gone`, and with those of more."""
        found = [start for start in self.sorted if start.bearer not in gone] if gone else list(self.sorted)
        for name, bearer in named:
            whole = key(name)
            for spelling in dict.fromkeys((whole, american_key(whole))):
                found += [Start(start, words_before(start, spelling), name, bearer) for start in starts(spelling)]
        return Starts(tuple(sorted(found, key=itemgetter(0))))

    def beginning(self, text: str) -> Iterator[Start[T]]:
        """Those whose key begins with a key, or with its American spelling."""
        for begun in dict.fromkeys((text, american_key(text))):
            first = bisect_left(self.sorted, begun, key=itemgetter(0))
            last = bisect_left(self.sorted, begun + END, key=itemgetter(0))
            yield from self.sorted[first:last]
