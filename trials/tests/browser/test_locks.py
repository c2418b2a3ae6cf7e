"""Two versions of a trial side by side, and the way back to the registry's values, in a real browser."""

from __future__ import annotations

import json
import uuid

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.conftest import PHONE
from trials.tests.browser.looks import accessibility_problems, overflowing
from trials.tests.serving import Site

IMPORT = """
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.registries.readers import READERS
result = Saver(READERS, keep_all=True).save([Incoming("CTGOV", {record!r}.encode())])
assert not result.aside, result.aside
print(Trial.objects.get(registrations__number={number!r}).pk)
"""

PLACES = (("One", "Milan", "Italy"), ("Two", "Paris", "France"), ("Three", "Rome", "Italy"))


@pytest.fixture
def number() -> str:
    """A registry number that no other test uses."""
    return f"NCT{uuid.uuid4().int % 10**7 + 8 * 10**7:08}"


def imported(site: Site, number: str, updated: str = "2024-01-01", title: str = "Stem cells") -> str:
    """Imports a version of a record; the trial's address in the admin."""
    study = {
        "identificationModule": {"nctId": number, "briefTitle": title},
        "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": updated}},
        "contactsLocationsModule": {
            "locations": [dict(zip(("facility", "city", "country"), place, strict=True)) for place in PLACES]
        },
    }
    record = json.dumps({"protocolSection": study})
    key = site.python(IMPORT.format(record=record, number=number)).strip()
    return f"/admin/trials/trial/{key}"


def looks_right(page: Page, problems: list[str]) -> None:
    """The page fits a phone and a desk, and axe-core has nothing to say."""
    assert problems == []
    assert accessibility_problems(page) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert overflowing(page) == []
    assert size is not None
    page.set_viewport_size(size)


def test_a_change_made_meanwhile_is_compared_and_then_saved_over(
    admin_page: Page, site: Site, problems: list[str], number: str
) -> None:
    trial = imported(site, number)
    admin_page.goto(f"{trial}/change/")
    admin_page.get_by_label("Title:", exact=True).fill("By the editor")
    imported(site, number, "2024-06-01", "By the registry")
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.get_by_text("Nothing was saved: the trial was changed")).to_be_visible()
    both = admin_page.get_by_role("region", name="Changed while you had this page open")
    expect(both).to_contain_text("By the editor")
    expect(both).to_contain_text("By the registry")
    expect(admin_page.get_by_label("Title:", exact=True)).to_have_value("By the editor")
    looks_right(admin_page, problems)
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.locator(".messagelist .success")).to_contain_text("was changed successfully")
    expect(admin_page.locator(".field-title .lock-mark")).to_contain_text("The registry says: By the registry.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_value_and_a_row_are_taken_back(
    admin_page: Page,
    page_without_scripts: Page,
    site: Site,
    signed_in: dict,
    problems: list[str],
    number: str,
    scripts: bool,
) -> None:
    trial = imported(site, number)
    page = admin_page
    if not scripts:
        page = page_without_scripts
        page.context.add_cookies(signed_in["cookies"])
    page.goto(f"{trial}/rows/sites/")
    page.locator("#sites-0").get_by_label("City").fill("Turin")
    page.locator("#sites-1").get_by_label("Delete").check()
    page.get_by_role("button", name="Save and continue editing").click()
    page.goto(f"{trial}/change/")
    page.get_by_label("Title:", exact=True).fill("By the editor")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="Locks and the registry’s values (2)").click()
    if scripts:
        looks_right(page, problems)
    page.get_by_label("Two").check()
    page.get_by_role("button", name="Put the ticked rows back").click()
    expect(page.locator(".messagelist")).to_contain_text("stays locked")
    page.get_by_role("button", name="Take the registry’s value back for Title").click()
    expect(page.locator(".messagelist")).to_contain_text("Title: The registry’s value stands again.")
    page.get_by_role("button", name="Take the whole list back for Sites").click()
    expect(page.get_by_text("Nothing of this trial is locked.")).to_be_visible()
    page.goto(f"{trial}/rows/sites/")
    expect(page.locator("#sites-0").get_by_label("City")).to_have_value("Milan")
