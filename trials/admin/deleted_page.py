"""The trials that were deleted, who deleted them and why, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from trials.admin.base import refusal
from trials.admin.editing import BUSY
from trials.admin.logged import logged
from trials.admin.publishing import may_publish
from trials.admin.shown import why_of
from trials.admin.timeline_page import may_bring_back
from trials.intake.deleting import bring_back
from trials.intake.restoring import Gone
from trials.models import DeletedTrial

PAGE_SIZE = 50


def deleted_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """The deleted trials, the latest first (GET), or one of them brought back (POST). `admin` is that of trials."""
    if request.method == "POST":
        return _bring_back(admin, request)
    if not admin.has_view_or_change_permission(request):
        raise PermissionDenied
    rows = DeletedTrial.objects.select_related("moment").defer("rest", "moment__names")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("p"))
    context = admin.admin_site.each_context(request) | {
        "title": "Deleted trials",
        "opts": admin.opts,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "can_bring_back": may_bring_back(admin, request),
    }
    return TemplateResponse(request, "admin/trials/trial/timeline_deleted.html", context)


def _bring_back(admin: Any, request: HttpRequest) -> HttpResponse:
    if not may_bring_back(admin, request):
        raise PermissionDenied
    back = HttpResponseRedirect(reverse("admin:trials_trial_deleted"))
    key = request.POST.get("deleted", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return back
    try:
        trial, lost = bring_back(int(key), request.user, why_of(request), may_publish=may_publish(request.user))
    except Gone as gone:
        admin.message_user(request, str(gone), messages.ERROR)
        return back
    except OperationalError:
        admin.message_user(request, BUSY, messages.ERROR)
        return back
    except (IntegrityError, DataError) as error:
        admin.message_user(request, refusal(error), messages.ERROR)
        return back
    logged(request, [trial], "Brought back.")
    how = ", but not all is as it was" if lost else " with all that belonged to it"
    admin.message_user(request, f"“{trial}” is back{how}.", messages.SUCCESS)
    for note in lost:
        admin.message_user(request, note, messages.WARNING)
    return HttpResponseRedirect(reverse("admin:trials_trial_history", args=[trial.pk]))
