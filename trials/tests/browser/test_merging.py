"""Two terms become one, and a bulk action shows what it would change, in a real browser."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults
from trials.tests.serving import Site

MADE = """
from trials.search.publishing import publishing, terms_changed, trials_changed
with publishing():
    stays = CellType.objects.create(slug="stays-{key}", label="Kept cells {key}")
    goes = CellType.objects.create(slug="goes-{key}", label="Spare cells {key}", synonyms=["SC-{key}"])
    for slug, terms in (("one-{key}", [stays, goes]), ("two-{key}", [stays]), ("three-{key}", [goes])):
        trial = Trial.objects.create(slug=slug, title=f"A trial of {{slug}}", state="PUBLISHED")
        CellProduct.objects.create(trial=trial, order=1, name="Cells").cell_types.set(terms)
        trials_changed(trial.pk)
    terms_changed()
"""


@pytest.fixture
def key(site: Site) -> str:
    """The end of the names of two cell types and their three trials, which no other test uses."""
    made = uuid.uuid4().hex[:8]
    site.python(MADE.format(key=made))
    return made


def looks_right(page: Page, problems: list[str]) -> None:
    assert problems == []
    assert faults(page) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_two_terms_are_merged(admin_page: Page, problems: list[str], key: str) -> None:
    page = admin_page
    page.goto(f"/admin/trials/celltype/?q={key}")
    for row in page.locator("input.action-select").all():
        row.check()
    page.get_by_label("Action:").select_option(label="Merge the selected cell types…")
    page.get_by_role("button", name="Go").click()
    told = page.get_by_role("region", name="What would happen")
    expect(told).to_contain_text("This cannot be undone.")
    page.get_by_label(f"Spare cells {key}").check()
    page.get_by_role("button", name="Look at it with this choice").click()
    expect(told).to_contain_text(f"Synonym: Kept cells {key}")
    page.get_by_label(f"Kept cells {key}").check()
    page.get_by_role("button", name="Look at it with this choice").click()
    expect(told).to_contain_text("2 trials")
    expect(told).to_contain_text(f"Synonym: SC-{key}")
    looks_right(page, problems)
    page.get_by_role("button", name=f"Merge into “Kept cells {key}”").click()
    expect(page.locator(".messagelist .success")).to_contain_text("2 trials moved")
    expect(page.get_by_label("Synonyms:")).to_have_value(f"Spare cells {key}\nSC-{key}")
    page.goto(f"/trials/?cell_type=goes-{key}")
    expect(page.locator("main")).to_contain_text("3 trials")
    expect(page.locator("main")).to_contain_text(f"Kept cells {key}")


def test_a_term_asks_for_the_other_and_a_bulk_action_for_a_yes(admin_page: Page, problems: list[str], key: str) -> None:
    page = admin_page
    page.goto(f"/admin/trials/celltype/?q=spare {key}")
    page.get_by_role("link", name=f"Spare cells {key}").click()
    page.get_by_role("link", name="Merge with another…").click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(f"kept cells {key}")
    page.get_by_role("option", name=f"Kept cells {key}").click()
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("region", name="What would happen")).to_contain_text("Stays")
    page.goto(f"/admin/trials/trial/?q={key}")
    for row in page.locator("input.action-select").all():
        row.check()
    page.get_by_label("Action:").select_option(label="Withdraw the selected trials to drafts…")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("3 trials would change. Nothing is written before you confirm.")).to_be_visible()
    looks_right(page, problems)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Withdrawn to draft:")
