"""Compare and shortlist in a real browser: side by side, on one sheet of paper, by keyboard, and without a memory."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import accessibility_problems, overflowing

THREE = "/compare/?trial=nct04034316&trial=nct01663116&trial=nct04849065"
FOUR = f"{THREE}&trial=2023-508432-53-00"
RACE = "/trials/nct04034316/"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (768, "dark"), (1280, "light"), (1280, "dark")])
def test_a_comparison_is_accessible_and_fits(page: Page, width: int, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(FOUR)
    assert accessibility_problems(page) == []
    assert overflowing(page) == []


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
    page.goto("/trials/?q=nephrotic")
    told = page.get_by_role("status").filter(has_text="shortlist")
    for total in (1, 2):
        add = page.get_by_role("button", name=re.compile("^Add to shortlist")).first
        add.focus()
        page.keyboard.press("Enter")
        expect(told).to_have_text(f"Added to the shortlist, which holds {total} trial{'s' if total > 1 else ''}.")
    page.goto(RACE)
    own = page.locator(".record__head").get_by_role("button", name=re.compile("shortlist"))
    if "Add" in own.inner_text():
        own.press("Space")
    link = page.get_by_role("navigation", name="Site").get_by_role("link", name=re.compile("^Compare"))
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Shortlist")
    expect(dialog).to_be_visible()
    assert accessibility_problems(page) == []
    rows = dialog.get_by_role("listitem")
    held = rows.count()
    expect(dialog.get_by_role("button", name=f"Compare {held}")).to_be_enabled()
    while rows.count() > 1:
        rows.first.get_by_role("button").press("Enter")
    expect(dialog.get_by_role("button", name="Compare")).to_be_disabled()
    expect(rows.first.get_by_role("button")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.goto("/trials/?q=sclerosis")
    page.get_by_role("button", name=re.compile("^Add to shortlist")).first.press("Enter")
    link.press("Enter")
    dialog.get_by_role("button", name="Compare 2").press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/\?trial=[-a-z0-9]+&trial=[-a-z0-9]+$"))
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
