"""A condition word that means no term: the trials that bear it, and the term that it is a synonym of."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from trials.admin.desk.lines import at_most
from trials.admin.desk.queue import queue_of
from trials.admin.logged import logged
from trials.intake.editing import wait_for_import
from trials.intake.remapping import note_changes
from trials.models import Condition, TrialCondition
from trials.search.publishing import publishing, terms_changed

# Trials that the page names; the list of trials has all of them.
NAMED = 10
COUNTED = 1000


class WordForm(forms.Form):
    """Which term the word means."""

    condition = forms.ModelChoiceField(
        Condition.objects.all(),
        label="It means",
        widget=AutocompleteSelect(TrialCondition._meta.get_field("condition"), admin.site),
        error_messages={"required": "Choose the term that the word means, or skip the word."},
    )


def word_page(request: HttpRequest) -> HttpResponse:
    """Shows a word (GET), or enters it as a synonym of the term chosen (POST)."""
    if not request.user.has_perm("trials.view_trialcondition"):
        raise PermissionDenied
    word = request.GET.get("word", "").replace("\x00", "")
    rows = TrialCondition.objects.filter(condition=None, wording=word)
    may_map = request.user.has_perm("trials.change_condition")
    form = WordForm(request.POST or None)
    if request.method == "POST":
        if not may_map:
            raise PermissionDenied
        if form.is_valid():
            return _map(request, word, form.cleaned_data["condition"])
    elif not rows.exists():
        messages.info(request, f"“{word}” means a term by now, or no trial bears it any longer.")
        return HttpResponseRedirect(_next(request))
    context = admin.site.each_context(request) | {
        "title": f"“{word}”",
        "word": word,
        "total": at_most(rows[: COUNTED + 1].count(), COUNTED),
        "trials": [row.trial for row in rows.select_related("trial").order_by("trial_id")[:NAMED]],
        "all_url": f"{reverse('admin:trials_trial_changelist')}?{urlencode({'unmapped': word})}",
        "form": form,
        "may_map": may_map,
        "may_add": request.user.has_perm("trials.add_condition"),
        "in_work": queue_of(request) is not None,
    }
    return TemplateResponse(request, "admin/desk/word.html", context)


def _map(request: HttpRequest, word: str, chosen: Condition) -> HttpResponse:
    """Enters the synonym; the trials' words are mapped after that, as when a term is saved in its own form."""
    with publishing():
        wait_for_import()
        # Whoever adds the term to a trial at the same moment may do so.
        term = Condition.objects.select_for_update(no_key=True).get(pk=chosen.pk)
        if not word or not TrialCondition.objects.filter(condition=None, wording=word).exists():
            messages.info(request, f"“{word}” means a term by now, or no trial bears it any longer.")
            return HttpResponseRedirect(_next(request))
        if word not in term.synonyms:
            term.synonyms = [*term.synonyms, word]
            term.save(update_fields=["synonyms"])
        terms_changed()
        note_changes([term.pk])
    said = f"“{word}” is now a synonym of “{term}”."
    logged(request, [term], said)
    messages.success(request, said)
    terms: Any = admin.site.get_model_admin(Condition)
    terms._remap(request)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    found = queue_of(request)
    return found[0].next_url(found[1]) if found else reverse("admin:trials_trialcondition_changelist")
