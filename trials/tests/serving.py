"""A real catalogue for tests: `manage.py prepare` and gunicorn on a folder and a database of their own."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

from tools.environment import clean_environment
from trials.tests import databases
from trials.tests.shell import Shell

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire; header names in lower case, `body` still compressed if it was."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True)
class Site:
    """A running catalogue. `url` has no slash at its end, for example http://127.0.0.1:41234."""

    url: str
    port: int
    environment: dict[str, str] = field(repr=False)
    shell: Shell = field(repr=False)

    def manage(self, *arguments: str, stdin: str = "", **variables: str) -> str:
        """Runs `manage.py` against this catalogue's database and returns what it printed."""
        return manage(*arguments, environment=self.environment | variables, stdin=stdin)

    def python(self, code: str) -> str:
        """Runs Python inside this catalogue (models are imported) and returns what it printed.

        For what the pages cannot do, such as making a trial that only one test edits.
        """
        return self.shell.run(code)

    def get(self, path: str, **headers: str) -> Reply:
        """Asks for a page without a browser; redirects are not followed, `Accept_Encoding="br"` names a header."""
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            browser.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = browser.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            browser.close()


def manage(*arguments: str, environment: dict[str, str], stdin: str = "") -> str:
    """Runs `manage.py` in a process of its own; a failure is an AssertionError with all that it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def postgres_server() -> str:
    """DATABASE_URL of this test run's PostgreSQL server; empty when the run is on SQLite."""
    databases.refuse()
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


@contextmanager
def new_database(name: str = "site", template: str = "") -> Iterator[dict[str, str]]:
    """DATABASE_URL of a new database on this test run's PostgreSQL server; nothing when the run is on SQLite.

    `template` is the DATABASE_URL of one to copy, to which nobody is connected; without it the new one is empty.
    """
    url = postgres_server()
    if not url:
        yield {}
        return
    name = f"catalogue_{name}_{os.getpid()}"
    copied = f" TEMPLATE {urlsplit(template).path.strip('/')}" if template else ""
    with psycopg.connect(url, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}{copied}")
        try:
            yield {"DATABASE_URL": _with_name(url, name)}
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def environment_of_this_database(folder: Path) -> dict[str, str]:
    """An environment in which another process works on the PostgreSQL database that this test has open.

    SQLite's is in this process's memory, so there it is a new file under `folder`, which becomes DATA_DIR in any case.
    """
    environment = clean_environment(DATA_DIR=str(folder))
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = _with_name(postgres_server(), connection.settings_dict["NAME"])
    return environment


@contextmanager
def prepared_site(**variables: str) -> Iterator[Site]:
    """A catalogue on a new database, prepared from the fixtures and served by gunicorn until the block ends.

    `variables` are added to its environment; without `DEMO="1"` it holds the seed trials only.
    """
    with tempfile.TemporaryDirectory(prefix="catalogue-site-") as folder, new_database() as database:
        environment = clean_environment(DATA_DIR=folder, **database, **variables)
        manage("prepare", environment=environment)
        with served(environment) as running:
            yield running


@contextmanager
def served(environment: dict[str, str]) -> Iterator[Site]:
    """gunicorn in this environment on a port that the system picks, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile("w+") as log:
        port = listener.getsockname()[1]
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "catalogue/gunicorn_conf.py",
                "--bind",
                f"fd://{listener.fileno()}",
            ],
            cwd=ROOT,
            env=environment,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        running = Site(f"http://127.0.0.1:{port}", port, environment, Shell(environment))
        try:
            wait_until_alive(running, server)
            yield running
        except BaseException:
            log.seek(0)
            print(f"What the server of this test said:\n{log.read()}")  # noqa: T201 (pytest shows it with the failure)
            raise
        finally:
            running.shell.close()
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_until_alive(site: Site, server: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Returns once `/healthz/live` answers; RuntimeError when the server stops first or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"gunicorn stopped with code {server.returncode} instead of serving.")
        try:
            if site.get("/healthz/live").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not answer on {urlsplit(site.url).netloc} within {seconds:.0f} seconds.")
