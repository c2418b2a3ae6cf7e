"""Suggestions below the search boxes in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, expect

from trials.tests.browser.conftest import PHONE, watched_page, window
from trials.tests.browser.looks import accessibility_problems, overflowing
from trials.tests.serving import Site


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search trials")


def typed(page: Page, text: str) -> Locator:
    """Types into the search box and waits for the options."""
    box(page).press_sequentially(text)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def box_of(element: Locator) -> FloatRect:
    """Where an element stands on the page, in pixels."""
    found = element.bounding_box()
    assert found
    return found


def test_a_term_is_chosen_with_the_keyboard(page: Page):
    page.goto("/")
    typed(page, "mesench")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    first = page.get_by_role("option", selected=True)
    expect(first).to_have_text(re.compile(r"^Mesenchymal stromal cells\s+[0-9]+ trials$"))
    expect(box(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    count = re.search(r"([0-9]+) trials", first.text_content() or "")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/trials/\?cell_type=mesenchymal-stromal$"))
    expect(page.get_by_role("status")).to_contain_text(f"{count and count[1]} trials")


def test_the_arrows_go_round_through_the_box(page: Page):
    page.goto("/")
    options = typed(page, "mesench")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    assert box(page).get_attribute("aria-activedescendant") is None
    expect(box(page)).to_be_focused()


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page):
    page.goto("/")
    typed(page, "mesench")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/trials/\?q=mesench$"))


def test_escape_and_tab_close_the_list_and_keep_the_text(page: Page):
    page.goto("/")
    for key in ("Escape", "Tab"):
        box(page).fill("")
        options = typed(page, "mesench")
        page.keyboard.press(key)
        expect(options.first).to_be_hidden()
        expect(box(page)).to_have_attribute("aria-expanded", "false")
        expect(box(page)).to_have_value("mesench")
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_a_click_follows_and_the_question_stays(page: Page):
    page.goto("/trials/?phase=2")
    typed(page, "mesench").first.click()
    expect(page).to_have_url(re.compile(r"/trials/\?cell_type=mesenchymal-stromal&phase=2$|phase=2&cell_type"))
    expect(page.locator(".chip")).to_have_count(3)


def test_a_registry_number_leads_to_its_trial(page: Page):
    page.goto("/trials/nct06087341/")
    typed(page, "nct 040343").filter(has_text="NCT04034316").click()
    expect(page).to_have_url(re.compile("/trials/nct04034316/$"))


def test_a_screen_reader_hears_how_many_there_are(page: Page):
    page.goto("/")
    options = typed(page, "mesench")
    count = options.count()
    words = f"{count} suggestion{'s' if count > 1 else ''}, arrow keys choose"
    expect(page.locator("[aria-live=polite]:not(.shortlist-told)")).to_have_text(words)
    box(page).press_sequentially("zzz")
    expect(page.locator("[aria-live=polite]:not(.shortlist-told)")).to_have_text("No suggestions")
    expect(options).to_have_count(0)


def test_the_last_answer_wins_however_late_an_older_one_comes(page: Page):
    held: list[Route] = []
    page.route(re.compile("suggest/[?]q=mesen$"), lambda route: held.append(route))
    page.goto("/")
    with page.expect_request(re.compile("suggest/[?]q=mesen$")):
        box(page).press_sequentially("mesen")
    options = typed(page, "chymal")
    shown = options.all_text_contents()
    late = {"label": "Too late", "also": "", "hint": "", "count": 1, "url": "/"}
    [route] = held
    route.fulfill(json={"groups": [{"kind": "Condition", "suggestions": [late]}]})
    page.wait_for_timeout(200)
    assert options.all_text_contents() == shown


def test_the_form_works_where_no_answer_comes(page: Page, problems: list[str]):
    page.route("**/trials/suggest/**", lambda route: route.abort())
    page.goto("/")
    with page.expect_event("requestfailed"):
        box(page).press_sequentially("mesench")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/trials/\?q=mesench$"))
    problems.clear()  # the console names the request that failed


def test_without_scripts_the_box_is_a_plain_one(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/trials/?phase=2")
    page.get_by_role("searchbox", name="Search trials").fill("cells")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/trials/\?q=cells&phase=2$"))


def test_a_tap_on_a_phone_follows(browser: Browser, site: Site, problems: list[str]):
    with browser.new_context(**{**window(site), "viewport": PHONE}, has_touch=True, is_mobile=True) as context:
        page = watched_page(context, site, problems)
        page.goto("/trials/")
        options = typed(page, "mesench")
        assert all(box_of(options.nth(place))["height"] >= 44 for place in range(options.count()))
        options.first.tap()
        expect(page).to_have_url(re.compile("cell_type=mesenchymal-stromal"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("address", ["/", "/trials/?phase=2"])
def test_the_open_list_is_accessible_and_fits(page: Page, address: str, width: int, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    typed(page, "ce")
    page.keyboard.press("ArrowDown")
    assert accessibility_problems(page) == []
    assert overflowing(page) == []
    shown = box_of(page.get_by_role("listbox"))
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= width
