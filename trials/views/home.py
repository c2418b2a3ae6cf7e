"""The start page: one search box, ways in by cell type, disease and country, what is new and what changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search.live import reading
from trials.search.news import news
from trials.search.ways import recruiting, registries, way_in

# Facets that lead in, their headings, the facet that says where trials recruit, and whether narrower values count.
WAYS_IN: tuple[tuple[str, str, str, bool], ...] = (
    ("cell_type", "By cell type", "", True),
    ("area", "By area of disease", "", False),
    ("country", "By country", "open_in", False),
    ("condition", "By condition", "", False),
)


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    with reading() as index:
        latest = news()
    ways = [way_in(index, *way) for way in WAYS_IN]
    open_count, open_url = recruiting(index)
    shown = {
        "total": len(index.public),
        "open_count": open_count,
        "open_url": open_url,
        "registries": registries(index),
        "ways": [way for way in ways if way.ways],
        "news": latest,
        "nav": "home",
    }
    return render(request, "home.html", shown)
