"""Where and when a record was copied, what its copy leaves out, and records that print on many pages."""

import pytest
import time_machine

from trials.models import Trial
from trials.tests.views._record.making import document, open_page, published

pytestmark = pytest.mark.django_db


def not_kept(trial: Trial, *fields: str):
    for order, name in enumerate(fields, 1):
        trial.absences.create(order=order, field=name, reason="NOT_KEPT")


@pytest.mark.parametrize(
    ("fetched", "words"),
    [
        ("2026-08-22", "Copied on 22 August 2026 from the ClinicalTrials.gov record NCT1."),
        ("2026", "Copied in 2026 from the ClinicalTrials.gov record NCT1."),
        (None, "From the ClinicalTrials.gov record NCT1."),
    ],
)
def test_the_first_screen_names_the_registry_and_the_day_of_the_copy_and_leads_there(fetched, words):
    trial = published()
    document(trial, "ClinicalTrials.gov record NCT1", url="https://clinicaltrials.gov/study/NCT1", fetched=fetched)
    page = open_page(trial)
    assert words in page.section("")
    assert page.links.count("https://clinicaltrials.gov/study/NCT1") == 2


@time_machine.travel("2026-06-01")
@pytest.mark.parametrize(("fetched", "warns"), [("2024-05", True), ("2024-06-02", False)])
def test_an_old_copy_warns_and_does_not_claim_that_nobody_has_confirmed_the_status_since(fetched, warns):
    trial = published(status="RECRUITING", status_verified="2020-01")
    document(trial, "A record", fetched=fetched)
    text = open_page(trial).section("")
    assert ("This copy is of May 2024: look at the registry before referring." in text) is warns
    assert ("Nobody has confirmed this status since January 2020" in text) is not warns


def test_sites_whose_facilities_are_not_kept_stand_by_town():
    trial = published()
    not_kept(trial, "facilities")
    for order, (city, status) in enumerate((("Rome", ""), ("Milan", "RECRUITING"), ("Rome", ""), ("", "")), 1):
        trial.sites.create(order=order, city=city, country="IT", status=status)
    text = open_page(trial).section("sites")
    assert "Facility not kept in this copy: sites stand here by their town." in text
    assert "Milan Recruiting Rome (2 sites) Town not in this copy" in text
    assert text.count("acility") == 1


def test_towns_that_a_remark_tells_apart_stand_apart():
    trial = published()
    not_kept(trial, "facilities")
    for order, remark in enumerate(("", "Moved.", ""), 1):
        trial.sites.create(order=order, city="Rome", country="IT", remark=remark)
    assert "Rome (2 sites) Rome Our remark: Moved." in open_page(trial).section("sites")


def test_a_site_with_more_to_say_than_its_town_stays_a_row():
    trial = published()
    trial.sites.create(order=1, city="Rome", country="IT", status="RECRUITING", status_date="2026-05")
    assert "Facility not stated Rome Recruiting as of May 2026" in open_page(trial).section("sites")


@pytest.mark.parametrize(
    ("criteria", "sites", "is_long"),
    [((4_900,), 0, False), ((4_901,), 0, True), ((2_400, 2_440), 1, False), ((2_400, 2_440), 2, True)],
)
def test_a_record_of_more_than_two_printed_pages_is_set_narrower(criteria, sites, is_long):
    trial = published()
    for order, length in enumerate(criteria, 1):
        trial.criteria.create(order=order, kind="INCLUSION", text="c" * length)
    for order in range(1, sites + 1):
        trial.sites.create(order=order, city="Rome", country="IT")
    assert ('class="record record--long"' in open_page(trial).html) is is_long


def test_an_age_limit_that_is_not_kept_is_not_said_to_be_open():
    trial = published(min_age_value=18, min_age_unit="YEARS")
    not_kept(trial, "max_age")
    page = open_page(trial)
    assert "Clinical trial; from 18 years." in page.section("")
    assert "Ages from 18 years; upper limit not kept in this copy" in page.section("")
    assert "and older" not in page.html
