"""The audit log: to look at."""

from __future__ import annotations

from django.contrib import admin

from trials.admin.imports import ReadOnlyAdmin
from trials.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("on", "kind", "by_name", "about", "address", "details")
    list_filter = ("kind", "on")
    search_fields = ("by_name", "about", "address")
    search_help_text = "A user name, the name of a group, or an address."
    fields = ("on", "kind", "by_name", "about", "address", "details")
