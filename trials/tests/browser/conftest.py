"""A real Chromium against a real gunicorn that serves the catalogue as shipped (`site`, one folder up).

Every test in this folder is marked `browser`. Fixtures:

- `page`: a new, empty browser window, 1280 px wide; `page.goto("/trials/")` takes paths, and
  `page.set_viewport_size(PHONE)` makes it a phone. The test fails if the window saw a Content-Security-Policy
  violation, an error on the console, a script that failed, or a request to another host.
- `page_without_scripts`: the same with JavaScript switched off.
- `admin_page`: the same, signed in as a superuser.
- `problems`: what the windows of this test complained of so far. A test that provokes one on purpose (the console
  reports every 404 page as an error) reads it and then calls `problems.clear()`.

The catalogue is shared by all tests: edit only a trial that the test made itself (`site.python(...)`, or the admin).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

from tools import chromium
from trials.tests.serving import Site

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
ADMIN = {"DJANGO_SUPERUSER_USERNAME": "editor", "DJANGO_SUPERUSER_PASSWORD": "a long pass phrase"}

# Chromium reports a violation on the console too, but not which rule and element; this says both.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `Content-Security-Policy: ${event.violatedDirective} blocked ${event.blockedURI} in ${event.sourceFile}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Per package, not per session: while it runs, Playwright keeps an event loop in this thread, and Django refuses
# database work beside one, which would break the tests that follow in another folder.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this folder."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """Complaints of this test's windows, in order; any that is left at the end fails the test."""
    seen: list[str] = []
    yield seen
    assert seen == [], "The browser complained:\n" + "\n".join(seen)


@pytest.fixture
def page(browser: Browser, site: Site, problems: list[str]) -> Iterator[Page]:
    """A new window on the catalogue, nobody signed in."""
    with browser.new_context(**window(site)) as context:
        yield watched_page(context, site, problems)


@pytest.fixture
def page_without_scripts(browser: Browser, site: Site, problems: list[str]) -> Iterator[Page]:
    """A new window on the catalogue with JavaScript switched off."""
    with browser.new_context(**window(site), java_script_enabled=False) as context:
        yield watched_page(context, site, problems)


@pytest.fixture
def admin_page(browser: Browser, site: Site, problems: list[str], signed_in: Any) -> Iterator[Page]:
    """A new window on the catalogue, signed in as a superuser."""
    with browser.new_context(**window(site), storage_state=signed_in) as context:
        yield watched_page(context, site, problems)


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Site) -> Any:
    """The cookies of a superuser who signed in through the login page."""
    site.manage("createsuperuser", "--noinput", "--email", "editor@example.org", **ADMIN)
    with browser.new_context(**window(site)) as context:
        page = context.new_page()
        page.goto("/admin/")
        page.get_by_label("Username").fill(ADMIN["DJANGO_SUPERUSER_USERNAME"])
        page.get_by_label("Password").fill(ADMIN["DJANGO_SUPERUSER_PASSWORD"])
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return context.storage_state()


def window(site: Site) -> dict[str, Any]:
    """Options of every window: paths are enough for `goto`, and the size is a desk's."""
    return {"base_url": site.url, "viewport": DESKTOP, "locale": "en-GB"}


def watched_page(context: BrowserContext, site: Site, problems: list[str]) -> Page:
    """A page of this window that writes down every complaint."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.text} ({message.location['url']})")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{site.url}/", "about:", "blob:")):
            problems.append(f"asked another host: {request.url[:200]}")

    context.add_init_script(REPORT_VIOLATIONS)
    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: problems.append(f"a script failed: {error.error}"))
    context.set_default_timeout(10_000)
    return context.new_page()
