"""Workers as a running catalogue has them: threads with connections of their own to a database on disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections

Result = TypeVar("Result")


@contextmanager
def database_on_disk(folder: Path) -> Iterator[None]:
    """A database that several connections share as in production.

    PostgreSQL's is one. On SQLite, where the tests' own is in memory and knows no WAL, a copy of it in a file.
    """
    if connection.vendor != "sqlite":
        with joined():
            yield
        return
    connection.ensure_connection()
    file = folder / "catalogue.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    in_memory = connections[DEFAULT_DB_ALIAS]
    settings = connections.settings[DEFAULT_DB_ALIAS]
    name = settings["NAME"]
    settings["NAME"] = str(file)
    del connections[DEFAULT_DB_ALIAS]
    try:
        with joined():
            yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        settings["NAME"] = name
        connections[DEFAULT_DB_ALIAS] = in_memory


@contextmanager
def joined() -> Iterator[None]:
    """Waits at the end for what the index reads ahead, which has a connection of its own."""
    try:
        yield
    finally:
        # The first starts the second.
        for name in ("load-index", "read-names"):
            for thread in threading.enumerate():
                if thread.name == name:
                    thread.join(30)


class Threads(ThreadPoolExecutor):
    """Threads that give back their connection after each call."""

    def begin(self, call: Callable[..., Result], *arguments: Any) -> Future[Result]:
        return self.submit(_with_connection, call, *arguments)

    def ask(self, call: Callable[..., Result], *arguments: Any) -> Result:
        """What the call gives when made in another thread; an error in it is raised here."""
        return self.begin(call, *arguments).result(timeout=60)


def _with_connection(call: Callable[..., Result], *arguments: Any) -> Result:
    try:
        return call(*arguments)
    finally:
        connection.close()
