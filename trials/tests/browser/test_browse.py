"""Browsing the shipped catalogue in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import accessibility_problems, overflowing

RACE = re.compile("Reduce Immunosuppression With Atmp")


def test_from_the_start_page_to_the_trial_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/")
    page.get_by_label("Search trials").fill("steroid dependent nephrotic")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trials: that mention “steroid dependent nephrotic”")
    page.get_by_role("link", name=RACE).click()
    expect(page).to_have_url(re.compile("/trials/nct04034316/$"))


def test_a_facet_narrows_and_its_chip_widens_again(page: Page):
    page.goto("/trials/")
    everything = page.locator(".result").count()
    page.get_by_role("link", name=re.compile("^Mesenchymal stromal")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("with Mesenchymal stromal")
    narrowed = page.locator(".result").count()
    assert 0 < narrowed < everything
    expect(page.get_by_role("status")).to_contain_text(f"{narrowed} trials")
    page.locator(".chip").first.click()
    expect(page.locator(".result")).to_have_count(everything)


def test_a_facet_is_added_with_the_keyboard_alone(page: Page):
    page.goto("/trials/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.facet__value')"):
            break
    chosen = page.evaluate("document.activeElement.querySelector('.facet__label').textContent.trim()")
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_contain_text(chosen)


def test_back_leads_to_the_question_before(page: Page):
    page.goto("/trials/")
    page.get_by_role("link", name=re.compile("^Recruiting [0-9]")).click()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)


def test_an_age_is_asked_through_the_form_and_the_facets_stay(page: Page):
    page.goto("/trials/?status=recruiting&status=unknown&status=enrolling-by-invitation")
    page.get_by_text("Age of the patient, place, start, size").click()
    page.get_by_label("Age", exact=True).fill("12")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("open to age 12")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recruiting")
    expect(page.get_by_role("link", name=RACE)).to_be_visible()


def test_on_a_phone_the_results_come_first_and_the_facets_unfold(page_without_scripts: Page):
    page = page_without_scripts
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/trials/")
    choice = page.get_by_role("link", name=re.compile("^Recruiting [0-9]"))
    expect(choice).to_be_hidden()
    expect(page.locator(".result").first).to_be_in_viewport()
    page.get_by_role("link", name="Narrow down").click()
    choice.click()
    expect(page.get_by_role("link", name=re.compile("^Phase 1"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Show [0-9]+ trials?$")).click()
    expect(choice).to_be_hidden()
    expect(page.locator(".chip")).to_have_text(re.compile("Status: Recruiting"))


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


PAGES = [
    "/",
    "/trials/facets/condition/?find=nephrotic",
    "/trials/facets/route/?status=recruiting",
    "/trials/",
    "/trials/?status=recruiting&phase=1&q=cells",
    "/trials/?q=zzz&colour=red",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_and_fit(page: Page, address: str, width: int, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert accessibility_problems(page) == []
    assert overflowing(page) == []


def test_a_page_that_is_not_there_is_ours(page: Page, problems: list[str]):
    page.goto("/trials/nct99999999/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert accessibility_problems(page) == []
    problems.clear()
