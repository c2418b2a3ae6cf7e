"""One fact on a page of its own, with the passage that it was read from: accepted, corrected or rejected.

Correcting is the trial's own form with a single row on it, so that it means the same, is checked the same, and shows
both versions where somebody else changed the trial meanwhile.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from trials.admin.desk.lines import fact_words
from trials.admin.desk.queue import queue_of
from trials.admin.inline import EVIDENCE, RowInline
from trials.admin.logged import logged
from trials.admin.rows import LISTS as INLINES
from trials.admin.rows_page import RowsPage
from trials.admin.shown import version_of
from trials.intake.quoting import quoted
from trials.intake.registry import Meanwhile
from trials.intake.reviewing import LISTS, FactId, Named, goes_with, reject
from trials.models import Trial
from trials.places import place_words

REASON = "reason"
# The inputs that are wrong most often stand first; the others are folded away.
_FIRST: dict[str, tuple[Any, ...]] = {
    "products": ("donors", "cell_types", "tissues", "targets", "name"),
    "doses": (("amount_low", "amount_high", "basis"), ("route", "administrations"), "days"),
    "plannotes": ("kind", "text"),
}


def fact_page(request: HttpRequest, object_id: int, name: str, pk: int) -> HttpResponse:
    """Shows a fact (GET), or takes what an editor decided (POST)."""
    trial = Trial.objects.filter(pk=object_id).first() if object_id < 1 << 63 else None
    if name not in LISTS or trial is None:
        raise Http404("There is no such fact.")
    page = FactPage(name, pk, admin.site)
    if not page.has_view_or_change_permission(request, trial):
        raise PermissionDenied
    row = LISTS[name]._base_manager.filter(trial=trial, pk=pk).first() if pk < 1 << 63 else None
    if row is None and request.method != "POST":
        messages.info(request, "This fact is no longer in the catalogue: it was changed or taken away meanwhile.")
        return HttpResponseRedirect(_next(request, trial))
    page.row = row
    is_rejected = "_reject" in request.POST or ("_enter" in request.POST and request.POST.get(REASON))
    if is_rejected and (answer := _reject(request, page, trial)):
        return answer
    if "_accept" in request.POST:
        sent = request.POST.copy()
        sent[f"{name}-0-accept"] = "on"
        request.POST = sent  # type: ignore[assignment]  # a copy, as Django makes it
    return page.change_view(request, str(trial.pk))


def _reject(request: HttpRequest, page: FactPage, trial: Trial) -> HttpResponse | None:
    """Rejects the fact. None if the trial was changed meanwhile: then the form says so, and keeps what was typed."""
    if not page.may_reject(request, trial):
        raise PermissionDenied
    words = fact_words(page.row) if page.row else "The fact"
    reason = request.POST.get(REASON, "").replace("\x00", "").strip()[:300]
    try:
        gone = reject(FactId(page.name, page.pk), request.user, version_of(request))
    except Meanwhile:
        return None
    except Named as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())
    said = f"Rejected: {words}{f', with {gone - 1} of its doses' if gone > 1 else ''}."
    said += f" Because: {reason}" if reason else ""
    logged(request, [trial], said)
    messages.success(request, said)
    return HttpResponseRedirect(_next(request, trial))


def _next(request: HttpRequest, trial: Trial) -> str:
    """The next of the worklist; without one the trial's form."""
    found = queue_of(request)
    return found[0].next_url(found[1]) if found else reverse("admin:trials_trial_change", args=[trial.pk])


class FactPage(RowsPage):
    """The page of one list that holds one row."""

    change_form_template = "admin/desk/fact.html"

    def __init__(self, name: str, pk: int, admin_site: Any) -> None:
        super().__init__(INLINES[name], admin_site)
        self.name, self.pk = name, pk
        self.row: Any = None

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.extra = 0
            inline.fieldsets = _fieldsets(self.name, inline)
        return inlines

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        kwargs["queryset"] = inline.get_queryset(request).filter(trial=obj, pk=self.pk)
        return kwargs

    def may_reject(self, request: HttpRequest, trial: Trial) -> bool:
        """As in the trial's form: whoever may delete the row, and the doses that go with a product."""
        names = [self.name, *(["doses"] if self.row is not None and goes_with(self.row) else [])]
        inlines = [INLINES[name](Trial, self.admin_site) for name in names]
        may_delete = all(inline.has_delete_permission(request, trial) for inline in inlines)
        return self.has_change_permission(request, trial) and may_delete

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        trial, answer = kwargs["obj"], self.row
        reviewed = answer is not None and (answer.reviewed_on or answer.reviewed_by_id)
        context |= {
            "fact": answer,
            "fact_name": fact_words(answer) if answer else "",
            "quote": quoted(answer) if answer else None,
            "place": place_words(answer.source_field) if answer else "",
            "document": answer.registration if answer else None,
            "statements": _statements(answer),
            "goes_with": goes_with(answer) if answer else [],
            "may_reject": answer is not None and self.may_reject(request, trial),
            "may_accept": answer is not None and not reviewed and self._may_change(request, trial),
            "may_change": self._may_change(request, trial),
            "in_work": queue_of(request) is not None,
            "is_open": request.method == "POST",
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        response.context_data["title"] = context["fact_name"] or "A fact that is gone"
        return response

    def _may_change(self, request: HttpRequest, trial: Trial) -> bool:
        inline = self.inline(Trial, self.admin_site)
        return self.has_change_permission(request, trial) and inline.has_change_permission(request, trial)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        verb = "accepted" if "_accept" in request.POST else "saved"
        words = fact_words(LISTS[self.name]._base_manager.get(pk=self.pk)) if self.row else "The row"
        messages.success(request, f"{words} was {verb}.")
        return HttpResponseRedirect(_next(request, obj))


def _statements(fact: Any) -> list[dict[str, Any]]:
    """What was read of each attribute, with its own passage and where it stands."""
    if fact is None or not hasattr(fact, "statements"):
        return []
    rows = fact.statements.select_related("registration").order_by("order", "pk")
    return [{"row": row, "place": place_words(row.source_field)} for row in rows]


def _fieldsets(name: str, inline: RowInline) -> list[Any]:
    """The inline's own inputs, those of `_FIRST` before the others."""
    first = _FIRST[name]
    taken = {field for line in first for field in (line if isinstance(line, tuple) else (line,))}
    lines: list[Any] = []
    for heading, options in inline.fieldsets or ():
        if heading is None:
            for line in options["fields"]:
                left = tuple(f for f in (line if isinstance(line, tuple) else (line,)) if f not in taken)
                lines += [left] if left else []
    folded = ("Everything else that was read", {"classes": ["collapse"], "fields": lines})
    return [(None, {"fields": first}), folded, EVIDENCE]
