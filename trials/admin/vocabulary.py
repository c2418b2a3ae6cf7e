"""The vocabularies: trees of terms, each with its outside code and the trials that name it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from trials import models
from trials.admin.protected import ProtectedAdmin
from trials.intake.remapping import remap
from trials.phrases import count
from trials.search.publishing import terms_changed

_FIELDS: tuple[Any, ...] = ("label", "slug", "parent", "synonyms", ("code_system", "code"), "note", "order")


class TermAdmin(ProtectedAdmin):
    list_display = ("label", "parent", "outside_code", "trial_count")
    list_select_related = ("parent",)
    search_fields = ("label", "slug", "synonyms", "code")
    search_help_text = "Label, synonym, address or code."
    ordering = ("order", "label")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("parent",)
    prepopulated_fields = {"slug": ("label",)}
    fields = _FIELDS

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        terms_changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        terms_changed()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        terms_changed()

    @admin.display(description="Code", ordering="code")
    def outside_code(self, term: Any) -> str:
        return f"{term.get_code_system_display()} {term.code}".strip()


@admin.register(models.CellType)
class CellTypeAdmin(TermAdmin):
    named_by, trial_filter = "products__trial", "cell_type"


@admin.register(models.TissueSource)
class TissueSourceAdmin(TermAdmin):
    named_by, trial_filter = "products__trial", "tissue"


@admin.register(models.DonorRelation)
class DonorRelationAdmin(TermAdmin):
    named_by, trial_filter = "products__trial", "donor"


@admin.register(models.Target)
class TargetAdmin(TermAdmin):
    named_by, trial_filter = "products__trial", "target"


@admin.register(models.Route)
class RouteAdmin(TermAdmin):
    named_by, trial_filter = "doses__trial", "route"


@admin.register(models.Area)
class AreaAdmin(TermAdmin):
    """Trials that state the area themselves, and trials with a condition of it."""

    named_by, trial_filter = "trial_areas__trial", "area"


@admin.register(models.Condition)
class ConditionAdmin(TermAdmin):
    named_by, trial_filter = "trial_conditions__trial", "condition"
    """Words of trials are mapped anew after a save; in its transaction they would hold many trials beside the term."""

    autocomplete_fields = ("parent", "areas")
    fields = (*_FIELDS[:3], "areas", *_FIELDS[3:])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        transaction.on_commit(lambda: self._remap(request, [form.instance.pk]))

    def _remap(self, request: HttpRequest, edited: list[int]) -> None:
        if changed := remap(edited):
            self.message_user(request, f"The conditions of {count(changed, 'trial')} were mapped anew.", messages.INFO)
