"""Empties PostgreSQL's tables after a test that commits: only those that hold something.

Django truncates all of them, which makes the files of some sixty tables and their indexes anew, however empty they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

# Made by `migrate` and changed by no test; Django would fill them again each time.
KEPT = {"django_content_type", "auth_permission"}


def _statements(self: Any, style: Any, tables: Sequence[str], **_: bool) -> list[str]:
    """One DELETE for each table with rows. References are checked at the end, so the order does not matter."""
    names = [self.quote_name(table) for table in tables if table not in KEPT]
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names))  # noqa: S608
        return [f"DELETE FROM {name}" for (name,) in cursor.fetchall()]  # noqa: S608


@contextmanager
def only_what_is_filled() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _statements)
        yield
