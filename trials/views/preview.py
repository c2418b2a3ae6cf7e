"""A trial that is not public, for whoever has a link to its preview."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from trials.models import PreviewLink
from trials.models.choices import State
from trials.views._record.page import record_page, whole

ASK = "Ask whoever sent it to you for a new one."


@require_safe
def preview_page(request: HttpRequest, token: str) -> HttpResponse:
    """`/preview/<token>/`: the record page of a trial before it is public; once it is public, the way there.

    404 for a link that was never made, 410 for one that has expired or was revoked. Neither robots nor caches keep it.
    """
    response = _answer(request, token)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    # The address is the key: no other page is told it.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    link = PreviewLink.objects.of_token(token)
    if link is None:
        return _refusal(404, "There is no such preview", f"The link may be cut off. {ASK}")
    trial = link.trial
    if trial.state == State.PUBLISHED:
        return redirect("trial", trial.slug)
    if link.revoked is not None:
        return _refusal(410, "This preview was taken back", f"The link has been revoked. {ASK}")
    if not link.is_open:
        return _refusal(410, "This preview has expired", ASK)
    prefetch_related_objects([trial], *whole())
    page = record_page(trial, timezone.localdate())
    return render(request, "trials/preview.html", {"page": page, "slug": "", "link": link, "is_preview": True})


def _refusal(status: int, title: str, advice: str) -> HttpResponse:
    return HttpResponse(render_to_string("error.html", {"title": title, "advice": advice}), status=status)
