"""The record page in a real browser: seen, printed, and read with the keyboard alone."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults

SEEDS = ["nct04034316", "2023-508432-53-00", "nct01663116", "nct06087341", "nct04849065"]


@pytest.mark.parametrize("slug", SEEDS)
def test_a_record_is_accessible_and_fits(page: Page, slug: str):
    page.goto(f"/trials/{slug}/")
    assert faults(page) == []


def test_a_registry_number_as_people_write_it_leads_to_the_record(page: Page):
    page.goto("/trials/EUCTR2019-003906-28/")
    expect(page).to_have_url(re.compile("/trials/2023-508432-53-00/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("SCLERODERMA")


def test_an_unknown_number_offers_the_search(page: Page, problems: list[str]):
    page.goto("/trials/nct99999999/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("search")).to_be_visible()
    problems.clear()  # the console reports every 404


def test_a_mark_leads_to_its_place_in_the_evidence_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/trials/nct04034316/")
    row = page.locator(".record__head .rows > div").filter(has=page.get_by_text("Status", exact=True))
    row.get_by_role("link", name="ClinicalTrials.gov").click()
    place = page.locator(".evidence > li:target")
    expect(place).to_be_in_viewport()
    expect(place).to_contain_text("Status: Enrolling by invitation")
    expect(place).to_contain_text("ClinicalTrials.gov record NCT04034316")


def test_on_a_desk_the_outline_stays_in_view_and_takes_the_keyboard(page: Page):
    page.goto("/trials/nct04034316/")
    outline = page.get_by_role("navigation", name="On this page")
    link = outline.get_by_role("link", name="Where this comes from")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#sources$"))
    expect(page.get_by_role("heading", name="Where this comes from")).to_be_in_viewport()
    expect(link).to_be_in_viewport()


def test_on_a_phone_the_outline_is_folded_above_the_answer_and_opens_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/trials/nct04034316/")
    outline = page.get_by_role("navigation", name="On this page")
    link = outline.get_by_role("link", name="Who may enter")
    expect(link).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(page.get_by_text("verified August 2021", exact=True)).to_be_in_viewport()
    outline.get_by_text("On this page").click()
    link.click()
    expect(page.get_by_role("heading", name="Who may enter")).to_be_in_viewport()
    # And from there it leads on.
    expect(outline.get_by_text("On this page")).to_be_in_viewport()


def test_on_a_phone_a_dose_step_names_each_of_its_values(page: Page):
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/trials/nct04034316/")
    step = page.get_by_role("row", name=re.compile("^Second part"))
    dose = step.get_by_role("cell").nth(1)
    expect(dose).to_contain_text("2 × 10⁶ cells/kg")
    label = dose.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label.replace('" "', "") == '"Dose: "'


def test_the_first_screen_of_a_ward_pc_answers_five_questions(page: Page):
    for slug in SEEDS:
        page.goto(f"/trials/{slug}/")
        for question in ("What", "For whom", "Open?", "Where", "Whom to call"):
            answer = page.locator(".answer").filter(has=page.get_by_role("heading", name=question, exact=True))
            expect(answer).to_be_in_viewport()
            assert len(answer.inner_text()) > len(question) + 3


def test_headings_go_down_one_level_at_a_time(page: Page):
    for slug in SEEDS:
        page.goto(f"/trials/{slug}/")
        levels = [
            int(tag[1])
            for tag in page.locator("main :is(h1, h2, h3, h4)").evaluate_all("all => all.map(h => h.tagName)")
        ]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("slug", SEEDS)
def test_on_paper_what_decides_stands_on_two_pages(page: Page, slug: str):
    page.goto(f"/trials/{slug}/")
    page.emulate_media(media="print")
    for gone in (page.get_by_role("navigation", name="On this page"), page.get_by_role("search")):
        expect(gone).to_be_hidden()
    expect(page.locator("#sources")).to_be_hidden()
    expect(page.get_by_text(re.compile(f"other documents and related trials: http.*/trials/{slug}/"))).to_be_visible()
    for criterion in page.locator(".criteria > li").all():
        expect(criterion).to_be_visible()
    pages = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True)))
    assert pages <= 2


def test_a_drawing_of_the_arms_tells_conditional_parts_by_a_dashed_line(page: Page):
    page.goto("/trials/nct04034316/")
    part = page.locator(".flow__dose--conditional")
    expect(part).to_contain_text("Held only once P ≥ 0.600 has been rejected")
    assert part.evaluate("part => getComputedStyle(part).borderTopStyle") == "dashed"
