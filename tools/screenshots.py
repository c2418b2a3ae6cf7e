"""Pictures of the running catalogue for the README and the docs: `make screenshots`.

Starts the catalogue as shipped on a database of its own and photographs each page at desk and phone width.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tools import chromium
from trials.tests.serving import Site, prepared_site

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTHS = {"desktop": 1280, "phone": 390}
PAGES = {
    "home": "/",
    "browse": "/trials/?q=amyotrophic+lateral+sclerosis",
    "record": "/trials/nct04034316/",
    "record-conflict": "/trials/2023-508432-53-00/",
}
ADMIN_PAGES = {"admin-list": "/admin/trials/trial/"}
ACCOUNT = {"DJANGO_SUPERUSER_USERNAME": "editor", "DJANGO_SUPERUSER_PASSWORD": "a long pass phrase"}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with prepared_site(DEMO="1") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        take(browser, site, PAGES, None)
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
    """One PNG per page and width, from the top of the page; long pages are cut at 2,400 px."""
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
                height = min(page.evaluate("document.documentElement.scrollHeight"), 2400)
                target = IMAGES / f"{name}-{width_name}.png"
                page.screenshot(path=target, clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)
                print(os.path.relpath(target))
                page.close()


if __name__ == "__main__":
    main()
