"""Rows written past the ORM: what the database refuses is told as Django tells it, on every database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from trials.models import Outcome, Trial, bulk

pytestmark = pytest.mark.django_db


def outcome(**values: object) -> None:
    trial = Trial.objects.create(slug="cells", title="Cells")
    (number,) = bulk.reserve(Outcome, 1)
    row = {"id": number, "trial_id": trial.pk, "order": 1, "kind": "PRIMARY", "measure": "Survival"} | values
    with transaction.atomic():
        bulk.insert(Outcome, [row])


def test_a_row_is_written_with_the_defaults_of_what_is_left_out():
    outcome()
    written = Outcome.objects.get()
    assert (written.measure, written.description, written.time_frame) == ("Survival", "", "")


@pytest.mark.parametrize("values", [{"kind": "LAST"}, {"measure": None}], ids=["unknown value", "no value"])
def test_a_row_that_breaks_a_rule_is_refused(values):
    with pytest.raises(IntegrityError):
        outcome(**values)
    assert not Outcome.objects.exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's sequences are read by who may write.")
def test_numbers_that_do_not_follow_each_other_are_nobody_elses_either():
    sequence = "pg_get_serial_sequence('trials_outcome', 'id')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval({sequence}, 1000)")
        assert list(bulk.reserve(Outcome, 3)) == [1001, 1002, 1003]
        cursor.execute("ALTER SEQUENCE trials_outcome_id_seq INCREMENT BY 5")
    assert list(bulk.reserve(Outcome, 3)) == [1008, 1013, 1018]
