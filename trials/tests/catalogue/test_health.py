"""`/healthz/live` and `/healthz/ready`, as a load balancer asks them."""

import fcntl
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tools.environment import clean_environment
from trials.search.live import live
from trials.tests.serving import served
from trials.views import health


@pytest.fixture
def loaded(db):
    """This process's index, loaded by itself: a thread would open another connection to a database in memory."""
    with live.reading():
        pass


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
@pytest.mark.usefixtures("loaded")
def test_load_balancer_asks_by_address_and_without_https(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["trials.example.org"]
    answer = client.get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.cookies == {}


def test_alive_needs_no_database(client):
    """Without the django_db mark any query fails the test."""
    assert client.get("/healthz/live").json() == {"live": True}


@pytest.mark.usefixtures("loaded")
def test_not_ready_while_a_migration_is_missing_and_ready_once_it_ran(client, monkeypatch):
    monkeypatch.setattr(health, "_schema_is_current", False)
    rows = MigrationRecorder.Migration.objects.filter(app="trials")
    applied = list(rows.values_list("app", "name"))
    rows.delete()
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "problem": "The database lacks this release's tables: run “manage.py prepare”.",
    }
    MigrationRecorder.Migration.objects.bulk_create(MigrationRecorder.Migration(app=a, name=n) for a, n in applied)
    assert client.get("/healthz/ready").json() == {"ready": True}


def test_without_its_database_the_server_lives_but_is_not_ready(tmp_path):
    environment = clean_environment(DATA_DIR=str(tmp_path), DATABASE_URL="postgres://user:hidden@127.0.0.1:1/none")
    with served(environment) as site:
        assert site.get("/healthz/live").status == 200
        answer = site.get("/healthz/ready")
        assert answer.status == 503
        assert answer.text == '{"ready": false, "problem": "The database does not answer."}'


def test_server_that_was_not_prepared_is_not_ready(unprepared):
    answer = unprepared.get("/healthz/ready")
    assert answer.status == 503
    assert json.loads(answer.body)["problem"] == ("The database lacks this release's tables: run “manage.py prepare”.")


@pytest.mark.django_db
def test_not_ready_without_collected_static_files(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["problem"] == (
        "The static files are not collected: run “manage.py prepare”, then start the server again."
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections that a restart could cut")
def test_visitors_notice_nothing_of_a_restarted_database(site):
    for _ in range(8):  # both workers open connections
        site.get("/trials/")
    site.python(
        "from django.db import connection as c; c.cursor().execute('SELECT pg_terminate_backend(pid) FROM "
        "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')"
    )
    assert {site.get("/trials/").status for _ in range(8)} == {200}


@pytest.mark.django_db
def test_not_ready_while_the_index_loads_and_says_so_soon(client, monkeypatch):
    may_end = threading.Event()
    loading = threading.Thread(target=may_end.wait, args=(30,))
    loading.start()
    monkeypatch.setattr(live, "is_loaded", lambda: may_end.is_set())
    monkeypatch.setattr(live, "load_aside", lambda: loading)
    began = time.monotonic()
    answer = client.get("/healthz/ready")
    assert time.monotonic() - began < 5
    assert answer.status_code == 503
    assert answer.json()["problem"] == "The search index is being loaded: ask again in a few seconds."
    may_end.set()
    loading.join()
    assert client.get("/healthz/ready").json() == {"ready": True}


def test_who_comes_before_the_index_is_loaded_waits_and_is_answered(site):
    """A new server, while another process builds: it is alive, not ready, and its first visitor waits."""
    site.python("from trials.search.publishing import publish_all; publish_all()")
    folder = Path(site.environment["DATA_DIR"]) / "search"
    folder.mkdir(exist_ok=True)
    (folder / "index.bin").unlink(missing_ok=True)
    with (
        (folder / "building.lock").open("w") as lock,
        served(site.environment) as fresh,
        ThreadPoolExecutor() as threads,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        assert fresh.get("/healthz/live").status == 200
        answer = fresh.get("/healthz/ready")
        assert (answer.status, json.loads(answer.body)["ready"]) == (503, False)
        assert time.monotonic() - began < 5
        visitor = threads.submit(fresh.get, "/trials/")
        time.sleep(0.5)
        assert not visitor.done()
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert visitor.result(timeout=30).status == 200
        assert until_ready(fresh)


def until_ready(site, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if site.get("/healthz/ready").status == 200:
            return True
        time.sleep(0.1)
    return False
