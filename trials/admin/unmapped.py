"""The condition words of trials that mean no term yet: each once, with its trials, the commonest first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from trials.admin.imports import ReadOnlyAdmin
from trials.models import TrialCondition


class WordList(ChangeList):
    """One row for each word, standing for all rows that bear it; `total` counts these."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        words = self.root_queryset.filter(condition=None).order_by().values("wording")
        self.root_queryset = words.annotate(total=Count("trial"), first=Min("pk"))
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        # By the key, words would fall apart into their rows.
        asked = super().get_ordering(request, queryset) if ORDER_VAR in self.params else ["-total"]
        return [*(part for part in asked if part not in ("pk", "-pk")), "wording"]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        words: Any = self.result_list
        self.result_list = [_row(**word) for word in words]


def _row(wording: str, total: int, first: int) -> TrialCondition:
    row = TrialCondition(pk=first, wording=wording)
    row.total = total  # type: ignore[attr-defined]
    return row


@admin.register(TrialCondition)
class TrialConditionAdmin(ReadOnlyAdmin):
    """To look at: an editor enters a word as a synonym of the term that it means, or in a trial names the term."""

    list_display = ("wording", "trial_count")
    list_display_links = None
    search_fields = ("wording",)
    search_help_text = "A part of the word."

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WordList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = "Condition words that mean no term yet"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description="Trials", ordering="total")
    def trial_count(self, row: Any) -> str:
        address = f"{reverse('admin:trials_trial_changelist')}?{urlencode({'unmapped': row.wording})}"
        return format_html('<a href="{}">{}</a>', address, row.total)
