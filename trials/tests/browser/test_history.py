"""The history page in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults
from trials.tests.serving import Site

MAKE = """
trial = Trial.objects.create(slug="nct90000001", title="A trial with a past", state="PUBLISHED")
own = trial.registrations.create(
    order=1, registry="CTGOV", number="NCT90000001", document="ClinicalTrials.gov record NCT90000001", is_lead=True)
kept = {"source": "CTGOV", "number": own.number, "body": b"", "verdict": "KEPT", "registration": own}
rows = [
    RawRecord.objects.create(digest=f"history-{at}", updated=f"20{10 + at}-03-01", copied=f"20{10 + at}-04", **kept)
    for at in range(14)
]
said = "Cells from the marrow are given by vein. " * 8
long = "https://example.org/" + "a-long-address-without-a-break" * 8
for before, after in zip(rows, rows[1:]):
    step = {"registration": own, "before": before, "after": after}
    Change.objects.create(field="status", old="RECRUITING", new={"status": "COMPLETED", "status_raw": "Done"}, **step)
    Change.objects.create(field="brief_summary", old=said + "Once.", new=said + "Twice.", **step)
    gone = [{"facility": f"Hospital {n}", "city": "Milan", "country": "IT"} for n in range(20)]
    come = [{"facility": "A hospital", "city": "Rome", "country": "IT", "status": "RECRUITING"}]
    Change.objects.create(field="sites", old=gone, new=come, **step)
    Change.objects.create(field="references", old=[], new=[{"kind": "LINK", "url": long}], **step)
    Change.objects.create(field="contacts", old=[{"role": "CONTACT", "name": "A. B."}], new=[], kept=True, **step)
"""


@pytest.fixture(scope="module", autouse=True)
def past(site: Site):
    """A trial with fourteen versions, gone again afterwards."""
    site.python(MAKE)
    yield
    site.python('RawRecord.objects.filter(digest__startswith="history-").delete()')
    site.python('Trial.objects.get(slug="nct90000001").delete()')


def test_a_history_is_accessible_and_fits_folded_and_unfolded(page: Page):
    page.goto("/trials/nct90000001/history/")
    for _ in range(2):
        assert faults(page) == []
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_a_reader_goes_from_the_record_to_its_first_version_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/trials/nct90000001/")
    page.get_by_role("link", name="What changed in this record, and when").click()
    expect(page.get_by_role("heading", level=2)).to_have_count(10)
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_text("The first version held")).to_be_visible()


def test_the_changed_words_of_a_text_unfold(page: Page):
    page.goto("/trials/nct90000001/history/")
    page.get_by_text("Summary: changed").first.click()
    step = page.locator(".version").first
    expect(step.locator(".wording del")).to_have_text("[removed: Once.]")
    expect(step.locator(".wording ins")).to_have_text("[added: Twice.]")
