"""The page of one trial."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from trials.models import Trial
from trials.views._record.page import record_page, whole


@require_safe
def trial_page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/trials/<slug>/`: a public trial; its former addresses and its registry numbers lead to it.

    An address in another case, or a former one, has moved for good (301). A registry number leads on for now (302):
    an editor may find that it belongs to another trial.
    """
    public = Trial.objects.public()
    trial = public.addressed(slug)
    if trial is None:
        numbered = public.numbered(slug)
        if numbered is None:
            raise Http404
        return redirect(numbered)
    if trial.slug != slug:
        return redirect(trial, permanent=True)
    prefetch_related_objects([trial], *whole())
    page = record_page(trial, timezone.localdate())
    canonical = request.build_absolute_uri(trial.get_absolute_url())
    return render(request, "trials/record.html", {"page": page, "canonical": canonical})
