import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.records import PartialDate


@pytest.mark.parametrize(
    ("text", "label", "precision"),
    [("2028", "2028", "year"), ("2028-04", "April 2028", "month"), ("2024-01-10", "10 January 2024", "day")],
)
def test_a_date_is_never_more_precise_than_its_source(text, label, precision):
    date = PartialDate.parse(text)
    assert (str(date), date.label, date.precision) == (text, label, precision)


def test_a_month_spans_its_days():
    assert PartialDate(2024, 2).first_day == dt.date(2024, 2, 1)
    assert PartialDate(2024, 2).last_day == dt.date(2024, 2, 29)
    assert PartialDate(2023).last_day == dt.date(2023, 12, 31)


@pytest.mark.parametrize(
    "text", ["", "28", "2028-4", "2028-13", "2023-02-29", "2028-04-31", "April 2028", "٢٠٢٨", "0999"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="is not a date"):
        PartialDate.parse(text)


def test_a_day_without_a_month_is_refused():
    with pytest.raises(ValueError, match="needs a month"):
        PartialDate(2024, None, 3)


days = st.dates(min_value=dt.date(1000, 1, 1))


@given(days, days)
def test_dates_sort_as_their_texts_and_as_the_calendar(one, other):
    first, second = PartialDate(one.year, one.month, one.day), PartialDate(other.year, other.month, other.day)
    assert (first < second) == (one < other) == (str(first) < str(second))
    assert PartialDate.parse(str(first)) == first
