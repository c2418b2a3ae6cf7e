"""A worklist that an editor works through: carried in the address of each page, so that every page knows the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse

from trials.admin.desk.kinds import KINDS, Kind
from trials.admin.desk.sources import AGES, Counted, Key, written

# The names in addresses: the kind, the least age in days, the place.
WORK, OLDER, AT = "work", "older", "at"


@dataclass(frozen=True)
class Item:
    """A row that waits, or waited a moment ago, at its place in the order."""

    key: Key
    row: Any


@dataclass(frozen=True)
class Queue:
    """The rows of a kind, or those that wait for more than `older` days."""

    kind: Kind
    older: int = 0

    # From one to the next --------------------------------------------------------------------------------------

    def page(self, key: Key | None, size: int, forwards: bool = True) -> list[Item]:
        """So many items after a place, or before it, in the direction asked for; the first ones without a place."""
        found = []
        for rank, source in enumerate(self.kind.sources):
            rows = source.waiting(self.older) if key is None else source.beyond(self.older, key, rank, forwards)
            rows = source.ordered(rows, forwards)[:size]
            found.append([Item(source.key(row, rank), row) for row in rows])
        return list(merge(*found, key=lambda item: item.key, reverse=not forwards))[:size]

    def first(self) -> Item | None:
        return next(iter(self.page(None, 1)), None)

    def after(self, key: Key) -> Item | None:
        return next(iter(self.page(key, 1)), None)

    def before(self, key: Key) -> Item | None:
        return next(iter(self.page(key, 1, forwards=False)), None)

    def with_lines(self, items: Sequence[Item]) -> list[Item]:
        """The same items with what their lines in a list need, fetched for all at once."""
        for rank, source in enumerate(self.kind.sources):
            if source.prefetched:
                prefetch_related_objects([item.row for item in items if item.key[-2] == rank], *source.prefetched)
        return list(items)

    # Counting --------------------------------------------------------------------------------------------------

    def total(self) -> int:
        """How many wait; more than `MOST` stands for any number above."""
        return sum(source.number(source.waiting(self.older)) for source in self.kind.sources)

    def place(self, key: Key) -> int:
        """How many stand before this place."""
        sources = enumerate(self.kind.sources)
        return sum(source.number(source.beyond(self.older, key, rank, False)) for rank, source in sources)

    def still_has(self, key: Key) -> bool:
        """Whether what stands at this place waits still."""
        rank, sources = key[-2], self.kind.sources
        return 0 <= rank < len(sources) and sources[rank].has(key, self.older)

    # Addresses -------------------------------------------------------------------------------------------------

    def query(self, key: Key | None = None) -> str:
        """What the address of a page carries: `work=facts&at=…`."""
        named: dict[str, Any] = {WORK: self.kind.slug}
        named |= {OLDER: self.older} if self.older else {}
        return urlencode(named | ({AT: written(key)} if key else {}), safe="~:")

    def address(self, item: Item) -> str:
        """The page on which an item is looked at, as a part of this worklist."""
        page = urlsplit(self.kind.address(item.row))
        return page._replace(query="&".join(filter(None, (page.query, self.query(item.key))))).geturl()

    def url(self) -> str:
        """The list itself."""
        url = reverse("admin:trials_work", args=[self.kind.slug])
        return f"{url}?{urlencode({OLDER: self.older})}" if self.older else url

    def next_url(self, key: Key) -> str:
        """The page of the next item, or the list where there is none."""
        item = self.after(key)
        return self.address(item) if item else self.url()


def counted(kind: Kind) -> Counted:
    """What waits of a kind; one query per table."""
    first, *rest = (source.counted() for source in kind.sources)
    for more in rest:
        first = first + more
    return first


def open_to(user: Any) -> tuple[Kind, ...]:
    """The kinds that somebody may work on."""
    return tuple(kind for kind in KINDS if user.has_perms(kind.permissions))


def queue_named(request: HttpRequest, slug: str) -> Queue | None:
    """The worklist of that name, if there is one for who asks; its age as the address says."""
    kind = next((kind for kind in open_to(request.user) if kind.slug == slug), None)
    older = request.GET.get(OLDER, "")
    return Queue(kind, int(older) if older in map(str, AGES) else 0) if kind else None


def queue_of(request: HttpRequest) -> tuple[Queue, Key] | None:
    """The worklist that the address of a page carries, and the place of the page in it."""
    queue = queue_named(request, request.GET.get(WORK, ""))
    key = queue.kind.sources[0].parse(request.GET.get(AT, "").split("~")) if queue else None
    return (queue, key) if queue and key else None
