"""Rows into tables as fast as each database takes them: COPY on PostgreSQL, one prepared statement on SQLite.

Numbers are reserved first, so that rows of one batch can point to each other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection, models

Row = dict[str, Any]


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """`count` numbers for new rows of a table, used by nobody else. Needs the transaction that will write them."""
    if not count:
        return ()
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Left to itself, PostgreSQL would look the sequence up for every number. Where nobody else took any
            # meanwhile, the first one says them all.
            cursor.execute(
                "WITH named AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence),"
                " numbers AS MATERIALIZED (SELECT nextval(sequence) AS number FROM named, generate_series(1, %s))"
                " SELECT min(number), CASE WHEN max(number) - min(number) >= count(*) THEN array_agg(number) END"
                " FROM numbers",
                [table, key, count],
            )
            ((first, scattered),) = cursor.fetchall()
            return scattered or range(first, first + count)
        # The transaction holds SQLite's only write lock; the sequence also remembers rows that are gone.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


def add(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Writes new rows and gives each its `id`."""
    for row, number in zip(rows, reserve(model, len(rows)), strict=True):
        row["id"] = number
    insert(model, rows)


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Writes rows given as {column attribute: plain value}, each with its `id`; what is left out gets its default."""
    if not rows:
        return
    columns, defaults, is_json = _shape(model)
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    values = (_values(row, columns, defaults, is_json) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django translates what `execute` raises, but does not know `copy`.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values))  # noqa: S608


def update(model: type[models.Model], rows: Iterable[tuple[int, Row]]) -> None:
    """Writes some columns of rows given as (id, {column attribute: plain value}); no row twice."""
    all_columns, _, places = _shape(model)
    json_columns = {all_columns[place] for place in places}
    # One prepared statement for all rows of which the same columns change.
    by_columns: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for pk, row in rows:
        columns = tuple(sorted(row))
        is_json = [place for place, column in enumerate(columns) if column in json_columns]
        by_columns[columns].append((*_values(row, columns, (None,) * len(columns), is_json), pk))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for columns, values in by_columns.items():
            names = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
            cursor.executemany(f"UPDATE {table} SET {names} WHERE id = %s", values)  # noqa: S608


@contextmanager
def checking() -> Iterator[None]:
    """Has PostgreSQL check now, while the block works without it, what it would else check at the end of the
    transaction: that every row points to one that is there. SQLite checks at the end.

    Raises IntegrityError after the block where one does not.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    server: Any = connection.connection
    with connection.wrap_database_errors, ThreadPoolExecutor(1) as thread:
        checked = thread.submit(server.execute, "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        yield
        checked.result()


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[tuple[str, ...], tuple[Any, ...], tuple[int, ...]]:
    """Columns that we fill, the value of each where it is left out, and the places of those that hold JSON."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if not getattr(field, "generated", False) and not field.has_db_default()
    ]
    columns = tuple(field.attname for field in fields)
    defaults = tuple(None if field.primary_key else field.get_default() for field in fields)
    return columns, defaults, tuple(place for place, field in enumerate(fields) if isinstance(field, models.JSONField))


def _values(row: Row, columns: Sequence[str], defaults: Sequence[Any], is_json: Sequence[int]) -> tuple[Any, ...]:
    values = tuple(map(row.get, columns, defaults))
    if not is_json:
        return values
    known = list(values)
    for place in is_json:
        if known[place] is not None:
            known[place] = json.dumps(known[place])
    return tuple(known)
