"""The landscape and the map in a real browser: looks, links without scripts, and what an axe finds."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults

PAGES = ("/landscape/?cell_type=stem-progenitor", "/map/", "/map/?zoom=europe")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_fits_and_axe_finds_nothing(page: Page, address: str):
    page.goto(address)
    for numbers in page.locator("main details > summary").all():
        numbers.click()
    assert faults(page) == []


def test_from_the_list_to_a_bar_and_back_to_its_trials_without_scripts(page_without_scripts: Page):
    page = page_without_scripts
    page.goto("/trials/?cell_type=stem-progenitor")
    page.get_by_role("link", name="landscape", exact=True).click()
    expect(page.get_by_text("with Stem and progenitor cells.")).to_be_visible()
    bar = page.locator("svg:has(#status-title) a").first
    total = (bar.locator("text").last.text_content() or "").strip()
    bar.click()
    expect(page).to_have_url(re.compile(r"/trials/\?cell_type=stem-progenitor&status="))
    expect(page.get_by_role("status").first).to_contain_text(f"{total} trial")


def test_the_map_is_walked_down_to_a_country_with_the_keyboard(page: Page):
    page.goto("/map/")
    page.get_by_role("row", name=re.compile("^Italy")).get_by_role("link", name="Map").press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Sites: Italy")
    page.get_by_role("row", name=re.compile("^Italy")).get_by_role("link").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trials: with a site in Italy")


def test_pictures_follow_the_colours_that_the_reader_chose(page: Page):
    shades = (
        "[...document.querySelectorAll('.p-heat-0, .p-sea')].slice(0, 1).map((mark) => getComputedStyle(mark).fill)"
    )
    page.emulate_media(color_scheme="light")
    for address, light, dark in (
        ("/landscape/", "rgb(242, 245, 246)", "rgb(27, 36, 41)"),
        ("/map/", "rgb(234, 241, 244)", "rgb(13, 19, 23)"),
    ):
        page.goto(address)
        page.get_by_role("button", name="dark", exact=True).click()
        assert page.evaluate(shades) == [dark]
        page.get_by_role("button", name="as on this device", exact=True).click()
        assert page.evaluate(shades) == [light]


def test_a_picture_is_kept_as_a_file_that_shows_by_itself(page: Page, problems, tmp_path):
    page.goto("/landscape/")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Picture (SVG)").first.click()
    file = tmp_path / kept.value.suggested_filename
    kept.value.save_as(file)
    assert file.name == "starts-per-year.svg"
    page.goto(f"file://{file}")
    # Of all that the file might ask for it asked for itself alone.
    assert problems == [f"asked another host: file://{file}"]
    problems.clear()
    fill = page.evaluate("getComputedStyle(document.querySelector('.p-bar')).fill")
    assert fill == "rgb(11, 110, 105)"
