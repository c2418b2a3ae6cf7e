"""Two registrations that may be one trial, side by side, for an editor to say whether they are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from trials.admin.desk.queue import queue_of
from trials.admin.logged import logged
from trials.admin.matching import DIFFERENT, SAME
from trials.intake.deciding import Unknown, decide
from trials.models import MatchSuggestion, Registration
from trials.models.choices import SponsorRole


def match_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a suggestion (GET), or takes the editor's word (POST)."""
    if not request.user.has_perms(("trials.view_matchsuggestion", "trials.add_matchdecision")):
        raise PermissionDenied
    rows = MatchSuggestion.objects.select_related("first__trial", "second__trial")
    suggestion = rows.filter(pk=pk).first() if pk < 1 << 63 else None
    if suggestion is None:
        messages.info(request, "This suggestion is no more: somebody decided it, or the records changed.")
        return HttpResponseRedirect(_next(request))
    if request.method == "POST":
        return _decide(request, suggestion)
    context = admin.site.each_context(request) | {
        "title": "One trial or two?",
        "why": suggestion.get_why_display(),
        "sides": [_side(one) for one in (suggestion.first, suggestion.second)],
    }
    return TemplateResponse(request, "admin/desk/match.html", context)


def _side(registration: Registration) -> dict[str, Any]:
    """What tells one trial from another, as (label, text)."""
    trial = registration.trial
    sponsors = trial.sponsorships.filter(role=SponsorRole.LEAD_SPONSOR).select_related("organisation")
    told = [
        ("Title", trial.title),
        ("Official title", trial.official_title),
        ("Lead sponsor", "; ".join(str(one.organisation) for one in sponsors)),
        ("Status", trial.get_status_display()),
        ("Phase", trial.get_phase_display()),
        ("Start", trial.start_date.label if trial.start_date else ""),
        ("Participants", str(trial.enrollment_count or "")),
        ("Sites", str(trial.sites.count())),
        ("Conditions", "; ".join(trial.conditions.values_list("wording", flat=True)[:8])),
        ("Arms", "; ".join(trial.arms.values_list("label", flat=True)[:8])),
    ]
    return {"registration": registration, "trial": trial, "told": [(name, text) for name, text in told if text]}


def _decide(request: HttpRequest, suggestion: MatchSuggestion) -> HttpResponse:
    is_same = "same" in request.POST
    if not is_same and "different" not in request.POST:
        return HttpResponseRedirect(request.get_full_path())
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:300]
    try:
        made = decide(suggestion.first.number, suggestion.second.number, is_same, request.user, reason)
    except Unknown as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())
    words = f"{made.first} and {made.second} are {SAME if is_same else DIFFERENT}."
    logged(request, [made], words, ADDITION)
    messages.success(request, words)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    found = queue_of(request)
    return found[0].next_url(found[1]) if found else reverse("admin:trials_matchsuggestion_changelist")
