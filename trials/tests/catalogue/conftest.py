"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tools.environment import clean_environment
from trials.tests.serving import Site, served


@pytest.fixture(scope="package")
def unprepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on an empty folder, started without `prepare`, whose home folder is empty too. Nobody writes to it."""
    data, home = tmp_path_factory.mktemp("data"), str(tmp_path_factory.mktemp("home"))
    with served(clean_environment(DATA_DIR=str(data), HOME=home, XDG_RUNTIME_DIR=home)) as running:
        yield running
