"""Reading several things as they were at one moment, without waiting for any writer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class _Here(threading.local):
    is_open = False


_here = _Here()


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is all of one moment. Nothing may be written inside.

    On SQLite a plain BEGIN, which in WAL mode neither waits for a writer nor holds one up (`atomic` here takes the write
    lock); on PostgreSQL a read-only transaction at REPEATABLE READ. Inside a transaction or snapshot that is open
    already, that one serves.
    """
    if connection.in_atomic_block or _here.is_open:
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
        # A connection that broke meanwhile has nothing to end.
        if connection.connection is not None and not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
