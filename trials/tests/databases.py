"""Which tests work on the database of the test run, and so run on SQLite and again on PostgreSQL.

Those are the tests that ask pytest-django for it (a mark, a fixture, a TestCase) and those that work on it from another
process (the fixtures in `SERVED`, the mark `server`). Any other test shows on PostgreSQL what it showed on SQLite, so
there it is left out, and the last line of the run counts it. Nothing gets lost that way: such a test fails on SQLite as
soon as it asks which database it is on (`held` below), and pytest-django lets it query none.

Tests with the mark `page` are about what a form shows, to whom, and how it reads what was sent, hundreds of times the
same few statements. They are left out too, and counted, except by `make test-long`; others save the same forms on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.utils import ConnectionHandler
from django.test import SimpleTestCase

from trials.tests.drawing import is_long

ASKED = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}
SERVED = {"site"}
# What decides by the database whether to skip is among them.
MARKED = ("django_db", "skipif")

_asking = {"may": True}


def is_served(item: pytest.Item) -> bool:
    """Whether a test works on the database from another process."""
    return bool(SERVED & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker("server") is not None


def works_on_it(item: pytest.Item) -> bool:
    """Whether a test works on the database of the run."""
    kind = getattr(item, "cls", None)
    return (
        is_served(item)
        or bool(ASKED & set(getattr(item, "fixturenames", ())))
        or any(item.get_closest_marker(name) for name in MARKED)
        or (isinstance(kind, type) and issubclass(kind, SimpleTestCase))
    )


def split(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests that run on PostgreSQL too, and those left to SQLite."""
    sides: tuple[list[pytest.Item], list[pytest.Item]] = [], []
    for item in items:
        is_page = item.get_closest_marker("page") is not None and not is_long()
        sides[is_page or not works_on_it(item)].append(item)
    return sides


@contextmanager
def held(item: pytest.Item) -> Iterator[None]:
    """Inside the block a test that would be left out on PostgreSQL fails when it asks which database it is on."""
    if works_on_it(item):
        yield
        return

    def asked(self: ConnectionHandler, alias: str) -> Any:
        refuse()

    def all_of_them(self: ConnectionHandler, initialized_only: bool = False) -> list[Any]:
        # Django's handlers for the beginning and the end of a request: no question about the database.
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConnectionHandler, "__getitem__", asked)
        patch.setattr(ConnectionHandler, "all", all_of_them)
        patch.setitem(_asking, "may", False)
        yield


def refuse() -> None:
    """Fails a test that would be left out on PostgreSQL; nothing for the others."""
    if not _asking["may"]:
        pytest.fail(
            "This test asks which database it is on, so it has to run on both: "
            "give it the mark django_db, or server if another process works on the database."
        )
