"""Small trials for the tests of the record page, and the page as a reader sees it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from trials.models import Registration, Trial
from trials.models.choices import State
from trials.tests.search.making import term

__all__ = ["Page", "document", "open_page", "published", "term"]


def published(slug: str = "nct00000001", **fields: Any) -> Trial:
    """A published trial with nothing but a title, unless more is said."""
    return Trial.objects.create(slug=slug, **{"title": "A trial of cells", "state": State.PUBLISHED, **fields})


def document(of: Trial, name: str, **fields: Any) -> Registration:
    """A document of the trial; the first one leads."""
    order = of.registrations.count() + 1
    return of.registrations.create(order=order, document=name, **{"is_lead": order == 1, **fields})


class Page(HTMLParser):
    """A page as a reader meets it: its text, its text by section, and the addresses it links to."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.links: list[str] = []
        self._parts: list[str] = []
        self._sections: dict[str, list[str]] = {}
        self._section = ""
        self._ids: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "section":
            self._section = values.get("id") or ""
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")
        self._ids += [values["id"] or ""] if "id" in values else []
        self._apart(tag)

    def handle_endtag(self, tag: str) -> None:
        self._apart(tag)
        if tag == "section":
            self._section = ""

    def _apart(self, tag: str) -> None:
        """Bold figures stand within a word's line, without a blank of their own."""
        if tag != "b":
            self._write(" ")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def _write(self, data: str) -> None:
        self._parts.append(data)
        self._sections.setdefault(self._section, []).append(data)

    @property
    def text(self) -> str:
        return squeezed("".join(self._parts))

    @property
    def ids(self) -> list[str]:
        return self._ids

    def section(self, anchor: str) -> str:
        """The text of one section; everything outside the sections under ''."""
        return squeezed("".join(self._sections[anchor]))


def squeezed(text: str) -> str:
    """The text with every run of blanks as one, and none before a stop, as a browser would set it."""
    return re.sub(r" (?=[.,;:)])", "", " ".join(text.split()))


def open_page(trial: Trial | str) -> Page:
    """The trial's page, which must open."""
    slug = trial if isinstance(trial, str) else trial.slug
    response = Client().get(f"/trials/{slug}/")
    assert response.status_code == 200, (response.status_code, response.headers)
    return Page(response.content.decode())
