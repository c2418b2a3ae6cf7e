"""The vocabularies: trees of terms, each with its outside code and the trials that name it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from trials import models
from trials.admin.compared import ComparedAdmin
from trials.admin.naming import naming
from trials.admin.protected import ProtectedAdmin
from trials.intake.remapping import note_changes, remap
from trials.intake.staleness import READ_FROM, mark_stale, names_of
from trials.phrases import count
from trials.search.publishing import terms_changed

_NAMES: tuple[Any, ...] = ("label", "slug", "parent", "synonyms", "reader_names", "exclusions")
_REST: tuple[Any, ...] = (("code_system", "code"), "note", "order")


class ReadWord(ComparedAdmin):
    """A word that readers look for: the trials that hold it are to be read again when it changes."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = type(obj)._default_manager.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if self.is_read_anew(form):
            request.stale = names_of(obj) | (names_of(before) if before else frozenset())  # type: ignore[attr-defined]

    def is_read_anew(self, form: Any) -> bool:
        """Whether what changed may make a reader find something else."""
        return form.changed_data != ["note"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if names := getattr(request, "stale", ()):
            mark_stale(names)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        names = names_of(obj)
        super().delete_model(request, obj)
        mark_stale(names)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        names = frozenset().union(*map(names_of, queryset))
        super().delete_queryset(request, queryset)
        mark_stale(names)


class TermAdmin(ProtectedAdmin):
    list_display: Any = ("label", "parent", "outside_code", "trial_count")
    list_select_related = ("parent",)
    search_fields = ("label", "slug", "synonyms", "code")
    search_help_text = "Label, synonym, address or code."
    ordering = ("order", "label")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("parent",)
    prepopulated_fields = {"slug": ("label",)}
    fields = (*_NAMES, *_REST)

    def trial_totals(self, keys: Collection[int]) -> dict[int, int]:
        totals = naming(self.trial_filter, keys)
        return super().trial_totals(keys) if totals is None else totals

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


class ReadTermAdmin(ReadWord, TermAdmin):
    """A term that products and doses are read into."""

    def is_read_anew(self, form: Any) -> bool:
        return bool({*READ_FROM, "parent"} & {*form.changed_data})


@admin.register(models.CellType)
class CellTypeAdmin(ReadTermAdmin):
    named_by, trial_filter = "products__trial", "cell_type"


@admin.register(models.TissueSource)
class TissueSourceAdmin(ReadTermAdmin):
    named_by, trial_filter = "products__trial", "tissue"


@admin.register(models.DonorRelation)
class DonorRelationAdmin(ReadTermAdmin):
    named_by, trial_filter = "products__trial", "donor"


@admin.register(models.Target)
class TargetAdmin(ReadTermAdmin):
    named_by, trial_filter = "products__trial", "target"


@admin.register(models.Route)
class RouteAdmin(ReadTermAdmin):
    named_by, trial_filter = "doses__trial", "route"


# How many trials one request maps anew. A synonym may be a word of tens of thousands, and nobody waits for those.
MOST_MAPPED = 200


class MappedAdmin(TermAdmin):
    """Words of trials are mapped anew after a save; in its transaction they would hold many trials beside the term."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_changes(self.changed_conditions(form.instance))
        transaction.on_commit(lambda: self._remap(request))

    def changed_conditions(self, term: Any) -> list[int]:
        """The conditions that may have other trials now, even where no word of a trial shows it."""
        return []

    def _remap(self, request: HttpRequest) -> None:
        mapped = remap(most=MOST_MAPPED)
        if mapped.changed:
            text = f"The conditions of {count(mapped.changed, 'trial')} were mapped anew."
            self.message_user(request, text, messages.INFO)
        if mapped.left:
            verb = "is" if mapped.left == 1 else "are"
            text = (
                f"{count(mapped.left, 'more trial')} with such words {verb} not looked at yet, as that would take too "
                "long here. The next import does it by itself; the command “manage.py prepare” does it at once."
            )
            self.message_user(request, text, messages.WARNING)


@admin.register(models.Area)
class AreaAdmin(MappedAdmin):
    """Trials that state the area themselves, and trials with a condition of it."""

    named_by, trial_filter = "trial_areas__trial", "area"


@admin.register(models.Condition)
class ConditionAdmin(MappedAdmin):
    named_by, trial_filter = "trial_conditions__trial", "condition"
    autocomplete_fields = ("parent", "areas")
    fields = (*_NAMES[:3], "areas", *_NAMES[3:], *_REST)

    def changed_conditions(self, term: Any) -> list[int]:
        return [term.pk]


@admin.register(models.KnownProduct)
class KnownProductAdmin(ReadWord, TermAdmin):
    """Trials are not linked with it: it only helps to read them."""

    named_by, trial_filter = "children", ""
    list_display = ("label", "modification", "synonyms")
    autocomplete_fields = ("parent", "cell_types", "tissues", "donors", "targets")
    fields = (*_NAMES, "cell_types", ("tissues", "donors"), ("targets", "modification"), *_REST)


@admin.register(models.Cue)
class CueAdmin(ReadWord):
    list_display = ("phrase", "kind", "note")
    list_filter = ("kind",)
    search_fields = ("phrase", "note")
    ordering = ("kind", "phrase")
    fields = ("kind", "phrase", "note")
