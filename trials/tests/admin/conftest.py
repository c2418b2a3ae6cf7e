"""What the tests of the admin share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from trials import models
from trials.tests.admin import making


@pytest.fixture
def editor(db: Any) -> Client:
    """A browser of somebody who may do everything."""
    return making.signed_in(making.superuser())


@pytest.fixture
def trial(db: Any) -> models.Trial:
    return making.trial()
