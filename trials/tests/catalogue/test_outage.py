"""Pages while the database is away."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError, ProgrammingError, connection, transaction

from catalogue.outage import is_outage
from trials.search.live import NotReadyError
from trials.tests.serving import served


def test_without_its_database_every_public_page_says_so_and_when_to_come_back(site, tmp_path):
    with served(site.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/gone/db.sqlite3"}) as cut_off:
        for path in ("/", "/trials/?q=cells", "/trials/nct04034316/", "/trials/facets/country/"):
            answer = cut_off.get(path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "30")
            assert answer.headers["cache-control"] == "no-store"
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert "The catalogue cannot reach its data just now" in answer.text
            assert "Traceback" not in answer.text
            assert str(tmp_path) not in answer.text
        # The form to sign in asks nothing of the database.
        assert cut_off.get("/admin/login/").status == 200


@pytest.mark.django_db
def test_a_connection_that_breaks_half_way_is_one_line_in_the_log(client, monkeypatch, caplog):
    def broken() -> None:
        raise OperationalError("server closed the connection\nunexpectedly") from psycopg.OperationalError("closed")

    monkeypatch.setattr("trials.views.home.news", broken)
    assert client.get("/").status_code == 503
    assert [record.getMessage() for record in caplog.records if record.name == "catalogue.outage"] == [
        "No answer from the database for /: server closed the connection unexpectedly"
    ]


@pytest.mark.django_db
def test_the_log_tells_nobody_the_link_to_a_preview(client, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise OperationalError("closed") from psycopg.OperationalError("closed")

    monkeypatch.setattr("trials.views.preview.render", broken)
    monkeypatch.setattr("trials.views.preview._refusal", broken)
    assert client.get("/preview/a-secret-token/").status_code == 503
    assert "No answer from the database for /preview/…/: closed" in caplog.text
    assert "a-secret-token" not in caplog.text


@pytest.mark.django_db
def test_of_a_statement_that_took_too_long_the_log_says_where_it_was_asked(client, monkeypatch, caplog):
    def slow() -> None:
        raise failing(OperationalError, psycopg.errors.QueryCanceled("canceling statement due to statement timeout"))

    monkeypatch.setattr("trials.views.home.news", slow)
    assert client.get("/").status_code == 503
    [said] = [record for record in caplog.records if record.name == "catalogue.outage"]
    assert said.exc_info is not None
    assert isinstance(said.exc_info[1], OperationalError)


def failing(kind: type[Exception], cause: Exception | None) -> Exception:
    """What Django raises for a driver's error."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code: int) -> Exception:
    cause = sqlite3.OperationalError("…")
    cause.sqlite_errorcode = code
    return failing(OperationalError, cause)


@pytest.mark.parametrize(
    "error",
    [
        of_sqlite(sqlite3.SQLITE_BUSY),
        of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
        of_sqlite(sqlite3.SQLITE_LOCKED),
        of_sqlite(sqlite3.SQLITE_IOERR_READ),
        of_sqlite(sqlite3.SQLITE_CANTOPEN),
        of_sqlite(sqlite3.SQLITE_FULL),
        failing(OperationalError, psycopg.OperationalError("connection refused")),
        failing(OperationalError, psycopg.errors.ConnectionFailure()),
        failing(OperationalError, psycopg.errors.AdminShutdown()),
        failing(OperationalError, psycopg.errors.TooManyConnections()),
        failing(OperationalError, psycopg.errors.QueryCanceled()),
        failing(OperationalError, psycopg.errors.DeadlockDetected()),
        failing(OperationalError, psycopg.errors.LockNotAvailable()),
        InterfaceError("connection already closed"),
        InterfaceError("the connection is closed"),
        NotReadyError("being made"),
    ],
    ids=lambda error: f"{type(error.__cause__).__name__}-{getattr(error.__cause__, 'sqlite_errorcode', '')}",
)
def test_what_is_over_in_a_while_is_an_outage(error):
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        of_sqlite(sqlite3.SQLITE_ERROR),
        failing(OperationalError, psycopg.errors.StatementTooComplex()),
        failing(OperationalError, None),
        failing(ProgrammingError, psycopg.errors.SyntaxError()),
        failing(DataError, psycopg.errors.NumericValueOutOfRange()),
        InterfaceError("Error binding parameter 1: type is not supported"),
        InterfaceError("the cursor is closed"),
        ValueError("…"),
    ],
    ids=lambda error: type(error.__cause__ or error).__name__,
)
def test_a_mistake_of_ours_is_none(error):
    assert not is_outage(error)


@pytest.mark.django_db
def test_a_mistake_in_a_statement_is_an_error_of_ours_and_logged_with_its_place(client, monkeypatch, caplog):
    def mistaken() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_like_it FROM trials_trial")

    monkeypatch.setattr("trials.views.home.news", mistaken)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert record.exc_info
    assert "nothing_like_it" in str(record.exc_info[1])


def test_a_database_locked_by_another_is_an_outage(tmp_path):
    with sqlite3.connect(tmp_path / "db") as held, sqlite3.connect(tmp_path / "db", timeout=0) as other:
        held.execute("CREATE TABLE one (id)")
        held.commit()
        held.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as caught:
            other.execute("SELECT * FROM one")
        held.rollback()
    assert is_outage(failing(OperationalError, caught.value))


@pytest.mark.django_db
def test_another_error_is_not_taken_for_an_outage(client, monkeypatch):
    monkeypatch.setattr("trials.views.home.news", lambda: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
