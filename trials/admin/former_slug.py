"""Addresses that trials once had: to look at. They come about when a trial's address changes or a trial is deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trials.admin.base import CatalogueAdmin
from trials.models import FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(CatalogueAdmin):
    list_display = ("slug", "trial")
    list_select_related = ("trial",)
    search_fields = ("slug", "trial__slug", "trial__title")
    ordering = ("slug",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An address that was forgotten could be given to another trial.
        return False
