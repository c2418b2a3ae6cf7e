"""The start page: one search box, and ways in by cell type, by area of disease and by country."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search.browse import answer

WAYS_IN = ("cell_type", "area", "condition", "open_in")


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    results = answer(QueryDict())
    recruiting = next((choice for choice in results.facet("status").choices if choice.slug == "recruiting"), None)
    ways = [group for key in WAYS_IN if (group := results.facet(key)).choices]
    return render(request, "home.html", {"results": results, "recruiting": recruiting, "ways": ways, "nav": "home"})
