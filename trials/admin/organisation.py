"""Sponsors, funders and other organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from trials.admin.protected import ProtectedAdmin
from trials.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(ProtectedAdmin):
    list_display = ("name", "agency_class", "trial_count")
    list_filter = ("agency_class",)
    search_fields = ("name",)
    ordering = ("name",)
    named_by, trial_filter = "sponsorships__trial", "organisation"

    def filter_key(self, thing: Any) -> str:
        return str(thing.pk)
