"""The browse page: a question in the address, its answer on the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from trials.models import Trial
from trials.search.browse import answer


@require_safe
def browse_page(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    if any(mark.isdigit() for mark in words) and all(not value for name, value in request.GET.items() if name != "q"):
        # Somebody who types a registry number, and nothing else, wants that trial.
        trial = Trial.objects.public().numbered(words)
        if trial is not None:
            return redirect(trial)
    return render(request, "trials/browse.html", {"results": answer(request.GET), "nav": "browse"})
