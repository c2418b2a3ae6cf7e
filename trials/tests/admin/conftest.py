"""What the tests of the admin share."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from trials import models
from trials.tests.admin import making, registered


@pytest.fixture
def editor(db: Any) -> Client:
    """A browser of somebody who may do everything."""
    return making.signed_in(making.superuser())


@pytest.fixture
def everything(db: Any) -> dict[type[Model], Any]:
    """One object of every registered model, by model."""
    return registered.one_of_each()


@pytest.fixture
def trial(db: Any) -> models.Trial:
    return making.trial()
