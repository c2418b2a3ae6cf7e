"""New and changed are counted from the newest copy, not from today."""

from __future__ import annotations

import pytest

from trials.search.news import news
from trials.tests.search.making import trial

pytestmark = pytest.mark.django_db


def registered(made, fetched=None, updated=None, publisher=""):
    made.registrations.create(
        order=1, registry="CTGOV", document="record", fetched=fetched, updated=updated, publisher=publisher
    )


def titles(items):
    return [item.title for item in items]


def test_a_month_before_the_newest_copy_is_new_and_what_lies_before_is_not():
    registered(trial("nct1", title="In", first_posted="2024-03-01"), fetched="2024-04-01")
    registered(trial("nct2", title="Before", first_posted="2024-02-29"), fetched="2023-12-31")
    registered(trial("nct3", title="Latest", first_posted="2024-03-31"), fetched="2024")
    found = news()
    assert (found.since, found.until, found.oldest) == ("1 March 2024", "1 April 2024", "31 December 2023")
    assert titles(found.new) == ["Latest", "In"]
    assert found.before == ()


def test_where_nothing_is_new_the_latest_before_are_named():
    registered(trial("nct1", title="Old", first_posted="2023-01"), fetched="2024-04-01")
    registered(trial("nct2", title="Undated"), fetched="2024-04-01")
    found = news()
    assert (found.new, titles(found.before)) == ((), ["Old"])


def test_what_changed_goes_by_the_date_of_the_registry():
    registered(trial("nct1", title="Old"), fetched="2024-03-30", updated="2020-01-01")
    registered(trial("nct2", title="One", status="RECRUITING"), fetched="2024-03-30", updated="2024-03")
    registered(trial("nct3", title="Two"), fetched="2024-03-30", updated="2024-03-20")
    changed = news().changed
    assert [(item.title, item.status, item.date) for item in changed] == [
        ("Two", "", "20 March 2024"),
        ("One", "Recruiting", "March 2024"),
    ]


def test_a_status_that_may_no_longer_hold_says_so_here_too():
    made = trial("nct1", status="RECRUITING", first_posted="2015-03-01", completion_date="2016-12")
    registered(made, fetched="2015-03-30", updated="2015-03-20")
    made.registrations.update(is_lead=True)
    found = news()
    late = ("as copied 30 March 2015: look at the registry", "stated completion, December 2016, has passed")
    assert [item.warnings for item in (*found.new, *found.changed)] == [late, late]


def test_a_site_that_copied_the_record_changed_nothing():
    registered(trial("nct1"), fetched="2024-04-01", updated="2024-03-20", publisher="MedPath")
    assert news().changed == ()


def test_a_trial_with_two_registrations_that_changed_stands_once():
    made = trial("nct1", title="Both")
    for order, (registry, updated) in enumerate((("CTGOV", "2024-03-01"), ("CTIS", "2024-03-20")), 1):
        made.registrations.create(
            order=order, registry=registry, document=registry, fetched="2024-04-01", updated=updated
        )
    assert [(item.title, item.date) for item in news().changed] == [("Both", "20 March 2024")]


def test_five_of_each_at_most():
    for number in range(7):
        registered(trial(f"nct{number}", first_posted="2024-03-01"), fetched="2024-04-01", updated="2024-03-20")
    assert (len(news().new), len(news().changed)) == (5, 5)


def test_drafts_count_for_nothing():
    registered(trial("nct1", state="DRAFT", first_posted="2024-03-01"), fetched="2024-04-01", updated="2024-03-20")
    assert news().until == ""


def test_a_copy_from_the_first_year_that_can_be_written():
    registered(trial("nct1", title="Ancient", first_posted="1000-01-01"), fetched="1000")
    assert titles(news().new) == ["Ancient"]


def test_five_queries_however_many_there_are(django_assert_num_queries):
    for number in range(7):
        registered(trial(f"nct{number}", first_posted="2024-03-01"), fetched="2024-04-01", updated="2024-03-20")
    with django_assert_num_queries(5):
        news()
