"""The pages of a trial's history in the admin: the timeline, and what restoring from it would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from trials.admin.base import refusal
from trials.admin.editing import BUSY
from trials.admin.logged import logged
from trials.admin.rows import LISTS
from trials.admin.shown import version_of, why_of
from trials.admin.timeline import timeline_of
from trials.admin.timeline_words import difference
from trials.admin.words import lock_name
from trials.intake.history import words_known
from trials.intake.registry import Meanwhile
from trials.intake.restoring import Gone, Plan, before_change, restore, whole_at
from trials.models import DeletedTrial, Moment, Trial
from trials.models.history import OWN

MEANWHILE = (
    "Nothing was restored: the trial was changed after you opened this page. Below is what restoring would change now; "
    "look at it, then choose again."
)


def timeline_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything that happened to a trial, the newest first; also to one that was deleted. `?page=` turns pages."""
    trial = admin.get_object(request, unquote(object_id))
    deleted = None if trial else _deleted(object_id)
    if trial is None and deleted is None:
        raise Http404("There is no such trial.")
    if not admin.has_view_or_change_permission(request, trial):
        raise PermissionDenied
    number = trial.pk if trial else deleted.moment.trial  # type: ignore[union-attr]  # one of the two is there
    context = admin.admin_site.each_context(request) | {
        "title": "History",
        "subtitle": str(trial or deleted),
        "opts": admin.opts,
        "original": trial,
        "deleted": deleted,
        "timeline": timeline_of(number, request.GET.get("page", "")),
        "can_change": trial is not None and admin.has_change_permission(request, trial),
        "can_bring_back": deleted is not None and may_bring_back(admin, request),
    }
    return TemplateResponse(request, "admin/trials/trial/timeline.html", context)


def _deleted(object_id: str) -> DeletedTrial | None:
    key = unquote(object_id)
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    rows = DeletedTrial.objects.filter(moment__trial=int(key)).select_related("moment")
    return rows.defer("rest", "moment__names").first()


def may_bring_back(admin: Any, request: HttpRequest) -> bool:
    """Whether somebody may undo the deletion of trials: who may add and delete them."""
    return bool(admin.has_add_permission(request) and admin.has_delete_permission(request))


# Restoring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wish:
    """What a page asks to restore: how it is worked out, and the same in words."""

    plan_of: Callable[[int], Plan]
    what: str


def restore_page(admin: Any, request: HttpRequest, object_id: str, moment: int) -> HttpResponse:
    """What restoring would change (GET), and restoring it (POST). `?item=` names a field or list, `?row=` a row of it,
    `?undo=1` all that one moment changed; without them it is the whole trial as of the moment."""
    trial = admin.get_object(request, unquote(object_id))
    if trial is None:
        raise Http404("There is no such trial.")
    if not admin.has_change_permission(request, trial):
        raise PermissionDenied
    wish = _wish(request, trial, moment)
    back = reverse("admin:trials_trial_history", args=[trial.pk])
    try:
        if request.method == "POST":
            return _restore(admin, request, trial, wish, back)
        plan = wish.plan_of(trial.pk)
    except Gone as gone:
        admin.message_user(request, str(gone), messages.ERROR)
        return HttpResponseRedirect(back)
    context = admin.admin_site.each_context(request) | {
        "title": f"Restore {wish.what}",
        "subtitle": str(trial),
        "opts": admin.opts,
        "original": trial,
        "plan": plan,
        "what": wish.what,
        "difference": difference(plan.changes, words_known(trial.pk)),
        "may_restore": _may_restore(admin, request, trial, plan),
        "version": trial.version,
        "back": back,
        "why": why_of(request),
    }
    return TemplateResponse(request, "admin/trials/trial/timeline_restore.html", context)


def _wish(request: HttpRequest, trial: Trial, moment: int) -> _Wish:
    row = request.GET.get("row", "")
    number = int(row) if row.isascii() and row.isdecimal() and len(row) < 19 else None
    name = request.GET.get("item", "").replace("\x00", "")
    kept = Moment.objects.filter(pk=moment, trial=trial.pk).first() if moment < 1 << 63 else None
    if kept is None:
        raise Http404("The history of this trial has no such moment.")
    then = date_format(timezone.localtime(kept.on), "j F Y, H:i")
    if name:
        what = f"a row of {lock_name(name).lower()}" if number is not None else lock_name(name).lower()
        return _Wish(lambda pk: before_change(pk, moment, name, number), f"{what} as before {then}")
    if "undo" in request.GET:
        return _Wish(lambda pk: before_change(pk, moment), f"what was changed on {then}")
    return _Wish(lambda pk: whole_at(pk, moment), f"the whole trial as it was on {then}")


def _may_restore(admin: Any, request: HttpRequest, trial: Trial, plan: Plan) -> bool:
    """Whether somebody may change the trial and every list of which rows will change."""
    names = {name for name, *_ in plan.changes} - {OWN}
    inlines = (LISTS[name](Trial, admin.admin_site) for name in names if name in LISTS)
    return bool(
        admin.has_change_permission(request, trial)
        and all(
            inline.has_change_permission(request, trial)
            and inline.has_add_permission(request, trial)
            and inline.has_delete_permission(request, trial)
            for inline in inlines
        )
    )


def _restore(admin: Any, request: HttpRequest, trial: Trial, wish: _Wish, back: str) -> HttpResponse:
    again = HttpResponseRedirect(request.get_full_path())
    if not _may_restore(admin, request, trial, wish.plan_of(trial.pk)):
        raise PermissionDenied
    try:
        # A page that says no version is refused like one that is out of date.
        plan = restore(trial.pk, wish.plan_of, request.user, version_of(request) or 0, why_of(request), wish.what)
    except Meanwhile:
        admin.message_user(request, MEANWHILE, messages.ERROR)
        return again
    except OperationalError:
        admin.message_user(request, BUSY, messages.ERROR)
        return again
    except (IntegrityError, DataError) as error:
        admin.message_user(request, refusal(error), messages.ERROR)
        return again
    logged(request, [trial], f"Restored {wish.what}.")
    admin.message_user(request, format_html("Restored {}.", wish.what), messages.SUCCESS)
    for note in plan.notes:
        admin.message_user(request, note, messages.WARNING)
    return HttpResponseRedirect(back)
