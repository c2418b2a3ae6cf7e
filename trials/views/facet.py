"""The whole list of a facet: every value with its count for the question in the address, and a way to find one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search import facets
from trials.search.browse import answer
from trials.search.filters import MAX_QUERY_LENGTH, printable
from trials.search.groups import find_values, results_url, whole_list_url


@require_safe
def facet_page(request: HttpRequest, key: str) -> HttpResponse:
    if key not in facets.by_key():
        raise Http404
    query = request.GET.copy()
    # `find` is of this page alone, and a list of values has no pages.
    wanted = printable((query.pop("find", None) or [""])[-1])[:MAX_QUERY_LENGTH]
    query.pop("page", None)
    results = answer(query)
    group = results.facet(key)
    choices = find_values(group.choices, wanted) if wanted else group.choices
    shown = {
        "results": results,
        "group": group,
        "choices": choices,
        "value_count": group.value_count,
        "wanted": wanted,
        "all_url": whole_list_url(key, results.question),
        "back_url": results_url(results.question),
        "kept": results.question.parameters(),
        "nav": "facet",
    }
    return render(request, "trials/facet.html", shown)
