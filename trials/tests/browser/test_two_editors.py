"""Two editors of one trial in a real browser: the second chooses per field and row; a preview link for a colleague."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from trials.tests.browser.conftest import watched_page, window
from trials.tests.browser.looks import faults
from trials.tests.serving import Site

MAKE = """
made = Trial.objects.create(slug={slug!r}, title="Cells for a test", status="RECRUITING", acronym="OLD", state="DRAFT")
for at, city in enumerate(("Milan", "Paris", "Rome"), 1):
    Site.objects.create(trial=made, order=at, facility=f"Unit {{at}}", city=city)
print(made.pk)
"""


@pytest.fixture
def trial(site: Site) -> str:
    """The address of the change form of a trial that only this test edits."""
    key = site.python(MAKE.format(slug=f"two-{uuid.uuid4().hex[:8]}")).strip()
    return f"/admin/trials/trial/{key}/change/"


@pytest.fixture
def other_page(browser: Browser, site: Site, problems: list[str], signed_in: Any) -> Iterator[Page]:
    """The window of another editor."""
    with browser.new_context(**window(site), storage_state=signed_in) as context:
        yield watched_page(context, site, problems)


def opened(page: Page, trial: str) -> Page:
    page.goto(trial)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()


def difference(page: Page, name: str) -> Any:
    return page.get_by_role("group", name=name, exact=True)


def test_two_editors_resolve_a_conflict(
    admin_page: Page, other_page: Page, problems: list[str], trial: str, page_without_scripts: Page, signed_in: Any
) -> None:
    first, second = opened(other_page, trial), opened(admin_page, trial)
    first.get_by_label("Title:", exact=True).fill("By the first")
    first.get_by_label("Acronym:", exact=True).fill("NEW")
    first.get_by_label("Status:", exact=True).select_option("Completed")
    first.locator("#sites-0").get_by_label("City").fill("Turin")
    first.locator("#sites-1").get_by_label("Delete").check()
    save(first)
    expect(first.locator(".messagelist .success")).to_contain_text("was changed successfully")

    second.get_by_label("Title:", exact=True).fill("By the second")
    second.get_by_label("Official title:", exact=True).fill("Typed by the second alone")
    second.locator("#sites-0").get_by_label("City").fill("Bari")
    second.locator("#sites-1").get_by_label("City").fill("Lyon")
    save(second)
    expect(second.get_by_text("Nothing was saved: the trial was changed")).to_be_visible()

    # What was typed is chosen beforehand; what was not touched is what the first editor saved.
    title, acronym = (difference(second, name) for name in ("Title", "Acronym"))
    expect(title.get_by_label("Keep mine")).to_be_checked()
    expect(title).to_contain_text("By the second")
    expect(title).to_contain_text("By the first")
    expect(acronym.get_by_label("Take theirs")).to_be_checked()
    expect(difference(second, "Site: Unit 1, Turin").get_by_label("Keep mine")).to_be_checked()
    expect(difference(second, "Site: Unit 2").get_by_label("Bring it back")).to_be_checked()
    expect(second.get_by_label("Title:", exact=True)).to_have_value("By the second")
    expect(second.get_by_label("Official title:", exact=True)).to_have_value("Typed by the second alone")
    assert problems == []
    assert faults(second) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()

    # The other one of each, by the keyboard alone; what the first did to the status stays.
    for group, key in (
        (title, "ArrowDown"),
        (acronym, "ArrowUp"),
        (difference(second, "Site: Unit 1, Turin"), "ArrowDown"),
    ):
        group.locator("input:checked").focus()
        second.keyboard.press(key)
    expect(title.get_by_label("Take theirs")).to_be_checked()
    save(second)
    expect(second.locator(".messagelist .success")).to_contain_text("was changed successfully")
    expect(second.get_by_label("Title:", exact=True)).to_have_value("By the first")
    expect(second.get_by_label("Acronym:", exact=True)).to_have_value("OLD")
    expect(second.get_by_label("Status:", exact=True)).to_have_value("COMPLETED")
    expect(second.get_by_label("Official title:", exact=True)).to_have_value("Typed by the second alone")
    cities = second.locator("input[name^='sites-'][name$='-city']:not([name*='prefix'])")
    assert [cities.nth(at).input_value() for at in range(cities.count())] == ["Turin", "Lyon", "Rome"]

    # The first, without scripts by now, has an old page too.
    page_without_scripts.context.add_cookies(signed_in["cookies"])
    third = page_without_scripts
    third.goto(trial)
    second.get_by_label("Title:", exact=True).fill("Once more")
    save(second)
    third.get_by_label("Title:", exact=True).fill("Without scripts")
    save(third)
    difference(third, "Title").get_by_label("Take theirs").check()
    save(third)
    expect(third.get_by_label("Title:", exact=True)).to_have_value("Once more")


def test_a_colleague_sees_a_draft_until_its_link_is_revoked(
    admin_page: Page, page: Page, problems: list[str], trial: str
) -> None:
    admin_page.goto(trial)
    admin_page.get_by_label("Title:", exact=True).fill("Cells that nobody has seen")
    admin_page.get_by_label("Good for").select_option("1 day")
    admin_page.get_by_role("button", name="Make a preview link").click()
    link = admin_page.locator(".messagelist a[href*='/preview/']")
    address = re.sub(r"^https?://[^/]+", "", link.get_attribute("href") or "")
    assert faults(admin_page) == []
    problems.clear()
    page.goto(address)
    expect(page.get_by_role("heading", name="Cells that nobody has seen")).to_be_visible()
    expect(page.get_by_role("note")).to_contain_text("Not published. Preview until")
    assert faults(page) == []
    problems.clear()
    admin_page.get_by_role("button", name=re.compile("^Revoke")).click()
    expect(admin_page.locator("#previews")).to_contain_text("revoked on")
    page.goto(address)
    expect(page.get_by_role("heading", name="This preview was taken back")).to_be_visible()
    problems.clear()
