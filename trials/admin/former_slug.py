"""Addresses that trials once had: to look at. They come about when a trial's address changes or a trial is deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from trials.admin.base import CatalogueAdmin
from trials.admin.searching import among, found, trials_meant
from trials.models import FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(CatalogueAdmin):
    list_display = ("slug", "trial")
    list_select_related = ("trial",)
    # Not looked in one by one: see `get_search_results`.
    search_fields = ("slug",)
    search_help_text = "The former address, or a number, address or words of a title of the trial."
    ordering = ("slug",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[FormerSlug], search_term: str) -> Any:
        text, rows = search_term.replace("\x00", "").strip(), FormerSlug.objects.all()
        if not text:
            return queryset, False
        parts = rows.filter(slug__icontains=text), rows.filter(trial__in=among(trials_meant(text)))
        return found(queryset, *parts), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An address that was forgotten could be given to another trial.
        return False
