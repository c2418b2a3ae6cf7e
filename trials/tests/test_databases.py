"""A test is left out on PostgreSQL only if it has nothing to do with a database, or says so."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase

from trials.tests import databases
from trials.tests.databases import split
from trials.tests.serving import new_database

HERE = Path(__file__).parent


def item(*marks: str, fixtures: tuple[str, ...] = (), cls: type | None = None) -> Any:
    """A test as pytest collects it."""
    return SimpleNamespace(fixturenames=fixtures, cls=cls, get_closest_marker=lambda name: name in marks or None)


@pytest.mark.parametrize(
    "kept",
    [
        item("django_db"),
        item(fixtures=("tmp_path", "db")),
        item(fixtures=("transactional_db",)),
        item(cls=type("Old", (TestCase,), {})),
        item(fixtures=("site",)),
        item("server"),
        item("skipif"),
    ],
    ids=["mark", "fixture", "commits", "class", "running catalogue", "another process", "skips"],
)
def test_what_asks_for_a_database_runs_on_both(kept: Any) -> None:
    assert split([kept]) == ([kept], [])


def test_the_others_are_left_out_and_keep_their_order() -> None:
    items = [item(fixtures=("client", "tmp_path")), item("django_db"), item("parametrize")]
    assert split(items) == ([items[1]], [items[0], items[2]])


def test_what_forms_show_runs_on_postgresql_only_when_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    form = item("django_db", "page")
    assert split([form]) == ([], [form])
    monkeypatch.setattr(databases, "is_long", lambda: True)
    assert split([form]) == ([form], [])


def test_a_test_without_a_mark_may_not_ask_which_database_it_is_on() -> None:
    for question in (lambda: connection.vendor, transaction.get_connection, new_database().__enter__):
        with pytest.raises(pytest.fail.Exception, match="has to run on both"):
            question()


@pytest.mark.django_db
def test_a_test_with_the_mark_may() -> None:
    assert connection.vendor in {"sqlite", "postgresql"}


def test_the_address_of_the_server_is_read_in_one_place_that_refuses_it_to_others() -> None:
    readers = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if re.search(r"""environ\b.*["']DATABASE_URL""", path.read_text(encoding="utf-8"))
    }
    assert readers == {"serving.py"}
