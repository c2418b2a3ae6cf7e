"""What the tests of accounts share."""

from __future__ import annotations

from typing import Any

import pytest

from trials.accounts.roles import settle_roles


@pytest.fixture
def roles(db: Any) -> None:
    """The four groups with their permissions, as `prepare` leaves them."""
    settle_roles()


@pytest.fixture
def required(settings: Any) -> None:
    """As in production: much may be done only with a second factor."""
    settings.SECOND_FACTOR = "required"
