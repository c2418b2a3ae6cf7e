"""The admin in a real browser: scripts under the strict policy, narrow screens, no scripts at all."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import accessibility_problems, overflowing
from trials.tests.serving import Site

MAKE = """
made = Trial.objects.create(slug={slug!r}, title="A trial made for a test", state="PUBLISHED")
Site.objects.bulk_create(Site(trial=made, order=at, facility=f"Unit {{at}}", country="IT") for at in range(1, 121))
Criterion.objects.create(trial=made, kind="INCLUSION", order=1, text="Adults")
print(made.pk)
"""


@pytest.fixture
def trial(site: Site) -> str:
    """The address of the change form of a trial that only this test edits."""
    key = site.python(MAKE.format(slug=f"made-{uuid.uuid4().hex[:8]}")).strip()
    return f"/admin/trials/trial/{key}/change/"


def rows(trial: str, name: str) -> str:
    return trial.replace("/change/", f"/rows/{name}/")


def test_an_editor_changes_a_status_and_adds_an_arm(admin_page: Page, trial: str) -> None:
    admin_page.goto(trial)
    admin_page.get_by_label("Status:", exact=True).select_option("Recruiting")
    arms = admin_page.locator("#arms-group")
    arms.get_by_role("heading", name="Arms (0)").click()
    arms.get_by_role("button", name="Add another Arm").click()
    row = arms.locator("#arms-0")
    row.get_by_label("Label").fill("Cells")
    row.get_by_label("Type", exact=True).select_option("Experimental")
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.locator(".messagelist .success")).to_contain_text("was changed successfully")
    expect(admin_page.get_by_label("Status:", exact=True)).to_have_value("RECRUITING")
    arms.get_by_role("heading", name="Arms (1)").click()
    expect(row.get_by_label("Label")).to_have_value("Cells")
    expect(row.get_by_label("Place", exact=True)).to_have_value("1")


def test_a_term_is_found_while_typing(admin_page: Page, trial: str) -> None:
    admin_page.goto(rows(trial, "products"))
    row = admin_page.locator("#products-0")
    row.get_by_label("Name").fill("Cells")
    row.locator(".field-cell_types .select2-selection").click()
    admin_page.keyboard.type("easc")
    admin_page.get_by_role("option", name="Mesenchymal stromal cells").click()
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(row.locator(".field-cell_types")).to_contain_text("Mesenchymal stromal cells")


def test_a_long_list_is_edited_on_its_own_page(admin_page: Page, trial: str) -> None:
    admin_page.goto(trial)
    admin_page.get_by_role("link", name="own page for Sites").click()
    expect(admin_page.get_by_text("Rows 1 to 50 of 120")).to_be_visible()
    admin_page.get_by_role("navigation", name="Pages of sites").first.get_by_role("link", name="3").click()
    admin_page.locator("#sites-0").get_by_label("City").fill("Rome")
    admin_page.get_by_role("button", name="Save and continue editing").click()
    expect(admin_page.get_by_text("Rows 101 to 120 of 120")).to_be_visible()
    admin_page.get_by_label("Search sites").fill("rome")
    admin_page.get_by_role("button", name="Search").click()
    expect(admin_page.locator("#sites-0").get_by_label("Facility")).to_have_value("Unit 101")
    admin_page.get_by_role("link", name="Back to the trial").click()
    expect(admin_page).to_have_url(re.compile(f"{trial}$"))


def test_a_row_is_added_without_scripts(page_without_scripts: Page, signed_in: dict, trial: str) -> None:
    page = page_without_scripts
    page.context.add_cookies(signed_in["cookies"])
    page.goto(rows(trial, "arms"))
    page.locator("#arms-0").get_by_label("Label").fill("By hand")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("#arms-0").get_by_label("Label")).to_have_value("By hand")


@pytest.mark.parametrize("address", ["form", "rows", "list", "index", "delete"])
def test_the_pages_fit_a_phone(admin_page: Page, trial: str, address: str) -> None:
    admin_page.set_viewport_size({"width": 360, "height": 780})
    admin_page.goto(pages(trial)[address])
    open_everything(admin_page)
    assert overflowing(admin_page) == []


@pytest.mark.parametrize("address", ["form", "rows", "index"])
def test_forms_are_accessible(admin_page: Page, problems: list[str], trial: str, address: str) -> None:
    admin_page.goto(pages(trial)[address])
    open_everything(admin_page)
    assert problems == []
    assert accessibility_problems(admin_page) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()


def pages(trial: str) -> dict[str, str]:
    return {
        "form": trial,
        "rows": rows(trial, "sites"),
        "list": "/admin/trials/trial/",
        "index": "/admin/",
        "delete": trial.replace("/change/", "/delete/"),
    }


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
