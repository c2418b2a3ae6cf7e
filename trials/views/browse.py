"""The browse page: a question in the address, its answer on the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.search.browse import answer


@require_safe
def browse_page(request: HttpRequest) -> HttpResponse:
    return render(request, "trials/browse.html", {"results": answer(request.GET), "nav": "browse"})
