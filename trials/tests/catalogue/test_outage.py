"""Pages while the database is away."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from tools.environment import clean_environment
from trials.tests.serving import manage, served


def test_without_its_database_every_public_page_says_so_and_when_to_come_back(tmp_path):
    environment = clean_environment(DATA_DIR=str(tmp_path))
    manage("prepare", environment=environment)
    with served(environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/gone/db.sqlite3"}) as site:
        for path in ("/", "/trials/?q=cells", "/trials/nct04034316/", "/trials/facets/country/"):
            answer = site.get(path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "30")
            assert answer.headers["cache-control"] == "no-store"
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert "The catalogue cannot reach its data just now" in answer.text
            assert "Traceback" not in answer.text
            assert str(tmp_path) not in answer.text
        # The form to sign in asks nothing of the database.
        assert site.get("/admin/login/").status == 200


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_connection_that_breaks_half_way_is_one_line_in_the_log(client, monkeypatch, caplog, error):
    def broken(request: HttpRequest) -> None:
        raise error("server closed the connection\nunexpectedly")

    monkeypatch.setattr("trials.views.home.answer", broken)
    assert client.get("/").status_code == 503
    assert [record.getMessage() for record in caplog.records if record.name == "catalogue.outage"] == [
        "No answer from the database for /: server closed the connection unexpectedly"
    ]


@pytest.mark.django_db
def test_another_error_is_not_taken_for_an_outage(client, monkeypatch):
    monkeypatch.setattr("trials.views.home.answer", lambda query: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
