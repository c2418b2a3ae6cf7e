"""Check constraints validated in one statement: the same messages as Django gives one by one."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from trials.models import Site, Trial

pytestmark = pytest.mark.django_db

RESERVED = "This address is reserved: facets, suggest and export are pages of their own."
STATUS = "The status is not one of the values that the catalogue knows."
AGE = "The minimum age needs a number from 0 up and a unit, or neither."


def said(row, exclude=None):
    """What is wrong with a row; the same from Django's own way, constraint by constraint."""
    found: list[list[str]] = []
    for validate in (row.validate_constraints, lambda exclude: one_by_one(row, exclude)):
        try:
            validate(exclude=exclude)
            found.append([])
        except ValidationError as error:
            found.append(error.messages)
    assert found[0] == found[1]
    return found[0]


def one_by_one(row, exclude):
    errors = []
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row, exclude=exclude)
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)


def test_a_sound_row_is_asked_about_once():
    sound = Trial(slug="nct00000001", title="Cells for kidneys", min_age_value=2, min_age_unit="YEARS")
    checks = [one for one in Trial._meta.constraints if isinstance(one, models.CheckConstraint)]
    assert len(checks) > 20
    with CaptureQueriesContext(connection) as asked:
        sound.validate_constraints()
    selects = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    # One for all checks, one for each unique constraint.
    assert len(selects) == 1 + len(Trial._meta.constraints) - len(checks)
    assert said(sound) == []


def test_each_check_that_fails_says_why():
    wrong = Trial(slug="facets", title="Cells", status="OPEN", min_age_value=2)
    assert sorted(said(wrong)) == sorted([RESERVED, STATUS, AGE])


@pytest.mark.parametrize(
    ("exclude", "messages"),
    [({"status"}, [AGE]), ({"min_age_unit"}, [STATUS]), ({"status", "min_age_value"}, [])],
)
def test_a_check_of_an_excluded_field_is_not_asked(exclude, messages):
    assert said(Trial(slug="nct00000001", title="Cells", status="OPEN", min_age_value=2), exclude) == messages


def test_a_check_that_nothing_decides_holds():
    # NULL is neither one of the statuses nor none of them; the column itself refuses it.
    undecided = Trial(slug="nct00000001", title="Cells")
    undecided.__dict__["status"] = None
    assert said(undecided) == []


def test_rows_of_lists_too():
    assert said(Site(city="Bern", country="CH", latitude=91, longitude=7)) == [
        "Give latitude (-90 to 90) and longitude (-180 to 180), or neither."
    ]
