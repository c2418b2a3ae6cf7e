"""Sponsors, funders and other organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trials.admin.protected import ProtectedAdmin
from trials.models import Organisation, Sponsorship
from trials.search.publishing import trials_changed


@admin.register(Organisation)
class OrganisationAdmin(ProtectedAdmin):
    list_display = ("name", "agency_class", "trial_count")
    list_filter = ("agency_class",)
    search_fields = ("name",)
    ordering = ("name",)
    named_by, trial_filter = "sponsorships__trial", "organisation"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # Its name and kind stand on the cards of its trials.
        trials_changed(*Sponsorship.objects.filter(organisation=obj).values_list("trial_id", flat=True))

    def filter_key(self, thing: Any) -> str:
        return str(thing.pk)
