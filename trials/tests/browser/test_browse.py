"""Browsing the shipped catalogue in a real browser: with scripts in place, without them page by page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from trials.tests.browser.conftest import PHONE

RACE = re.compile("Reduce Immunosuppression With Atmp")


def facet(page: Page, name: str) -> Any:
    """The link of a facet's value, whatever its count."""
    return page.get_by_role("link", name=re.compile(f"^{name} [0-9]")).first


def height(page: Page) -> float:
    """Where on the screen the thing stands that has the focus, in pixels from the top."""
    return float(page.evaluate("document.activeElement.getBoundingClientRect().top"))


def stay(page: Page) -> None:
    """Marks this page, so that `stayed` can tell whether another was loaded since."""
    page.evaluate("window.isTheSame = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSame === true"))


def test_from_the_start_page_to_the_trial_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/")
    page.get_by_label("Search trials").fill("steroid dependent nephrotic")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trials: that mention “steroid dependent nephrotic”")
    page.get_by_role("link", name=RACE).click()
    expect(page).to_have_url(re.compile("/trials/nct04034316/$"))


def test_children_with_nephrotic_syndrome_given_stromal_cells_are_found_in_four_actions(page: Page):
    page.goto("/")
    page.get_by_label("Search trials").fill("steroid-dependent nephrotic syndrome")  # 1
    page.keyboard.press("Enter")  # 2
    facet(page, "Mesenchymal stromal cells").click()  # 3
    expect(page.locator(".result")).to_have_count(1)
    expect(page.locator(".result")).to_contain_text("3 to 18 years")
    page.get_by_role("link", name=RACE).click()  # 4
    expect(page).to_have_url(re.compile("/trials/nct04034316/$"))


def test_a_facet_is_added_with_the_keyboard_alone_and_keeps_the_focus_and_its_place(page: Page):
    page.goto("/trials/?q=cells")
    stay(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#facet-cell_type') && document.activeElement.href"):
            break
    name, before = page.locator(":focus").get_attribute("id"), height(page)
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(3)
    after = page.locator(":focus")
    assert after.get_attribute("id") == name
    assert abs(height(page) - before) < 2
    expect(after).to_have_attribute("data-chosen", "")
    expect(page).to_have_title(re.compile(r"^Trials: with .* \([0-9]+\)"))
    expect(page.locator("#told")).to_have_text(re.compile("^[0-9]+ trials?$"))
    assert "#" not in page.url
    assert stayed(page)


def test_back_and_forward_lead_through_the_questions(page: Page):
    page.goto("/trials/?q=cells")
    stay(page)
    facet(page, "Phase 1").click()
    expect(page.locator(".chip")).to_have_text([re.compile("cells"), re.compile("Phase 1"), "Clear all"])
    page.locator("#facet-donor > summary").click()
    page.locator(".chip").first.click()
    expect(page.locator(".chip")).to_have_text([re.compile("Phase 1")])
    # A facet that was unfolded stays so, and the box asks no longer for what was taken away.
    expect(page.locator("#facet-donor")).to_have_attribute("open", "")
    expect(page.get_by_label("Search trials")).to_have_value("")
    page.go_back()
    expect(page.locator(".chip")).to_have_count(3)
    expect(page.get_by_label("Search trials")).to_have_value("cells")
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page).to_have_title(re.compile("^Trials: that mention “cells”"))
    page.go_forward()
    expect(page.locator(".chip")).to_have_count(3)
    assert stayed(page)
    # And from another page back to the question.
    page.locator(".result h2 a").first.click()
    expect(page.locator(".record")).to_be_visible()
    page.go_back()
    expect(page.locator(".chip")).to_have_count(3)


def test_on_a_phone_the_facets_are_a_sheet_that_says_how_many_it_will_show(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/trials/")
    page.get_by_role("link", name="Narrow down").click()
    sheet = page.get_by_role("dialog", name="Narrow down")
    expect(sheet).to_be_visible()
    facet(page, "Recruiting").click()
    show = page.get_by_role("link", name=re.compile("^Show [0-9]+ trials?$"))
    expect(page.locator(".chip")).to_have_count(1)
    expect(show).to_be_in_viewport()
    count = re.search("[0-9]+", show.inner_text())[0]  # type: ignore[index]
    # Nothing behind the sheet takes the focus.
    assert page.evaluate("document.querySelector('#results').inert && document.querySelector('header').inert")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("link", name="Narrow down (1 chosen)")).to_be_focused()
    page.keyboard.press("Enter")
    show.click()
    expect(page.locator(".result")).to_have_count(int(count))
    expect(page.locator(".result").first).to_be_in_viewport()


def test_on_a_phone_back_closes_the_sheet_and_leaves_the_answer(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/")
    page.goto("/trials/?q=cells")
    stay(page)
    sheet = page.get_by_role("dialog", name="Narrow down")
    opener = page.get_by_role("link", name="Narrow down")
    opener.click()
    page.go_back()
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    expect(page).to_have_url(re.compile(r"/trials/\?q=cells$"))
    # Two choices, then back: the sheet goes, they stay. Back once more takes one choice away.
    opener.click()
    facet(page, "Recruiting").click()
    expect(page.locator(".chip")).to_have_count(3)
    facet(page, "Phase 1").click()
    expect(page.locator(".chip")).to_have_count(4)
    asked = page.url
    page.go_back()
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(asked)
    expect(page.locator(".chip")).to_have_count(4)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(3)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)
    expect(sheet).to_be_hidden()
    assert stayed(page)


def test_on_a_phone_a_sheet_that_was_looked_at_leaves_nothing_to_go_back_to(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/compare/")
    page.goto("/trials/")
    before = page.evaluate("navigation.currentEntry.index")
    show = page.get_by_role("link", name=re.compile("^Show [0-9]+ trials?$"))
    for close in (lambda: page.keyboard.press("Escape"), show.click):
        page.get_by_role("link", name="Narrow down").click()
        expect(page.get_by_role("dialog", name="Narrow down")).to_be_visible()
        close()
        expect(page.get_by_role("dialog", name="Narrow down")).to_be_hidden()
        page.wait_for_function("before => navigation.currentEntry.index === before", arg=before)
    page.go_back()
    expect(page).to_have_url(re.compile("/compare/$"))


def test_on_a_phone_all_values_of_a_facet_stand_in_the_place_of_the_sheet(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/compare/")
    page.goto("/trials/")
    page.get_by_role("link", name="Narrow down").click()
    page.get_by_role("link", name="values of Disease").click()
    expect(page).to_have_url(re.compile("/trials/facets/condition/$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/trials/$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/compare/$"))


def test_on_a_phone_without_scripts_the_sheet_is_where_the_address_points(page_without_scripts: Page):
    page = page_without_scripts
    page.set_viewport_size(PHONE)
    page.goto("/trials/")
    choice = facet(page, "Recruiting")
    expect(choice).to_be_hidden()
    expect(page.locator(".result").first).to_be_in_viewport()
    page.get_by_role("link", name="Narrow down").click()
    choice.click()
    expect(facet(page, "Phase 1")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Show [0-9]+ trials?$")).click()
    expect(choice).to_be_hidden()
    expect(page.locator(".chip")).to_have_text(re.compile("Status: Recruiting"))


def test_an_age_is_asked_through_the_form_and_the_facets_stay(page: Page):
    page.goto("/trials/?status=recruiting&status=unknown&status=enrolling-by-invitation")
    page.get_by_text("Age of the patient, place, start, size").click()
    page.get_by_label("Age", exact=True).fill("12")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("open to age 12")
    expect(page.get_by_role("heading", level=1)).to_contain_text("recruiting")
    expect(page.get_by_role("link", name=RACE)).to_be_visible()
    # What was left empty is not in the address.
    assert page.url.endswith("&age=12")


def test_the_columns_of_the_table_are_chosen_and_stand_in_the_address(page: Page):
    page.goto("/trials/?q=cells")
    page.get_by_role("link", name="Table", exact=True).click()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Cell product").uncheck()
    page.get_by_label("Ages").check()
    page.get_by_role("button", name="Show these").click()
    headings = ["Trial", "Status", "Phase", "Condition", "Dose", "Ages", "Open now"]
    expect(page.locator(".results-table thead th")).to_have_text(headings)
    facet(page, "Phase 1").click()
    expect(page.locator(".chip")).to_have_count(3)
    page.reload()
    expect(page.locator(".results-table thead th")).to_have_text(headings)


def test_where_the_server_refuses_the_browser_shows_what_it_says(page: Page, problems: list[str]):
    page.goto("/trials/")

    def refuse(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            route.fulfill(status=503, body="later")
        else:
            route.continue_()

    page.route("**/trials/?*", refuse)
    stay(page)
    facet(page, "Recruiting").click()
    expect(page.locator(".chip")).to_have_text(re.compile("Status: Recruiting"))
    assert not stayed(page)
    problems.clear()


def test_a_value_is_found_in_the_whole_list_with_the_keyboard_and_leads_back(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/trials/facets/condition/?status=enrolling-by-invitation")
    page.get_by_label("Find in this list").fill("NEPHROTIC")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("status=enrolling-by-invitation&find=NEPHROTIC$"))
    page.get_by_role("link", name=re.compile("^Nephrotic syndrome [0-9]")).press("Enter")
    expect(page.locator(".chip")).to_have_text([re.compile("Status"), re.compile("Nephrotic syndrome"), "Clear all"])
    expect(page.get_by_role("link", name=RACE)).to_be_visible()


def test_a_printed_list_is_the_list(page: Page):
    page.goto("/trials/facets/country/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Find")).to_be_hidden()
    expect(page.get_by_text("Spain")).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/trials/"])
def test_a_page_weighs_less_than_150_kb_and_nothing_on_it_moves(page: Page, address: str):
    weights: dict[str, int] = {}
    page.on("requestfinished", lambda request: weights.update({request.url: request.sizes()["responseBodySize"]}))
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(address, wait_until="networkidle")
    assert sum(weights.values()) < 150_000, weights
    assert page.evaluate("window.moved") < 0.01
