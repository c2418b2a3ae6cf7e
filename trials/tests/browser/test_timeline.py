"""Restoring a deleted criterion from a trial's timeline, in a real browser."""

from __future__ import annotations

import uuid

from playwright.sync_api import Page, expect

from trials.tests.browser.conftest import PHONE
from trials.tests.browser.looks import accessibility_problems, overflowing
from trials.tests.serving import Site

MAKE = """
from trials.models import Criterion
trial = Trial.objects.create(slug={slug!r}, title="A trial with two criteria")
for order, text in enumerate(["Adults with lupus", "Able to consent"], 1):
    Criterion.objects.create(trial=trial, kind="INCLUSION", order=order, text=text)
print(trial.pk)
"""


def faults(page: Page) -> list[str]:
    """What axe-core has to say of a page, and what a phone cannot show."""
    found = list(map(str, accessibility_problems(page)))
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    found += map(str, overflowing(page))
    assert size is not None
    page.set_viewport_size(size)
    return found


def test_a_deleted_criterion_is_restored(admin_page: Page, site: Site, problems: list[str]) -> None:
    key = site.python(MAKE.format(slug=f"timeline-{uuid.uuid4().hex[:8]}")).strip()
    trial = f"/admin/trials/trial/{key}"
    admin_page.goto(f"{trial}/rows/criteria/")
    admin_page.locator("#criteria-0").get_by_label("Delete").check()
    admin_page.get_by_label("Why (optional)").fill("Taken for a repetition")
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.locator(".messagelist")).to_contain_text("were saved")
    admin_page.goto(f"{trial}/history/")
    entry = admin_page.get_by_role("listitem").filter(has_text="Why: Taken for a repetition")
    expect(entry).to_contain_text("Removed: Adults with lupus")
    assert problems == []
    assert faults(admin_page) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()
    entry.get_by_role("link", name="Restore this row (Adults with lupus)").click()
    expect(admin_page.get_by_role("heading", name="What would change")).to_be_visible()
    assert problems == []
    assert faults(admin_page) == []
    problems.clear()
    admin_page.get_by_role("button", name="Restore").click()
    expect(admin_page.locator(".messagelist .success")).to_contain_text("Restored a row of criteria")
    admin_page.goto(f"{trial}/rows/criteria/")
    expect(admin_page.locator("#criteria-0").get_by_label("Text", exact=True)).to_have_value("Adults with lupus")
    expect(admin_page.locator("#criteria-1").get_by_label("Text", exact=True)).to_have_value("Able to consent")
