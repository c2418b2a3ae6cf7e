"""Links for colleagues to a trial that is not public: made, listed and revoked on the trial's form.

Both are buttons of the form itself, which save it too, so that nothing typed is lost and the preview shows it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from trials.admin.logged import logged
from trials.models import PreviewLink, Trial
from trials.models.choices import State
from trials.phrases import count

# Names of the buttons, and of the choice of how long a link is good.
MAKE, REVOKE, DAYS = "_preview", "_revoke", "_preview_days"
OFFERED_DAYS, USUAL_DAYS = (1, 7, 30), 7
# Older links are past anyway.
TOLD = 20


def previews_of(trial: Trial) -> dict[str, Any] | None:
    """What the form shows of a trial's links; nothing for a public trial, which needs none."""
    if trial.state == State.PUBLISHED:
        return None
    return {
        "links": trial.preview_links.select_related("by")[:TOLD],
        "days": [(days, count(days, "day"), days == USUAL_DAYS) for days in OFFERED_DAYS],
    }


def make_link(admin: Any, request: HttpRequest, trial: Trial) -> HttpResponse:
    """Makes the link that a saved form asks for, and tells it this once: only a digest of it is kept."""
    if trial.state == State.PUBLISHED:
        text = "No link was made: the trial is public, and its own address can be sent to anybody."
        admin.message_user(request, text, messages.WARNING)
        return back_to(trial)
    asked = request.POST.get(DAYS, "")
    days = next((days for days in OFFERED_DAYS if str(days) == asked), USUAL_DAYS)
    link, token = PreviewLink.objects.make(trial, request.user, days)
    until = _moment(link)
    logged(request, [trial], f"Made a preview link, good until {until}.")
    address = request.build_absolute_uri(reverse("preview", args=[token]))
    text = format_html(
        'Saved. Whoever has this link sees the trial until {}: <a href="{}">{}</a> Copy it now, it is not shown again.',
        until, address, address,
    )  # fmt: skip
    admin.message_user(request, text, messages.SUCCESS)
    return back_to(trial)


def revoke_link(admin: Any, request: HttpRequest, trial: Trial) -> None:
    """Revokes the link that the form names, at once, whatever else becomes of the form."""
    key = request.POST.get(REVOKE, "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return
    link = trial.preview_links.filter(pk=key).first()
    if link is None or not PreviewLink.objects.filter(pk=link.pk, revoked=None).update(revoked=timezone.now()):
        return
    logged(request, [trial], f"Revoked the preview link that was good until {_moment(link)}.")
    admin.message_user(request, f"The preview link that was good until {_moment(link)} is revoked.", messages.SUCCESS)


def back_to(trial: Trial) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:trials_trial_change', args=[trial.pk])}#previews")


def _moment(link: PreviewLink) -> str:
    return date_format(timezone.localtime(link.until), "j F Y, H:i")
