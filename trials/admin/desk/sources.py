"""Rows that wait for an editor, in one order that never changes: counted up to a bound, and found from a place on.

No query here grows with the table: each reads some entries of an index, from one end or from a given place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.utils import timezone

# Nobody works through more at once; counting further would cost a scan.
MOST = 10_000
# Days for which something has waited, for which it is counted apart.
AGES = (7, 30)

# A place in the order: the values of the shared columns, the rank of the source, the row's number.
Key = tuple[Any, ...]


class Compared(Func):
    """`(a, b) > (1, 2)`: how rows compare in the order of several columns, which an index answers at once."""

    output_field = BooleanField()

    def __init__(self, columns: Sequence[str], sign: str, values: Sequence[Any]) -> None:
        super().__init__(*map(F, columns), *map(Value, values))
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:  # type: ignore[override]
        compiled = [compiler.compile(part) for part in self.get_source_expressions()]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in part) for part in (compiled[:half], compiled[half:]))
        return f"({left}) {self.sign} ({right})", [one for _, params in compiled for one in params]


@dataclass(frozen=True)
class Counted:
    """How many wait, and how many of them for longer than each of `AGES` (None where nobody knows since when)."""

    total: int
    older: tuple[int | None, ...]

    def __add__(self, other: Counted) -> Counted:
        pairs = zip(self.older, other.older, strict=True)
        older = tuple(None if a is b is None else (a or 0) + (b or 0) for a, b in pairs)
        return Counted(self.total + other.total, older)


@dataclass(frozen=True)
class Source:
    """Rows of one table that wait.

    They stand in the order of `shared`, columns that all sources of a kind have, then of their numbers. `since` is the
    column that says since when a row waits; `fetched` and `prefetched` are what its line in a list needs.
    """

    rows: Callable[[], QuerySet[Any]]
    shared: tuple[str, ...] = ()
    since: str = ""
    fetched: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.shared, "pk")

    def waiting(self, days: int = 0) -> QuerySet[Any]:
        """All of them, or those that have waited for more than so many days."""
        rows = self.rows()
        return rows.filter(self._older(days)) if days and self.since else rows.none() if days else rows

    def counted(self) -> Counted:
        """One query, which looks at `MOST` rows and one."""
        # The longest waiting first, so that of more than `MOST` the ages are right.
        columns = self.columns if self.since in self.shared else ()
        some = self.rows().order_by(*columns).values(self.since or "pk")[: MOST + 1]
        ages = {f"over_{days}": Count("pk", filter=self._older(days)) for days in AGES if self.since}
        found = some.aggregate(total=Count("*"), **ages)
        return Counted(found["total"], tuple(found.get(f"over_{days}") for days in AGES))

    def beyond(self, days: int, key: Key, rank: int, forwards: bool) -> QuerySet[Any]:
        """The rows after a place, or before it; `rank` is that of this source among those of its kind."""
        *shared, at, pk = key
        rows, sign = self.waiting(days), ">" if forwards else "<"
        if rank == at:
            return rows.filter(Compared(self.columns, sign, (*shared, pk)))
        # Where all else is equal, sources stand one behind the other.
        is_further = (rank > at) == forwards
        if not shared:
            return rows if is_further else rows.none()
        return rows.filter(Compared(self.shared, f"{sign}=" if is_further else sign, shared))

    def ordered(self, rows: QuerySet[Any], forwards: bool = True) -> QuerySet[Any]:
        names = self.columns
        rows = rows.select_related(*self.fetched) if self.fetched else rows
        return rows.order_by(*(names if forwards else (f"-{name}" for name in names)))

    def number(self, rows: QuerySet[Any]) -> int:
        """How many these are; `MOST` and one stands for any number above."""
        return rows.order_by().values("pk")[: MOST + 1].count()

    def has(self, key: Key, days: int) -> bool:
        """Whether the row at this place waits still."""
        return self.waiting(days).filter(pk=key[-1]).exists()

    def key(self, row: Any, rank: int) -> Key:
        return (*(getattr(row, name) for name in self.shared), rank, row.pk)

    def parse(self, words: Sequence[str]) -> Key | None:
        """A place as an address has it; None where it is none."""
        words = [*"~".join(words[:-2]).split("~", len(self.shared) - 1), *words[-2:]] if self.shared else words
        if len(words) != len(self.shared) + 2:
            return None
        model = self.rows().model
        if any("\x00" in word for word in words):
            return None
        try:
            shared = [_column(model, name).to_python(word) for name, word in zip(self.shared, words, strict=False)]
            rank, pk = map(int, words[len(self.shared) :])
        except (ValidationError, ValueError, OverflowError):
            return None
        if any(isinstance(one, dt.datetime) and not _is_usable(one) for one in shared):
            return None
        fits = all(abs(number) < 1 << 63 for number in (rank, pk, *(one for one in shared if isinstance(one, int))))
        return (*shared, rank, pk) if fits and None not in shared else None

    def since_of(self, row: Any) -> dt.date | None:
        """The day since which a row waits."""
        value = getattr(row, self.since) if self.since else None
        return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value

    def _older(self, days: int) -> Q:
        is_day = self.since and _column(self.rows().model, self.since).get_internal_type() == "DateField"
        now: dt.date = timezone.localdate() if is_day else timezone.now()
        return Q(**{f"{self.since}__lt": now - dt.timedelta(days=days)})


@dataclass(frozen=True)
class WordSource(Source):
    """Words, each once however many rows bear it: `shared` is the column that holds them."""

    # Rows that are looked at to count the words; each bears one.
    rows_counted = 3 * MOST

    def counted(self) -> Counted:
        (column,) = self.shared
        some = self.rows().order_by(column).values(column)[: self.rows_counted]
        found = some.aggregate(rows=Count("*"), words=Count(column, distinct=True))
        return Counted(MOST + 1 if found["rows"] == self.rows_counted else found["words"], (None,) * len(AGES))

    def beyond(self, days: int, key: Key, rank: int, forwards: bool) -> QuerySet[Any]:
        return self.waiting(days).filter(Compared(self.shared, ">" if forwards else "<", key[:1]))

    def ordered(self, rows: QuerySet[Any], forwards: bool = True) -> QuerySet[Any]:
        (column,) = self.shared
        return rows.values_list(column, named=True).order_by(column if forwards else f"-{column}").distinct()

    def number(self, rows: QuerySet[Any]) -> int:
        some = rows.order_by(*self.shared).values(*self.shared)[: self.rows_counted]
        return int(some.aggregate(words=Count(self.shared[0], distinct=True))["words"])

    def has(self, key: Key, days: int) -> bool:
        return self.waiting(days).filter(**{self.shared[0]: key[0]}).exists()

    def key(self, row: Any, rank: int) -> Key:
        return (getattr(row, self.shared[0]), rank, 0)


def _is_usable(moment: dt.datetime) -> bool:
    """Whether a moment can be brought into any time zone."""
    return timezone.is_aware(moment) and 1900 < moment.year < 9000


def _column(model: Any, name: str) -> Any:
    field = model._meta.get_field(name.removesuffix("_id"))
    return field.target_field if field.is_relation else field


def written(key: Key) -> str:
    """A place for an address: `2026-11-01~12~0~345`."""
    return "~".join(one.isoformat() if isinstance(one, dt.date) else str(one) for one in key)
