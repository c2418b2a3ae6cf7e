"""Pictures of the running catalogue for the README and the docs: `make screenshots`.

Starts the catalogue as shipped on a database of its own and photographs each page at desk and phone width, some in the
dark and as on paper, and the sheet of facets of a phone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium
from trials.tests.serving import Site, prepared_site

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTHS = {"desktop": 1280, "phone": 390}
PAGES = {
    "home": "/",
    "browse": "/trials/?q=amyotrophic+lateral+sclerosis",
    "table": "/trials/?q=amyotrophic+lateral+sclerosis&view=table",
    "landscape": "/landscape/",
    "map": "/map/?zoom=europe",
    "record": "/trials/nct04034316/",
    "record-conflict": "/trials/2023-508432-53-00/",
    "compare": "/compare/?trial=nct04034316&trial=nct01663116&trial=nct04849065",
}
# The same pages in other looks, at desk width.
LOOKS: dict[str, dict[str, Any]] = {"dark": {"color_scheme": "dark"}, "print": {"media": "print"}}
ADMIN_PAGES = {
    "admin-desk": "/admin/",
    "admin-worklist": "/admin/trials/trial/work/conflicts/",
    "admin-flags": "/admin/trials/flag/",
    "admin-upload": "/admin/trials/job/add/",
    "admin-list": "/admin/trials/trial/",
}
ACCOUNT = {"DJANGO_SUPERUSER_USERNAME": "editor", "DJANGO_SUPERUSER_PASSWORD": "a long pass phrase"}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with prepared_site(DEMO="1") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        take(browser, site, PAGES, None)
        take_looks(browser, site, ("home", "browse", "landscape", "map", "record"))
        take_sheet(browser, site)
        site.manage("createsuperuser", "--noinput", "--email", "editor@example.org", **ACCOUNT)
        trial = site.python("print(Trial.objects.get(slug='nct04034316').pk)").strip()
        signed_in = sign_in(browser, site)
        take(browser, site, ADMIN_PAGES | {"admin-trial": f"/admin/trials/trial/{trial}/change/"}, signed_in)
        browser.close()


def sign_in(browser: Browser, site: Site) -> Any:
    """The cookies of an administrator."""
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/admin/")
        page.get_by_label("Username").fill(ACCOUNT["DJANGO_SUPERUSER_USERNAME"])
        page.get_by_label("Password").fill(ACCOUNT["DJANGO_SUPERUSER_PASSWORD"])
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return context.storage_state()


def take(browser: Browser, site: Site, pages: dict[str, str], signed_in: Any) -> None:
    """One PNG per page and width."""
    for width_name, width in WIDTHS.items():
        options: dict[str, Any] = {
            "base_url": site.url,
            "viewport": {"width": width, "height": 900},
            "storage_state": signed_in,
        }
        with browser.new_context(**options) as context:
            for name, address in pages.items():
                page = context.new_page()
                page.goto(address)
                photograph(page, f"{name}-{width_name}")
                page.close()


def take_looks(browser: Browser, site: Site, names: Iterable[str]) -> None:
    """These pages in each of `LOOKS`."""
    for look, media in LOOKS.items():
        with browser.new_context(base_url=site.url, viewport={"width": WIDTHS["desktop"], "height": 900}) as context:
            page = context.new_page()
            page.emulate_media(**media)
            for name in names:
                page.goto(PAGES[name])
                photograph(page, f"{name}-{look}")


def take_sheet(browser: Browser, site: Site) -> None:
    """The facets of a phone, opened, as much as its screen shows."""
    with browser.new_context(base_url=site.url, viewport={"width": WIDTHS["phone"], "height": 844}) as context:
        page = context.new_page()
        page.goto("/trials/?status=recruiting")
        page.locator("#open-facets").click()
        page.screenshot(path=named("browse-sheet-phone"))


def photograph(page: Page, name: str) -> None:
    """The page from its top, cut at 2,400 px."""
    width = page.evaluate("window.innerWidth")
    height = min(page.evaluate("document.documentElement.scrollHeight"), 2400)
    page.screenshot(path=named(name), clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)


def named(name: str) -> Path:
    target = IMAGES / f"{name}.png"
    print(os.path.relpath(target))
    return target


if __name__ == "__main__":
    main()
