"""The start page: one search box, ways in by cell type, area, condition and country, what is new and what changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search.browse import Results, answer
from trials.search.groups import Choice, whole_list_url
from trials.search.live import reading
from trials.search.news import news

# Facets that lead in, with their headings.
WAYS_IN = {
    "cell_type": "By cell type",
    "area": "By disease area",
    "condition": "By condition",
    "open_in": "By country that recruits",
}
MOST = 8


@dataclass(frozen=True)
class WayIn:
    """A heading with the values below it; `all_url` lists every one where there are more."""

    key: str
    heading: str
    choices: tuple[Choice, ...]
    all_url: str


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    with reading():
        results, latest = answer(QueryDict()), news()
    recruiting = next((choice for choice in results.top("status", MOST) if choice.slug == "recruiting"), None)
    ways = [way for key, heading in WAYS_IN.items() if (way := _way_in(results, key, heading)).choices]
    shown = {"results": results, "recruiting": recruiting, "ways": ways, "news": latest, "nav": "home"}
    return render(request, "home.html", shown)


def _way_in(results: Results, key: str, heading: str) -> WayIn:
    """The first values of a facet; “not stated” leads nowhere that a visitor wants to go."""
    choices = results.top(key, MOST + 1)
    all_url = whole_list_url(key, results.question) if len(choices) > MOST else ""
    return WayIn(key, heading, choices[:MOST], all_url)
