"""The vocabularies: trees of terms, each with its outside code and the trials that name it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from trials import models
from trials.admin.base import CatalogueAdmin
from trials.admin.protected import ProtectedAdmin
from trials.search.publishing import terms_changed

_NAMES: tuple[Any, ...] = ("label", "slug", "parent", "synonyms", "exclusions")
_REST: tuple[Any, ...] = (("code_system", "code"), "note", "order")


class TermAdmin(ProtectedAdmin):
    list_display: Any = ("label", "parent", "outside_code", "trial_count")
    list_select_related = ("parent",)
    search_fields = ("label", "slug", "synonyms", "code")
    search_help_text = "Label, synonym, address or code."
    ordering = ("order", "label")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("parent",)
    prepopulated_fields = {"slug": ("label",)}
    fields = (*_NAMES, *_REST)

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
    autocomplete_fields = ("parent", "areas")
    fields = (*_NAMES[:3], "areas", *_NAMES[3:], *_REST)


@admin.register(models.KnownProduct)
class KnownProductAdmin(TermAdmin):
    """Trials are not linked with it: it only helps to read them."""

    named_by, trial_filter = "children", ""
    list_display = ("label", "modification", "synonyms")
    autocomplete_fields = ("parent", "cell_types", "tissues", "donors", "targets")
    fields = (*_NAMES, "cell_types", ("tissues", "donors"), ("targets", "modification"), *_REST)


@admin.register(models.Cue)
class CueAdmin(CatalogueAdmin):
    list_display = ("phrase", "kind", "note")
    list_filter = ("kind",)
    search_fields = ("phrase", "note")
    ordering = ("kind", "phrase")
    fields = ("kind", "phrase", "note")
