"""Pictures of the trials that a question finds, each with its table, as SVG and as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trials.phrases import count
from trials.search.facets import BASES
from trials.search.landscape import Table, enrolments, phases, starts, statuses
from trials.search.landscape_asked import Asked, Count, asking
from trials.search.landscape_doses import DoseTable, dose_table, doses
from trials.views._pictures.charts import bars_chart, doses_chart, heat_chart, starts_chart
from trials.views._pictures.figures import Figure, download, in_words
from trials.views._pictures.sheets import dose_sheet, sheet_of
from trials.views._pictures.svg import Picture

DOSE_NOTE = (
    "The largest single dose of each trial as its page here has it, most often read from its text. Line: smallest to "
    "largest; box: the middle half; stroke: the median."
)


def _starts(asked: Asked) -> Table:
    return starts(asked, timezone.localdate())


# The pictures by their names in addresses; those of doses are named for what a dose is counted per.
CHARTS: dict[str, tuple[Callable[[Asked], Table], Callable[[Table], Picture]]] = {
    "starts": (_starts, starts_chart),
    "phases": (phases, heat_chart),
    "status": (statuses, bars_chart),
    "enrolment": (enrolments, bars_chart),
}
DOSE_CHARTS = {f"doses-{basis}": basis for basis in BASES}


@require_safe
def landscape_page(request: HttpRequest) -> HttpResponse:
    """`/landscape/`: every picture of the question in the address."""
    with asking(request.GET) as asked:
        figures: tuple[Figure, ...] = ()
        undosed = Count(0)
        if asked.total:
            found = doses(asked)
            undosed = found.missing
            figures = (*(_figure(asked, key) for key in CHARTS), *(_dose_figure(table) for table in found.tables))
        query = asked.question.query_string()
    shown = {
        "asked": asked,
        "in_words": in_words(asked),
        "figures": [_with_files(figure, query) for figure in figures],
        "undosed": undosed,
        "undosed_in_words": f"Of {count(undosed.total, 'trial')}",
        "other_url": reverse("map") + query,
        "nav": "landscape",
    }
    return render(request, "trials/landscape.html", shown)


@require_safe
def landscape_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """`/landscape/<picture>.svg` and `.csv`: one picture of the question, or its table, as a file."""
    with asking(request.GET) as asked:
        if key in CHARTS:
            figure = _figure(asked, key)
        elif key in DOSE_CHARTS:
            table = dose_table(asked, DOSE_CHARTS[key], asked.index.values["dose"].values[DOSE_CHARTS[key]].label)
            if not table.lines:
                raise Http404
            figure = _dose_figure(table)
        else:
            raise Http404
    return download(request, figure, form)


def _figure(asked: Asked, key: str) -> Figure:
    counts, draws = CHARTS[key]
    table = counts(asked)
    return Figure(draws(table), sheet_of(table), table.note)


def _dose_figure(table: DoseTable) -> Figure:
    return Figure(doses_chart(table), dose_sheet(table), DOSE_NOTE)


def _with_files(figure: Figure, query: str) -> Figure:
    svg, csv = (reverse("landscape-file", args=[figure.picture.key, form]) + query for form in ("svg", "csv"))
    return replace(figure, svg_url=svg, csv_url=csv)
