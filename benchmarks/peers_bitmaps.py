"""The limit: roaring bitmaps and nothing around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyroaring import BitMap

from benchmarks.answers import Answer, Ask
from benchmarks.data import Data
from benchmarks.peers import MILLION
from trials.search.browse import PAGE_SIZE


class Bare:
    """Counts every value with one bitmap operation each and takes the first page in the default order."""

    name = "limit: bare pyroaring loop"
    note = "the trials that hold a word, or have a site near by, are known beforehand"
    most = most_for_words = MILLION
    knows_places = True

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        self.order = data.order
        self.place = {pk: place for place, pk in enumerate(data.order)}
        self.public = BitMap(data.order)
        self.members: dict[str, list[BitMap]] = {key: [] for key in data.facets}
        self.slugs: dict[str, list[str]] = {key: [] for key in data.facets}
        for (key, slug), ids in data.members.items():
            self.members[key].append(ids)
            self.slugs[key].append(slug)
        self.words = {word: data.holding(word) for word in {ask.word for ask in asks if ask.word}}
        self.around = {ask.around: data.around(ask.around) for ask in asks if ask.around}
        self.held = data.members

    def ask(self, ask: Ask) -> Answer:
        total, ids, counts = self.loop(ask)
        named = {
            (key, slug): count
            for key, numbers in counts.items()
            for slug, count in zip(self.slugs[key], numbers, strict=True)
            if count
        }
        return Answer(total, ids, named)

    def loop(self, ask: Ask) -> tuple[int, tuple[int, ...], dict[str, list[int]]]:
        """What is timed: total, ids, and the counts in the order of the values."""
        rest = self.words[ask.word] if ask.word else self.public
        if ask.around:
            rest = rest & self.around[ask.around]
        matching = {key: self.held[key, slug] for key, slug in ask.values}
        found = rest.intersection(*matching.values())
        counts = {}
        for key, members in self.members.items():
            base = found
            if key in matching:
                base = rest.intersection(*(ids for other, ids in matching.items() if other != key))
            counts[key] = [ids.intersection_cardinality(base) for ids in members]
        return len(found), self._first(found), counts

    def _first(self, found: BitMap) -> tuple[int, ...]:
        # Many hits: walk the order until the page is full. Few: sort them.
        if len(found) * 50 < len(self.order):
            return tuple(sorted(found, key=self.place.__getitem__)[:PAGE_SIZE])
        page = []
        for pk in self.order:
            if pk in found:
                page.append(pk)
                if len(page) == PAGE_SIZE:
                    break
        return tuple(page)

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        self.members.clear()
