"""Compare and shortlist in a real browser: side by side, on one sheet of paper, by keyboard, and without a memory."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import accessibility_problems, faults

THREE = "/compare/?trial=nct04034316&trial=nct01663116&trial=nct04849065"
FOUR = f"{THREE}&trial=2023-508432-53-00"
RACE = "/trials/nct04034316/"


@pytest.mark.parametrize("address", [FOUR, "/compare/"])
def test_a_comparison_is_accessible_and_fits(page: Page, address: str):
    page.goto(address)
    assert faults(page) == []


def test_three_trials_are_compared_by_their_numbers_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/compare/")
    page.get_by_label("First trial").fill("NCT04034316")
    page.get_by_label("Second trial").fill("EUCTR2018-001162-42")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("is the same trial as")).to_be_visible()
    for number in ("NCT01663116", "nct04849065"):
        page.get_by_label("Add a trial by its registry number").fill(number)
        page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile(re.escape(THREE.split("?")[1]) + "$"))
    doses = page.get_by_role("row", name=re.compile("^Dose in cells per kg"))
    expect(doses.get_by_role("cell")).to_contain_text(["1.5 × 10⁶ cells/kg", "4 × 10⁶ cells/kg", "dose not stated"])
    expect(page.get_by_role("row", name=re.compile("^Sex"))).not_to_contain_text("differs")
    page.get_by_role("link", name="Show only these").click()
    expect(page.get_by_role("row", name=re.compile("^Sex"))).to_have_count(0)
    page.get_by_role("link", name="Take away RACE").click()
    expect(page.get_by_role("columnheader")).to_have_count(3)
    expect(page.get_by_role("button", name="shortlist")).to_have_count(0)


@pytest.mark.parametrize("address", [THREE, FOUR])
def test_a_tumour_board_gets_one_landscape_page(page: Page, address: str):
    page.goto(address)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    width, height = (float(side) for side in re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper)[0])
    assert width > height
    page.emulate_media(media="print")
    expect(page.get_by_text(re.compile("Compared on .*/compare/"))).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()


def test_a_shortlist_is_made_and_sent_to_compare_with_the_keyboard_alone(page: Page):
    told = page.locator(".shortlist-told[aria-live=polite]")
    for total, slug in enumerate(("nct01663116", "nct04849065"), 1):
        page.goto("/trials/")
        card = page.locator(".result").filter(has=page.locator(f"h2 a[href='/trials/{slug}/']"))
        card.get_by_role("button", name=re.compile("^Add to shortlist")).press("Enter")
        expect(told).to_have_text(f"Added to the shortlist, which holds {total} trial{'s' if total > 1 else ''}.")
        expect(card.get_by_role("button", name=re.compile("^Remove from shortlist"))).to_be_focused()
    page.goto(RACE)
    page.get_by_role("button", name=re.compile("^Add to shortlist")).press("Space")
    link = page.get_by_role("navigation", name="Site").get_by_role("link", name="Compare 3 on the shortlist")
    link.press("Enter")
    dialog = page.get_by_role("dialog", name="Shortlist")
    rows = dialog.get_by_role("listitem")
    expect(dialog.get_by_role("button", name="Compare 3")).to_be_enabled()
    assert accessibility_problems(page) == []
    rows.first.get_by_role("checkbox").press("Space")
    expect(dialog.get_by_role("button", name="Compare 2")).to_be_enabled()
    rows.first.get_by_role("button").press("Enter")
    expect(rows.first.get_by_role("button")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Compare 2 on the shortlist")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Compare 2").press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/\?trial=nct04849065&trial=nct04034316$"))
    expect(page.get_by_role("columnheader")).to_have_count(3)


@pytest.mark.parametrize(
    "memory",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "localStorage.setItem('shortlist', '[{\"slug\": \"../<b>\"}, 5, null')",
        'localStorage.setItem(\'shortlist\', \'[{"slug": "../<b>", "title": "x"}, 5, null]\')',
    ],
    ids=["refused", "full", "broken", "strange"],
)
def test_nothing_breaks_where_the_browser_keeps_nothing_or_nonsense(page: Page, memory: str):
    page.add_init_script(memory)
    page.goto(RACE)
    page.get_by_role("button", name=re.compile("^Add to shortlist")).press("Enter")
    page.get_by_role("navigation", name="Site").get_by_role("link", name=re.compile("^Compare")).press("Enter")
    dialog = page.get_by_role("dialog", name="Shortlist")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_role("listitem")).to_contain_text("RACE")
