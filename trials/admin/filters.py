"""Filters beside the list of trials."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from trials import models
from trials.admin.searching import met
from trials.models import choices

NOT_STATED = "not-stated"
# A longer vocabulary is no list to choose from beside the trials; its own pages lead to the trials of each term.
MOST_LISTED = 100


class _ColumnFilter(SimpleListFilter):
    """The values of a trial's own column that some trial has, “not stated” among them."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        known = dict(models.Trial._meta.get_field(self.parameter_name).flatchoices)  # type: ignore[union-attr]
        # Looks each value up in the column's index, where “distinct” would read the whole of it.
        values = [*known, ""]
        asked = {
            f"has_{at}": Exists(models.Trial.objects.filter(**{self.parameter_name: value}))
            for at, value in enumerate(values)
        }
        row = models.Trial.objects.order_by().values_list(*asked.values()).first() or ()
        used = {value for value, is_used in zip(values, row, strict=False) if is_used}
        stated = [(value, str(label)) for value, label in known.items() if value in used]
        return [*stated, (NOT_STATED, "Not stated")] if "" in used else stated

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.parameter_name: "" if value == NOT_STATED else value})


class StatusFilter(_ColumnFilter):
    title, parameter_name = "status", "status"


class PhaseFilter(_ColumnFilter):
    title, parameter_name = "phase", "phase"


class StudyTypeFilter(_ColumnFilter):
    title, parameter_name = "study type", "study_type"


class _RowFilter(SimpleListFilter):
    """Trials that have a row which fits, each once."""

    def rows(self, value: str) -> QuerySet[Any]:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return met(queryset, self.rows(value).values("trial")) if value else queryset


class _TermFilter(_RowFilter):
    """Trials that name a term of a vocabulary; the terms that some trial names are offered."""

    vocabulary: type[Any]
    named_by: type[Any]
    path: str
    always = True

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        asked = request.GET.get(self.parameter_name or "", "")
        if not (self.always or asked):
            # Reached from a term's own page; one more long list beside the trials would help nobody.
            return []
        naming = self.named_by._default_manager.filter(**{self.path: OuterRef("pk")}).order_by()
        named = self.vocabulary._default_manager.filter(Exists(naming)).values_list("slug", "label")
        terms = dict(named[: MOST_LISTED + 1])
        if len(terms) > MOST_LISTED:
            terms = dict(self.vocabulary._default_manager.filter(slug=asked).values_list("slug", "label"))
        # A filter without choices is no filter: what nothing names must find nothing.
        return [*([(asked, asked)] if asked and asked not in terms else []), *terms.items()]

    def rows(self, value: str) -> QuerySet[Any]:
        return self.named_by._default_manager.filter(**{f"{self.path}__slug": value}).order_by()


class CellTypeFilter(_TermFilter):
    title, parameter_name = "cell type", "cell_type"
    vocabulary, named_by, path = models.CellType, models.CellProduct, "cell_types"


class ConditionFilter(_TermFilter):
    title, parameter_name = "condition", "condition"
    vocabulary, named_by, path = models.Condition, models.TrialCondition, "condition"


class TissueFilter(_TermFilter):
    title, parameter_name, always = "tissue source", "tissue", False
    vocabulary, named_by, path = models.TissueSource, models.CellProduct, "tissues"


class DonorFilter(_TermFilter):
    title, parameter_name, always = "donor", "donor", False
    vocabulary, named_by, path = models.DonorRelation, models.CellProduct, "donors"


class TargetFilter(_TermFilter):
    title, parameter_name, always = "target", "target", False
    vocabulary, named_by, path = models.Target, models.CellProduct, "targets"


class RouteFilter(_TermFilter):
    title, parameter_name, always = "route", "route", False
    vocabulary, named_by, path = models.Route, models.Dose, "route"


class AreaFilter(SimpleListFilter):
    """By the area that a source states or that a condition belongs to, as on the public pages."""

    title, parameter_name = "disease area", "area"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        stated = models.TrialArea.objects.filter(area=OuterRef("pk")).order_by()
        of_conditions = models.TrialCondition.objects.filter(condition__areas=OuterRef("pk")).order_by()
        used = models.Area.objects.filter(Exists(stated) | Exists(of_conditions))
        return list(used.values_list("slug", "label"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        slug = self.value()
        if not slug:
            return queryset
        stated = models.TrialArea.objects.filter(area__slug=slug).order_by().values("trial")
        of_conditions = models.TrialCondition.objects.filter(condition__areas__slug=slug).order_by().values("trial")
        return met(queryset, stated, of_conditions)


class SponsorClassFilter(_RowFilter):
    """By the kind of lead sponsor."""

    title, parameter_name = "kind of lead sponsor", "sponsor_class"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return list(choices.AgencyClass.choices)

    def rows(self, value: str) -> QuerySet[Any]:
        lead = models.Sponsorship.objects.filter(role=choices.SponsorRole.LEAD_SPONSOR).order_by()
        return lead.filter(organisation__agency_class=value)


class OrganisationFilter(_RowFilter):
    """Every part that one organisation plays; reached from the organisation's own page."""

    title, parameter_name = "organisation", "organisation"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        key = request.GET.get(self.parameter_name, "")
        if not (key.isascii() and key.isdecimal() and len(key) < 19):
            return []
        return [(str(found.pk), found.name) for found in models.Organisation.objects.filter(pk=key)]

    def rows(self, value: str) -> QuerySet[Any]:
        return models.Sponsorship.objects.filter(organisation__pk=value).order_by()


class UnmappedFilter(_RowFilter):
    """A condition word that means no term yet; reached from the list of these."""

    title, parameter_name = "condition without a term", "unmapped"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        asked = request.GET.get(self.parameter_name, "")
        return [(asked, asked)] if asked else []

    def rows(self, value: str) -> QuerySet[Any]:
        return models.TrialCondition.objects.filter(condition=None, wording=value).order_by()


class FlagFilter(_RowFilter):
    """Open contradictions and oddities, by how serious they are."""

    title, parameter_name = "open flags", "flag"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return list(choices.Severity.choices)

    def rows(self, value: str) -> QuerySet[Any]:
        return models.Flag.objects.filter(dismissed="", severity=value).order_by()
