"""What pays while thousands of rows are written, and not in a request."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Kilobytes of its file that SQLite keeps. A request's connection keeps far fewer (decision 88).
_CACHE = 32_000


@contextmanager
def long_work() -> Iterator[None]:
    """Has Python look for garbage less often, and SQLite keep more of its file.

    Rows and records hold no cycles, and to look through those that are kept took a tenth to a fifth of the time. To
    read the pages of indexes again and again took as much, from a hundred thousand trials on.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    connection.ensure_connection()
    server = connection.connection
    is_sqlite = isinstance(server, sqlite3.Connection)
    cache = server.execute("PRAGMA cache_size").fetchone()[0] if is_sqlite else 0
    try:
        if is_sqlite:
            server.execute(f"PRAGMA cache_size={-_CACHE}")
        yield
    finally:
        gc.set_threshold(*thresholds)
        # One that was lost meanwhile has nothing to give back.
        if is_sqlite and connection.connection is server:
            server.execute(f"PRAGMA cache_size={cache}")


def has_two_cores() -> bool:
    """Whether this process may use more than one core."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) > 1
