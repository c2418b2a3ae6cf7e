"""The page of one trial."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from trials.views._addresses import trial_or_redirect
from trials.views._record.page import record_page, whole


@require_safe
def trial_page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/trials/<slug>/`: a public trial; its former addresses and its registry numbers lead to it."""
    trial = trial_or_redirect(slug, "trial")
    if isinstance(trial, HttpResponse):
        return trial
    prefetch_related_objects([trial], *whole())
    page = record_page(trial, timezone.localdate())
    canonical = request.build_absolute_uri(trial.get_absolute_url())
    return render(request, "trials/record.html", {"page": page, "slug": trial.slug, "canonical": canonical})
