"""A question, the trials that it finds, and what one more choice leaves of them. Every picture is counted from this."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from django.http import QueryDict
from django.urls import reverse
from pyroaring import BitMap

from trials.search.asking import find
from trials.search.bitmaps import NOTHING
from trials.search.browse import describe
from trials.search.filters import Remark, read_question
from trials.search.index import FacetIndex
from trials.search.live import reading
from trials.search.question import Question

T = TypeVar("T")

# What was worked out last under a name, and the part of an index that it was worked out from.
_MOST_REMEMBERED = 64
_remembered: OrderedDict[str, tuple[Any, Any]] = OrderedDict()
_lock = threading.Lock()


def remembered(part: Any, name: str, make: Callable[[], T]) -> T:
    """What `make` gives for a part of an index, made once: parts never change, and a patched index shares most of the
    one before. Of each name the last is kept."""
    held = _remembered.get(name)
    if held is None or held[0] is not part:
        held = (part, make())
    with _lock:
        _remembered[name] = held
        _remembered.move_to_end(name)
        while len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
    made: T = held[1]
    return made


def forget() -> None:
    """Drops what is kept, as an edit that changes everything would."""
    with _lock:
        _remembered.clear()


@dataclass(frozen=True)
class Count:
    """So many trials; `url` leads to just these on the browse page, or is empty where it cannot ask for them."""

    total: int
    url: str = ""


@dataclass
class Asked:
    """A question at one moment. `text` are the trials that have its words, None where it has none."""

    index: FacetIndex
    question: Question
    text: BitMap | None = None
    remarks: tuple[Remark, ...] = ()
    _wider: dict[tuple[str, ...], BitMap] = field(default_factory=dict)
    _narrower: dict[tuple[tuple[str, str], ...], BitMap] = field(default_factory=dict)

    @property
    def found(self) -> BitMap:
        """The trials that the question finds."""
        return self.without()

    @property
    def total(self) -> int:
        return len(self.found)

    @property
    def title(self) -> str:
        """The question in words."""
        return describe(self.question, self.index.values)

    @property
    def url(self) -> str:
        """The page with its results."""
        return self.address(self.question)

    def without(self, *keys: str) -> BitMap:
        """What the question finds without its choices in these facets; without its place if `near` is among them."""
        if keys not in self._wider:
            kept = tuple(pair for pair in self.question.chosen if pair[0] not in keys)
            wider = replace(self.question, chosen=kept, near=None if "near" in keys else self.question.near)
            self._wider[keys] = self.index.found(wider, self.text)
        return self._wider[keys]

    def members(self, key: str, slug: str) -> BitMap:
        """The trials under a value of a facet, whether found or not."""
        return self.index.members[key].get(slug, NOTHING)

    def count(self, choice: Mapping[str, str], among: BitMap | None = None, **ranges: Any) -> Count:
        """The found trials that have one value of each of some facets.

        `among` narrows further, and `ranges` are the parts of a question that ask for just that.
        """
        total = self._size(tuple(choice.items()), among)
        if not total:
            return Count(0)
        taken = tuple(key for key in choice if self.question.values(key))
        if taken:
            wider = self.without(*taken).intersection(*(self.members(*item) for item in choice.items()))
            if (len(wider) if among is None else wider.intersection_cardinality(among)) != total:
                # Some of these have a chosen value and this one; the page asks for either, never for both.
                return Count(total)
        return Count(total, self.address(self.choosing({key: (slug,) for key, slug in choice.items()}, **ranges)))

    def _size(self, items: tuple[tuple[str, str], ...], among: BitMap | None) -> int:
        """How many of the found trials have these values and are in `among`."""
        if among is not None:
            return int(self._having(items).intersection_cardinality(among))
        return int(self._having(items[:-1]).intersection_cardinality(self.members(*items[-1]))) if items else self.total

    def _having(self, items: tuple[tuple[str, str], ...]) -> BitMap:
        if not items:
            return self.found
        if items not in self._narrower:
            self._narrower[items] = self._having(items[:-1]) & self.members(*items[-1])
        return self._narrower[items]

    def choosing(self, choice: Mapping[str, tuple[str, ...]], **changes: Any) -> Question:
        """The question with these choices instead of its own in the same facets, and other parts replaced."""
        chosen = dict(self.question.chosen) | dict(choice)
        return self.question.but(chosen=tuple(chosen.items()), **changes)

    def address(self, question: Question) -> str:
        """The page with a question's results, as `results_url` gives it."""
        return f"{self._page}{question.query_string()}"

    @cached_property
    def _page(self) -> str:
        # Asked for once: hundreds of marks lead there.
        return reverse("browse")


@contextmanager
def asking(query: QueryDict) -> Iterator[Asked]:
    """What a query string asks, everything as it was at one moment."""
    with reading() as index:
        question, remarks = read_question(query, index.values, lambda: index.gazetteer)
        tiers = find(question.q, index).tiers if question.q else ()
        yield Asked(index, question.but(), tiers[-1] if tiers else None, remarks)
