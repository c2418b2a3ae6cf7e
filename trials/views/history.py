"""What changed in the records of one trial, when, and from where."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trials.views._addresses import trial_or_redirect
from trials.views._history.steps import history_of


@require_safe
def history_page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/trials/<slug>/history/`: the versions of a public trial's records, the newest first; `?page=` turns pages.

    The same addresses lead here as to the trial's own page.
    """
    trial = trial_or_redirect(slug, "trial-history")
    if isinstance(trial, HttpResponse):
        return trial
    history = history_of(trial, request.GET.get("page", ""))
    canonical = request.build_absolute_uri(reverse("trial-history", args=[trial.slug]))
    return render(request, "trials/history.html", {"trial": trial, "history": history, "canonical": canonical})
