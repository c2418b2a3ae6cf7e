"""A catalogue as the peers get it: which trial holds which value, the default order, the words of each trial.

It is read from the tables through the declaration of the facets, not from the index that is measured, so that the
index too is checked against it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.db.models import F
from pyroaring import BitMap

from benchmarks.answers import Around, Value
from trials.models import Site, Trial
from trials.search.facets import FACETS
from trials.search.places import distance_km
from trials.search.values import NOT_STATED


@dataclass(frozen=True)
class Data:
    """`members` holds the trials under each value, ancestors and “not stated” worked in, facet by facet.

    `order` is the default order. `words` is a file with a line per trial: its id, a tab, its tokens (each once)
    between blanks.
    """

    members: Mapping[Value, BitMap]
    order: tuple[int, ...]
    words: Path

    @cached_property
    def facets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for key, _ in self.members))

    @cached_property
    def number_of(self) -> Mapping[Value, int]:
        """Values by number; those of a facet follow each other."""
        return {value: number for number, value in enumerate(self.members)}

    @cached_property
    def values(self) -> tuple[Value, ...]:
        return tuple(self.members)

    @cached_property
    def facet_number(self) -> Mapping[str, int]:
        """From 1 up."""
        return {key: number for number, key in enumerate(self.facets, 1)}

    @property
    def memberships(self) -> int:
        return sum(len(ids) for ids in self.members.values())

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """(value, trial, facet) as numbers, in the order of value and trial."""
        for (key, _), number in zip(self.values, range(len(self.values)), strict=True):
            facet = self.facet_number[key]
            for trial in self.members[self.values[number]]:
                yield number, trial, facet

    def rows_file(self) -> Path:
        """The same as lines of figures between commas, written when first asked for."""
        path = self.words.with_name("members.csv")
        if not path.exists():
            with path.open("w", encoding="ascii") as file:
                file.writelines(f"{value},{trial},{facet}\n" for value, trial, facet in self.rows())
        return path

    def texts(self) -> Iterator[tuple[int, str]]:
        """(trial, its tokens between blanks), by trial."""
        with self.words.open(encoding="ascii") as lines:
            for line in lines:
                trial, _, tokens = line.rstrip("\n").partition("\t")
                yield int(trial), tokens

    def word_in(self, share: float, may_be: Callable[[str], bool]) -> str:
        """The word whose share of the trials, judged by the first thousands, comes closest to `share`."""
        seen, lines = Counter[str](), 0
        for _, tokens in self.texts():
            seen.update(tokens.split())
            lines += 1
            if lines == 5_000:
                break
        best = sorted(seen, key=lambda word: (abs(seen[word] / lines - share), word))
        return next(word for word in best if may_be(word))

    def around(self, around: Around) -> BitMap:
        """Trials with a site so near, site by site."""
        # A degree of latitude is more than 110 km everywhere.
        reach = around.km / 110
        sites = Site.objects.filter(latitude__range=(around.latitude - reach, around.latitude + reach))
        rows = sites.values_list("trial", "latitude", "longitude").iterator(chunk_size=10_000)
        near = (
            trial
            for trial, latitude, longitude in rows
            if latitude is not None
            and longitude is not None
            and distance_km(around.latitude, around.longitude, latitude, longitude) <= around.km
        )
        return BitMap(near) & BitMap(self.order)

    def holding(self, word: str) -> BitMap:
        """Trials that hold a word."""
        return BitMap(trial for trial, tokens in self.texts() if f" {word} " in tokens)


def read(words: Path) -> Data:
    """Reads the catalogue; `words` is a file that `ours.write_words` made."""
    order = Trial.objects.public().order_by(F("last_update_posted").desc(nulls_last=True), "pk")
    ids = tuple(order.values_list("pk", flat=True))
    public = BitMap(ids)
    members: dict[Value, BitMap] = {}
    for facet in FACETS:
        values = facet.values()
        stored_by: defaultdict[object, list[int]] = defaultdict(list)
        for source in facet.sources:
            for trial, stored in source.pairs():
                stored_by[stored].append(trial)
        found: defaultdict[str, BitMap] = defaultdict(BitMap)
        for stored, trials in stored_by.items():
            held = BitMap(trials)
            for slug in values.expand(stored):
                found[slug] |= held
        if facet.missing:
            found[NOT_STATED] = public - BitMap.union(BitMap(), *found.values())
        members |= {(facet.key, slug): held & public for slug, held in sorted(found.items())}
    return Data({value: held for value, held in members.items() if held}, ids, words)
