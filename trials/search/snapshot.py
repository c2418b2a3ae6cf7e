"""Reading several things as they were at one moment, without waiting for any writer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection


class _Here(threading.local):
    is_open = False


_here = _Here()


def is_inside() -> bool:
    """Whether a transaction or snapshot is open here already."""
    return connection.in_atomic_block or _here.is_open


def may_roll_back() -> bool:
    """Whether a transaction is open here that may have written what nobody else will ever see.

    The one that Django puts around a test counts as none, as for `atomic(durable=True)`.
    """
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is all of one moment. Nothing may be written inside.

    On SQLite a plain BEGIN, which in WAL mode neither waits for a writer nor holds one up (`atomic` here takes the
    write lock); on PostgreSQL a read-only transaction at REPEATABLE READ. Inside a transaction or snapshot that is open
    already, that one serves.
    """
    if is_inside():
        yield
        return
    connection.ensure_connection()
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    _here.is_open = True
    try:
        yield
    finally:
        _here.is_open = False
        _end()


def _end() -> None:
    """Ends the snapshot, also where a query in it failed. A connection that broke meanwhile is given up."""
    if connection.connection is None:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
    except DatabaseError:
        connection.close()
