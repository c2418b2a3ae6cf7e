"""The browse page: a question in the address, its answer on the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from trials.search.browse import answer_or_number


@require_safe
def browse_page(request: HttpRequest) -> HttpResponse:
    found = answer_or_number(request.GET)
    if isinstance(found, str):
        # Somebody who types a registry number, and nothing else, wants that trial.
        return redirect("trial", found)
    return render(request, "trials/browse.html", {"results": found, "nav": "browse"})
