"""Dates on one axis: never drawn more precise than they are stated."""

import datetime as dt

import pytest
import time_machine

from trials.records import PartialDate
from trials.tests.views._record.making import open_page, published
from trials.views._record.timeline import Event, Timeline, events_of, timeline_of

TODAY = dt.date(2024, 7, 1)


def drawn(*events: Event) -> Timeline:
    line = timeline_of(events, TODAY)
    assert line is not None
    return line


def event(name: str, date: str, kind: str = "") -> Event:
    return Event(name, PartialDate.parse(date), kind)


def test_a_day_is_a_point_and_a_month_or_a_year_a_band_of_its_own_length():
    line = drawn(event("A", "2024-01-01"), event("B", "2024-07"), event("C", "2025"))
    assert [(row.label, row.is_band) for row in line.rows] == [("A", False), ("B", True), ("C", True)]
    # Two years, 730 days from end to end, on 324 units.
    assert [row.x for row in line.rows] == [8.0, 88.8, 170.4]
    assert [row.width for row in line.rows] == [0, 13.3, 161.6]
    assert line.today == 88.8
    assert [tick.label for tick in line.ticks] == ["2024", "2025"]


def test_a_month_on_a_long_axis_stays_visible():
    line = drawn(event("A", "1990-05"), event("B", "2190"))
    assert line.rows[0].width == 3.0
    assert [tick.label for tick in line.ticks] == ["2000", "2050", "2100", "2150"]


@pytest.mark.parametrize(("first", "last"), [("1000", "9999"), ("9999-12-31", "9999-12-31"), ("2024-02", "2024-02-29")])
def test_no_year_that_a_source_may_state_breaks_the_axis(first, last):
    line = drawn(event("A", first), event("B", last))
    assert len(line.ticks) <= 10
    assert all(8 <= row.x <= 332 for row in line.rows)


def test_one_date_is_not_drawn():
    assert timeline_of([event("A", "2024")], TODAY) is None


@pytest.mark.django_db
def test_today_is_left_out_where_the_axis_does_not_reach_it():
    trial = published(start_date="2010-05", completion_date="2012-01-31", completion_date_type="ESTIMATED")
    trial.refresh_from_db()
    line = drawn(*events_of(trial))
    assert line.today is None
    assert (
        line.description
        == "2 dates on one axis, from 2010 to 2012: Start May 2010; Completion 31 January 2012 (estimated)."
    )


@pytest.mark.django_db
@time_machine.travel("2024-07-01")
def test_the_page_draws_the_dates_and_gives_them_as_a_table():
    trial = published(start_date="2024-01-10", completion_date="2028-04", completion_date_type="ESTIMATED")
    page = open_page(trial)
    assert page.html.count('class="timeline__mark') == 2
    assert '<rect class="timeline__mark timeline__mark--estimated"' in page.html
    assert "Completion April 2028 (estimated) The source gives no day" in page.section("dates")
    assert "the dashed line is today" in page.section("dates")
    assert 'style="' not in page.html
