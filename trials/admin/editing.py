"""Saving a trial's form or one of its lists: only over what the form showed, and never without a trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from trials.admin.base import CatalogueAdmin
from trials.admin.bounds import bound_rows
from trials.admin.chosen import HELD
from trials.admin.desk.queue import queue_of
from trials.admin.locks import locks_url, marks_of
from trials.admin.meanwhile import MIXED, Merger
from trials.admin.shown import shown_by, version_of, why_of, written
from trials.intake.editing import fields, hold, note, state_of
from trials.models import Trial
from trials.search.publishing import publishing

STALE = (
    "Nothing was saved: the trial was changed after you opened this page, by an import, a fixture or another editor. "
    "Compare your version with theirs, choose, then save again."
)
UNSEEN = (
    "Nothing was saved: the trial was changed after you opened this page, by an import, a fixture or another editor. "
    "Nothing that this page shows is different. Save again to go on."
)
BUSY = "Nothing was saved: somebody else was writing the same trial. Save again."


class EditedTrial(CatalogueAdmin):
    """A form of a trial that carries the version it showed, and notes what an editor changed."""

    # Whether the lists on the page are there with all their rows.
    shows_whole_lists = True

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.refusal = bound_rows(request)  # type: ignore[attr-defined]
        try:
            with publishing():
                if object_id is not None:
                    self._refuse_what_is_stale(request, unquote(object_id))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except OperationalError:
            request.refusal = BUSY  # type: ignore[attr-defined]
            # Who was writing may be done: the page must not come back with their version and this editor's inputs.
            with publishing():
                if object_id is not None:
                    self._refuse_what_is_stale(request, unquote(object_id))
                return super().changeform_view(request, object_id, form_url, extra_context)

    def _refuse_what_is_stale(self, request: HttpRequest, pk: str) -> None:
        """Holds the trial, and if it is not what the page showed brings the page up to date to be shown again.

        A page that was shown again brings choices, which are put into its form here.
        """
        trial = hold(pk)
        if trial is None or not self.has_change_permission(request, trial):
            return
        is_stale = version_of(request) != trial.version
        if not is_stale and HELD not in request.POST:
            return
        merger = Merger(request.POST, shown_by(request))
        form_class = self.get_form(request, trial, change=True, fields=flatten_fieldsets(self.get_fieldsets(request)))
        merger.merge_fields(form_class(instance=trial))
        formsets, inlines = self._create_formsets(request, trial, change=True)  # type: ignore[attr-defined]
        for formset, inline in zip(formsets, inlines, strict=True):
            if inline.has_change_permission(request, trial):
                now = type(formset)(instance=trial, prefix=formset.prefix, queryset=formset.queryset)
                merger.merge_rows(formset, now, self.shows_whole_lists)
        request.POST = merger.data  # type: ignore[assignment]  # a copy, as Django makes it
        # Also of a page that is saved now: should something else be wrong with it, the choices are there again.
        request.meanwhile = merger.found  # type: ignore[attr-defined]
        if is_stale:
            request.refusal = STALE if merger.found.sides else UNSEEN  # type: ignore[attr-defined]
        elif merger.chosen.unclear:
            request.refusal = MIXED  # type: ignore[attr-defined]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        trial = kwargs.get("obj")
        if trial is not None and self.has_change_permission(request, trial):
            formsets = [listed.formset for listed in context["inline_admin_formsets"]]
            context["version"] = trial.version
            context["shown"] = written(context["adminform"].form, formsets)
            context["meanwhile"] = getattr(request, "meanwhile", None)
        context["why"] = why_of(request)
        if trial is not None:
            context |= _marked(trial, context)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """“Save and next” goes on in the worklist that the address carries."""
        found = queue_of(request) if "_next" in request.POST else None
        if found is None:
            return super().response_change(request, obj)
        self.message_user(request, f"“{obj}” was saved.", messages.SUCCESS)
        return HttpResponseRedirect(found[0].next_url(found[1]))

    # Noting what was changed -----------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Trial, form: Any, change: bool) -> None:
        form.before = state_of(obj.pk if change else None)
        self.save_trial(request, obj, form, change)

    def save_trial(self, request: HttpRequest, obj: Trial, form: Any, change: bool) -> None:
        """Writes the trial's own row."""
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        names = [formset.prefix for formset in formsets if formset.has_changed()]
        trial = form.instance.pk
        # Of a trial that was added just now, nothing stands in any list yet.
        before = replace(form.before, lists=state_of(trial, names, whole=False).lists)
        super().save_related(request, form, formsets, change)
        note(trial, before, state_of(trial, names), request.user, why=why_of(request))


def _marked(trial: Trial, context: dict[str, Any]) -> dict[str, Any]:
    """Sets a mark beside every locked field and list of the page; what the page says of all locks."""
    marks = marks_of(trial)
    inputs = context["adminform"].form.fields
    for name, mark in marks.items():
        column = fields().get(name, ("",))[0]
        if column in inputs:
            inputs[column].help_text = format_html("{} {}", inputs[column].help_text, mark)
    for listed in context["inline_admin_formsets"]:
        listed.formset.mark = marks.get(listed.formset.prefix, "")
    return {"lock_total": len(marks), "locks_url": locks_url(trial), "marks": marks}
