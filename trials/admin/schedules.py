"""Fetches that are repeated: what is asked of which registry, how often, and how the last ones went."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trials.admin.base import CatalogueAdmin
from trials.admin.uploads import no_worker
from trials.models import ScheduledFetch
from trials.phrases import count


@admin.register(ScheduledFetch)
class ScheduledFetchAdmin(CatalogueAdmin):
    list_display = ("question", "enabled", "next_run", "last_success", "failures", "last_result")
    list_filter = ("registry", "enabled")
    search_fields = ("query",)
    readonly_fields = ("last_run", "last_success", "failures", "last_result")
    fields = (
        "registry", "query", "since", ("every", "unit"), "keep", "enabled", "next_run", "last_run", "last_success",
        "failures", "last_result",
    )  # fmt: skip
    actions = ("run_now",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"no_worker": no_worker(), **(extra_context or {})})

    @admin.display(description="Fetch", ordering="registry")
    def question(self, schedule: ScheduledFetch) -> str:
        return str(schedule)

    @admin.action(description="Run the selected fetches now", permissions=["change"])
    def run_now(self, request: HttpRequest, schedules: QuerySet[ScheduledFetch]) -> None:
        """Makes them due; those that are paused stay so."""
        due = schedules.filter(enabled=True).update(next_run=timezone.now())
        self.message_user(request, f"{count(due, 'fetch', 'fetches')} will begin in a moment.", messages.SUCCESS)
