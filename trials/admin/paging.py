"""Lists of which only the beginning is counted and paged through, so that no page view counts a whole table."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

# Nobody turns more pages than these hold; who looks for something else narrows the list.
MOST = 10_000


class MoreThan(int):
    """A count that was broken off; it reads “more than 10,000” wherever a page writes it."""

    def __str__(self) -> str:
        return f"more than {int(self):,}"


class BoundedPaginator(Paginator):
    """Counts no further than `MOST` rows, and has pages for these."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = rows.order_by()[: MOST + 1].count()
        return MoreThan(MOST) if found > MOST else found

    @property
    def is_broken_off(self) -> bool:
        """Whether the list goes on behind the last page."""
        return isinstance(self.count, MoreThan)
