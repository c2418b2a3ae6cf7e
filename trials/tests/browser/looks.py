"""Checks of a page's looks that every page's tests use."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)


def accessibility_problems(page: Page, outside: str = "") -> list[str]:
    """What axe-core finds on the page as it stands, `outside` of what a selector names: rule, help and the elements, a
    line each."""
    violations = Axe().run(page, context={"exclude": [[outside]]} if outside else None).response["violations"]
    return [
        f"{found['id']}: {found['help']}: {[node['html'][:120] for node in found['nodes'][:3]]}" for found in violations
    ]


def overflowing(page: Page) -> list[str]:
    """Elements that reach past the right edge of the window, outside boxes that scroll by themselves."""
    found: list[str] = page.evaluate(
        """() => {
          const scrolls = (element) => {
            for (let above = element.parentElement; above; above = above.parentElement)
              if (["auto", "scroll", "hidden"].includes(getComputedStyle(above).overflowX)) return true;
            return false;
          };
          return [...document.body.querySelectorAll("*")]
            .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .filter((element) => getComputedStyle(element).position !== "absolute" && !scrolls(element))
            .map((element) => element.outerHTML.slice(0, 120));
        }"""
    )
    return found


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands on a phone, a tablet and a desk, in light and in dark."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide = overflowing(page)
        found += [f"{width}: reaches past the edge: {element}" for element in wide]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The admin's links glide from one colour to the other; half way there nothing can be measured.
            page.evaluate("document.getAnimations().forEach((one) => one.finish())")
            found += [f"{width} {scheme}: {problem}" for problem in accessibility_problems(page)]
    return found
