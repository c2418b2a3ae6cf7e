"""What every test stands on.

- Nothing is written under the developer's `var/`, and no test reaches the network: only this machine answers.
- The demo catalogue stays out, unless a test sets `DEMO` or loads it.
- Static files keep their plain names (no manifest is needed) and passwords are hashed fast.
- Tests that touch no database, and those of forms, are left to the run on SQLite; `databases` says which, and holds
  that none is lost.
- `site` is the catalogue as it is shipped: a real gunicorn on a folder that `manage.py prepare` filled from the
  fixtures. It is started once per test run, only if a test asks for it.
"""

from __future__ import annotations

import gc
import ipaddress
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings

from tools.test import LEFT
from trials.tests import databases, emptying
from trials.tests.drawing import LONG
from trials.tests.serving import Site, prepared_site

_folders: list[Path] = []
_at_the_end = pytest.StashKey[dict[str, Any]]()

# How long a drawn example takes says more about what else the machine does than about the code.
hypothesis.settings.register_profile("catalogue", deadline=None)
# For `pytest --hypothesis-profile=long`: `drawing` draws more where examples write to tables.
hypothesis.settings.register_profile(LONG, deadline=None)
hypothesis.settings.load_profile("catalogue")


def pytest_configure(config: pytest.Config) -> None:
    folder = Path(tempfile.mkdtemp(prefix="catalogue-tests-"))
    _folders.append(folder)
    settings.DATA_DIR = folder
    settings.DEMO = False
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure(config: pytest.Config) -> None:
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves tests without a database to SQLite.

    Those begin that share the running catalogue, so on one worker, and those that take long in one piece, or one
    worker would be at them when the others are done.
    """
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        items[:], left = databases.split(items)
        _told(config)[LEFT] = len(left)
    items.sort(key=lambda item: not (databases.is_served(item) or item.get_closest_marker("early")))


def pytest_collection_finish(session: pytest.Session) -> None:
    # Thousands of tests and what they import stay to the end, and need not be searched for garbage again and again.
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with databases.held(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with databases.held(item):
        yield


def _told(config: pytest.Config) -> dict[str, Any]:
    """What is said at the end of the run; in a worker of xdist, what it tells the process that started it."""
    told: dict[str, Any] | None = getattr(config, "workeroutput", None)
    return config.stash.setdefault(_at_the_end, {}) if told is None else told


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker of xdist leaves out the same tests."""
    _told(node.config)[LEFT] = getattr(node, "workeroutput", {}).get(LEFT, 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = _told(config).get(LEFT)
    if left:
        terminalreporter.write_line(f"{left} tests that touch no database or are marked page: {LEFT}")


def is_this_machine(host: object) -> bool:
    """Whether a socket to this host stays on this machine."""
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Fails a test that looks up a name or opens a connection outside this machine.

    PostgreSQL's own library connects below Python, so TEST_DATABASE_URL may name another host.
    """
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not is_this_machine(address[0]):
            pytest.fail(f"A test tried to connect to {address[0]}: tests must not use the network.")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_this_machine(host):
            pytest.fail(f"A test tried to look up {host}: tests must not use the network.")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_emptying() -> Iterator[None]:
    with emptying.only_what_is_filled():
        yield


@pytest.fixture(autouse=True)
def no_text_left(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Clears the tables of the text search after a test that commits: Django empties the tables of models alone."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits or "transactional_db" in request.fixturenames:
        from trials.search.text import store

        with django_db_blocker.unblock():
            store.clear()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The catalogue as shipped, served by gunicorn; see `serving.Site` for what a test can do with it.

    It is shared by the whole run: a test that edits makes a trial of its own, and leaves the seed trials alone.
    """
    with prepared_site() as running:
        yield running
