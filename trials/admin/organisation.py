"""Sponsors, funders and other organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from trials.admin.joining import late_cards
from trials.admin.protected import ProtectedAdmin
from trials.intake.late import publish_some
from trials.models import FormerName, Organisation, Sponsorship


@admin.register(Organisation)
class OrganisationAdmin(ProtectedAdmin):
    list_display = ("name", "agency_class", "trial_count")
    list_filter = ("agency_class",)
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("former",)
    named_by, trial_filter = "sponsorships__trial", "organisation"

    @admin.display(description="Former names")
    def former(self, organisation: Organisation) -> str:
        return ", ".join(map(str, organisation.former_names.all())) if organisation.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "agency_class", *(("former",) if obj and obj.former_names.exists() else ()))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        former = form.initial.get("name") if change and "name" in form.changed_data else None
        super().save_model(request, obj, form, change)
        FormerName.objects.filter(name=obj.name).delete()
        if former:
            # Fixtures may have brought an organisation of a name that another bore before.
            FormerName.objects.update_or_create(name=former, defaults={"organisation": obj})
        # Its name and kind stand on the cards of its trials.
        sponsored = Sponsorship.objects.filter(organisation=obj).order_by().values_list("trial_id", flat=True)
        if form.changed_data and (late := publish_some(sponsored.distinct())):
            self.message_user(request, late_cards(late), messages.WARNING)

    def filter_key(self, thing: Any) -> str:
        return str(thing.pk)
