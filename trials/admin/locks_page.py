"""The page of a trial's locks: what editors own beside what the registry says, and the ways back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from trials.admin.desk.queue import queue_of
from trials.admin.editing import BUSY
from trials.admin.locks import locks_url, views_of
from trials.admin.logged import logged
from trials.admin.owning import edit_lines
from trials.admin.rows import LISTS
from trials.admin.shown import version_of, why_of
from trials.admin.words import lock_name
from trials.intake.moving import keep_ours
from trials.intake.registry import Meanwhile, Outcome, original_of, take_back
from trials.models import Trial

# Edits of the past that the page tells; the admin has them all.
TOLD = 50

MEANWHILE = (
    "Nothing was taken back: the trial was changed after you opened this page. Below is what stands now; look at it, "
    "then choose again."
)


def locks_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The page (GET), or one lock or some rows taken back (POST). `admin` is that of trials."""
    trial = admin.get_object(request, unquote(object_id))
    if trial is None:
        raise Http404("There is no such trial.")
    if request.method == "POST":
        return _take_back(admin, request, trial)
    if not admin.has_view_or_change_permission(request, trial):
        raise PermissionDenied
    original = original_of(trial, with_lists=trial.locks.filter(name__in=LISTS).exists())
    context = admin.admin_site.each_context(request) | {
        "title": "Locks and the registry’s values",
        "subtitle": str(trial),
        "opts": admin.opts,
        "original": trial,
        "registry": original,
        "locks": [
            {"view": view, "can_change": _may_change(admin, request, trial, view.name)}
            for view in views_of(trial, original)
        ],
        "edits": [(edit, lock_name(edit.name), *edit_lines(edit)) for edit in _edits(trial)],
        "version": trial.version,
    }
    return TemplateResponse(request, "admin/trials/trial/locks.html", context)


def _edits(trial: Trial) -> Any:
    return trial.edits.select_related("by", "moment").defer("moment__names")[:TOLD]


def _may_change(admin: Any, request: HttpRequest, trial: Trial, name: str) -> bool:
    """Whether somebody may change what a lock is about: the trial, and for a list also its rows."""
    inline = LISTS.get(name)
    may_change_rows = inline is None or inline(Trial, admin.admin_site).has_change_permission(request, trial)
    return bool(admin.has_change_permission(request, trial) and may_change_rows)


def _take_back(admin: Any, request: HttpRequest, trial: Trial) -> HttpResponse:
    name = request.POST.get("name", "").replace("\x00", "")
    if not _may_change(admin, request, trial, name):
        raise PermissionDenied
    if "keep" in request.POST:
        return _keep(admin, request, trial, name)
    rows = request.POST.getlist("row") if "rows" in request.POST else None
    back = HttpResponseRedirect(request.get_full_path())
    if rows == []:
        admin.message_user(request, "Nothing was taken back: tick the rows to put back first.", messages.ERROR)
        return back
    try:
        # A page that says no version is refused like one that is out of date.
        outcome = take_back(trial.pk, name, request.user, version_of(request) or 0, rows, why_of(request))
    except Meanwhile:
        admin.message_user(request, MEANWHILE, messages.ERROR)
    except OperationalError:
        admin.message_user(request, BUSY, messages.ERROR)
    else:
        done = f"{lock_name(name)}: {outcome.value}"
        logged(request, [trial], done)
        level = messages.WARNING if outcome is Outcome.UNLOCKED else messages.SUCCESS
        admin.message_user(request, format_html("{}", done), level)
        return HttpResponseRedirect(_after(request, trial))
    return back


def _keep(admin: Any, request: HttpRequest, trial: Trial, name: str) -> HttpResponse:
    """The editor looked at what the registry says by now, and stays with the catalogue's value."""
    if keep_ours(trial.pk, name):
        said = f"{lock_name(name)}: the catalogue’s value stays."
        logged(request, [trial], said)
        admin.message_user(request, said, messages.SUCCESS)
    return HttpResponseRedirect(_after(request, trial))


def _after(request: HttpRequest, trial: Trial) -> str:
    """The next of the worklist that the address carries, else the page itself."""
    found = queue_of(request)
    return found[0].next_url(found[1]) if found else locks_url(trial)
