"""The whole list of a facet: its values with their counts for the question in the address, and a way to find one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search import facets
from trials.search.browse import answer
from trials.search.facet_list import facet_list
from trials.search.filters import MAX_QUERY_LENGTH, page_number, printable
from trials.search.grouping import grouping
from trials.search.groups import results_url, whole_list_url


@require_safe
def facet_page(request: HttpRequest, key: str) -> HttpResponse:
    if key not in facets.by_key():
        raise Http404
    query = request.GET.copy()
    # These two are of this list alone.
    wanted = printable((query.pop("find", None) or [""])[-1])[:MAX_QUERY_LENGTH]
    page = page_number((query.pop("page", None) or [""])[-1]) or 1
    results, facet = answer(query), facets.by_key()[key]
    above = grouping(facet, results.values, results.counts)
    shown = {
        "results": results,
        "facet": facet,
        "list": facet_list(facet, results.question, results.values[key], results.counts[key], wanted, page, above),
        "wanted": wanted,
        "all_url": whole_list_url(key, results.question),
        "back_url": results_url(results.question),
        "kept": results.question.parameters(),
        "nav": "facet",
    }
    return render(request, "trials/facet.html", shown)
