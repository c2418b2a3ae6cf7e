"""A picture with its table and its two files, for a page and for download."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from trials.phrases import count
from trials.search.landscape_asked import Asked
from trials.views._pictures.sheets import Sheet, csv_text
from trials.views._pictures.svg import Picture


@dataclass(frozen=True)
class Figure:
    """What a page shows of one picture. `note` says what must be known to read it."""

    picture: Picture
    sheet: Sheet
    note: str = ""
    svg_url: str = ""
    csv_url: str = ""

    @property
    def is_linked(self) -> bool:
        return self.sheet.is_linked


def download(request: HttpRequest, figure: Figure, form: str) -> HttpResponse:
    """The picture (`svg`) or its table (`csv`) as a file to keep."""
    if form == "csv":
        # With a mark that tells a spreadsheet the encoding.
        answer = HttpResponse(f"\ufeff{csv_text(figure.sheet)}", content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(figure.picture.alone(request.build_absolute_uri("/")), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(figure.picture.title)}.{form}"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def in_words(asked: Asked) -> str:
    """What is pictured, as a sentence."""
    trials = count(asked.total, "trial")
    if asked.question.is_empty:
        every = "the only trial" if asked.total == 1 else f"all {trials}"
        return (
            f"Pictured here: {every} of the catalogue."
            if asked.total
            else "The catalogue holds no published trial yet."
        )
    which = asked.title.removeprefix("Trials: ")
    return f"Pictured here: {trials}, {which}." if asked.total else f"No trials are found: {which}."
