"""When a status that promises enrolment is warned of."""

from __future__ import annotations

import datetime as dt

import pytest

from trials.quality.rules.freshness import Dates, Day, warnings_of
from trials.records import PartialDate

TODAY = dt.date(2026, 6, 15)


def warned(**dates: str) -> tuple[str, ...]:
    return warnings_of(Dates(**{name: Day.of(PartialDate.parse(text)) for name, text in dates.items()}), TODAY)


@pytest.mark.parametrize(
    ("dates", "warnings"),
    [
        ({}, ()),
        ({"verified": "2024-06-16"}, ()),
        ({"verified": "2024-06-14"}, ("not confirmed for over two years",)),
        # A month or a year may mean its last day.
        ({"verified": "2024-06"}, ()),
        ({"verified": "2024"}, ()),
        ({"verified": "2023"}, ("not confirmed for over two years",)),
        # What was copied long ago may have been confirmed since.
        ({"verified": "2020-01", "copied": "2022-10-10"}, ("as copied 10 October 2022: look at the registry",)),
        ({"verified": "2020-01", "copied": "2026-01"}, ("not confirmed for over two years",)),
        # Where nothing is known of a verification, a record that rests says as much.
        ({"updated": "2020-01"}, ("record not changed for over two years",)),
        ({"updated": "2020-01", "verified": "2026-01"}, ()),
        ({"completion": "2026-06-15"}, ()),
        ({"completion": "2026-06"}, ()),
        ({"completion": "2026-05"}, ("stated completion, May 2026, has passed",)),
        (
            {"verified": "2023", "completion": "2025"},
            ("not confirmed for over two years", "stated completion, 2025, has passed"),
        ),
    ],
)
def test_a_date_is_as_late_as_it_may_mean(dates, warnings):
    assert warned(**dates) == warnings
