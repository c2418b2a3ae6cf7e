"""Long work asks Python and the database for other habits, and gives them back."""

from __future__ import annotations

import gc

import pytest
from django.db import connection

from trials.long_work import long_work

pytestmark = pytest.mark.django_db


def habits() -> tuple[object, ...]:
    cache = None
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cache = cursor.execute("PRAGMA cache_size").fetchone()[0]
    return gc.get_threshold(), cache


def test_habits_change_for_the_while_and_come_back_after_an_error():
    before = habits()
    during: list[tuple[object, ...]] = []
    with pytest.raises(ZeroDivisionError):
        work(during)
    assert during[0][0] != before[0]
    assert during[0][1] == (-32_000 if connection.vendor == "sqlite" else None)
    assert during == [during[0]] * 3
    assert habits() == before


def work(seen: list[tuple[object, ...]]) -> None:
    """Long work within long work, which ends in an error."""
    with long_work():
        seen.append(habits())
        with long_work():
            seen.append(habits())
        seen.append(habits())
        raise ZeroDivisionError
