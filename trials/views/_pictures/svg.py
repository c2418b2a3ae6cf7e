"""Writes SVG: shapes in, text out. Colours come from classes alone (`static/css/pictures.css`), for both schemes.

The picture as a whole is one image to a screen reader, with a title and a description. Its marks are links for mouse
and finger; a keyboard and a screen reader find the same links in the table beside it, not hundreds of them here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

STYLE = "css/pictures.css"


@dataclass(frozen=True)
class Picture:
    """A drawing of `width` by `height` units, one unit being a pixel on a phone. `marks` are written shapes."""

    key: str
    title: str
    description: str
    width: int
    height: int
    marks: tuple[SafeString, ...]

    def inline(self) -> SafeString:
        """For a page that links the stylesheet."""
        return self._svg("")

    def alone(self, address: str = "") -> str:
        """A file that needs no other: with its style inside, and links that lead back to `address`, the site's own."""
        style = f"<style>{_style()}</style>"
        text = str(self._svg(style, ' xmlns="http://www.w3.org/2000/svg"'))
        if address:
            text = text.replace('<a href="/', f'<a href="{escape(address.rstrip("/"))}/')
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'

    def _svg(self, style: str, more: str = "") -> SafeString:
        key = escape(self.key)
        title = f'<title id="{key}-title">{escape(self.title)}</title>'
        description = f'<desc id="{key}-desc">{escape(self.description)}</desc>'
        ground = f'<rect class="p-ground" width="{self.width}" height="{self.height}"/>'
        image = f'<g role="img" aria-labelledby="{key}-title {key}-desc">{title}{description}{ground}</g>'
        marks = f'<g aria-hidden="true">{"".join(self.marks)}</g>'
        size = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        return mark_safe(f'<svg{more} class="picture" {size}>{style}{image}{marks}</svg>')  # noqa: S308 (escaped above)


def _style() -> str:
    """What `STYLE` says, for a file that stands alone."""
    path = finders.find(STYLE)
    if not isinstance(path, str):
        raise FileNotFoundError(STYLE)
    return Path(path).read_text(encoding="utf-8")


def short(value: float) -> str:
    """A coordinate to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


def rect(css: str, x: float, y: float, width: float, height: float, hint: str = "") -> SafeString:
    at = f'x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"'
    return _shape("rect", css, at, hint)


def circle(css: str, x: float, y: float, radius: float, hint: str = "") -> SafeString:
    return _shape("circle", css, f'cx="{short(x)}" cy="{short(y)}" r="{short(radius)}"', hint)


def line(css: str, x: float, y: float, to_x: float, to_y: float) -> SafeString:
    return _shape("line", css, f'x1="{short(x)}" y1="{short(y)}" x2="{short(to_x)}" y2="{short(to_y)}"', "")


def path(css: str, d: str, hint: str = "") -> SafeString:
    """`d` is made of figures and commands."""
    return _shape("path", css, f'd="{d}"', hint)


def text(css: str, x: float, y: float, words: object) -> SafeString:
    """Words on a line whose foot is at `y`."""
    return mark_safe(f'<text class="{css}" x="{short(x)}" y="{short(y)}">{escape(words)}</text>')  # noqa: S308


def link(url: str, shapes: Iterable[SafeString]) -> SafeString:
    """Shapes that lead somewhere; just the shapes where there is no address."""
    drawn = "".join(shapes)
    return mark_safe(f'<a href="{escape(url)}" tabindex="-1">{drawn}</a>' if url else drawn)  # noqa: S308


def _shape(tag: str, css: str, at: str, hint: str) -> SafeString:
    inside = f"><title>{escape(hint)}</title></{tag}>" if hint else "/>"
    return mark_safe(f'<{tag} class="{css}" {at}{inside}')  # noqa: S308


def fitted(words: str, width: float, size: float) -> str:
    """Words cut to what fits into so many units at a size of type, which a letter's usual width tells."""
    most = max(1, int(width / (size * 0.54)))
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Words in one line or two, the second cut where they do not fit."""
    lines = textwrap.wrap(words, max(1, int(width / (size * 0.54)))) or [""]
    return lines[:1] + ([fitted(" ".join(lines[1:]), width, size)] if lines[1:] else [])


def label(css: str, x: float, middle: float, lines: Sequence[str], size: float) -> Iterator[SafeString]:
    """One or two lines of words around a height."""
    foot = middle + size * 0.35 - (len(lines) - 1) * size * 0.55
    for place, words in enumerate(lines):
        yield text(css, x, foot + place * size * 1.1, words)
