"""The public pages but the record: accessible and readable from a phone to a desk, in light, dark and high contrast."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route, expect

from trials.tests.browser.conftest import DESKTOP, watched_page, window
from trials.tests.browser.looks import accessibility_problems, faults, overflowing
from trials.tests.serving import Site
from trials.views.styleguide import styleguide_page

PAGES = [
    "/",
    "/trials/",
    "/trials/?q=cells&status=recruiting&phase=1&view=table",
    "/trials/?q=zzz&colour=red",
    "/trials/facets/condition/?find=nephrotic",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_and_fit(page: Page, address: str):
    page.goto(address)
    assert faults(page) == []
    page.emulate_media(contrast="more")
    assert accessibility_problems(page) == []


def test_at_200_percent_nothing_scrolls_sideways(browser: Browser, site: Site, problems: list[str]):
    # A browser at 200 % tells a page half the pixels, each twice as large.
    half = {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}
    with browser.new_context(**{**window(site), "viewport": half}, device_scale_factor=2) as context:
        page = watched_page(context, site, problems)
        for address in ("/", "/trials/?status=recruiting", "/trials/?view=table", "/landscape/", "/map/?zoom=europe"):
            page.goto(address)
            widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert (widths, overflowing(page)) == ([640, 640], []), address


def test_the_sheet_of_a_phone_is_accessible(page: Page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/trials/?status=recruiting#narrow")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert accessibility_problems(page) == []
    assert overflowing(page) == []


def test_every_component_is_accessible(page: Page, site: Site, settings):
    settings.DEBUG = True
    html = styleguide_page(RequestFactory().get("/styleguide/")).content
    policy = site.get("/").headers["content-security-policy"]

    def show(route: Route) -> None:
        route.fulfill(body=html, headers={"Content-Type": "text/html", "Content-Security-Policy": policy})

    def source(route: Route) -> None:
        # With DEBUG a page names files as they are in the source; this site has them under their digests alone.
        path = finders.find(urlsplit(route.request.url).path.removeprefix("/static/"))
        assert path, route.request.url
        route.fulfill(path=path)

    page.route("**/styleguide/", show)
    page.route("**/static/**", source)
    page.goto("/styleguide/")
    expect(page.locator(".piece")).to_have_count(10)
    assert faults(page) == []


def test_the_colours_are_as_the_reader_chose_before_anything_is_drawn(page: Page):
    background = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="dark", exact=True).click()
    dark = page.evaluate(background)
    page.goto("/trials/", wait_until="commit")
    page.wait_for_selector("body")
    assert page.evaluate(background) == dark != "rgb(255, 255, 255)"
    page.get_by_role("button", name="light", exact=True).click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="as on this device", exact=True).click()
    assert page.evaluate(background) == dark
    page.emulate_media(media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_a_page_that_is_not_there_is_ours(page: Page, problems: list[str]):
    page.goto("/trials/nct99999999/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert faults(page) == []
    problems.clear()
