"""Lists that say who stands behind a trial, where a fact comes from, and what is missing or does not fit."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest

from trials import models
from trials.admin.fields import NamedValueField, SaysField
from trials.admin.forms import RowForm
from trials.admin.inline import EVIDENCE, EVIDENCE_LABELS, RowInline
from trials.admin.names import field_names
from trials.admin.rowset import RowFormSet
from trials.models.choices import FlagOrigin

_known_field = partial(
    NamedValueField,
    names=field_names,
    suggestions="known-fields",
    unknown="“{}” is no field or list of a trial. Pick one from the suggestions.",
)


# Of a registration that a registry's record made an import writes all the rest, and finds the trial by it.
_OURS = {"note", "fetched_note"}


class RegistrationForm(RowForm):
    """A registration that records made can only be noted on; what a page sends for the rest is passed over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_imported(self.instance):
            for name in self.fields.keys() - _OURS:
                self.fields[name].disabled = True
            self.fields["document"].help_text = "From a registry’s record: only the two notes can be changed here."


def is_imported(row: Any) -> bool:
    """Whether the records of a registry made a registration, as the inline's query found."""
    return getattr(row, "has_versions", False)


class RegistrationFormSet(RowFormSet):
    claims = {
        "registration_one_lead_per_trial": lambda row: row.is_lead,
        "registration_number_once_per_publisher": lambda row: row.number != "",
    }
    parked = {"is_lead": False, "number": ""}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if is_imported(form.instance) and DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].disabled = True


class RegistrationInline(RowInline):
    model = models.Registration
    form = RegistrationForm
    formset = RegistrationFormSet
    verbose_name_plural = "registrations and copies"
    kinds = {"says": SaysField}
    labels = {"says": "What it says otherwise"}
    searched = ("number", "document", "publisher", "url", "note")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "is_lead"),
                    "document",
                    ("registry", "number", "number_raw"),
                    ("publisher", "url"),
                    ("updated", "fetched"),
                    "fetched_note",
                    "says",
                    "note",
                ]
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        versions = models.RawRecord.objects.filter(registration=OuterRef("pk"))
        return super().get_queryset(request).annotate(has_versions=Exists(versions))


class IdentifierInline(RowInline):
    model = models.Identifier
    verbose_name_plural = "other numbers"
    searched = ("value", "domain")
    fieldsets = [(None, {"fields": [("order", "kind", "value"), ("domain", "registration")]})]


class SponsorshipInline(RowInline):
    model = models.Sponsorship
    verbose_name_plural = "sponsors and funders"
    searched = ("organisation__name", "wording")
    fetched = ("organisation",)
    fieldsets = [(None, {"fields": [("order", "organisation", "role"), ("wording", "registration")]})]


class ReferenceInline(RowInline):
    model = models.Reference
    verbose_name_plural = "publications and links"
    searched = ("citation", "pmid", "doi", "url", "label")
    fieldsets = [(None, {"fields": [("order", "kind"), "citation", ("pmid", "doi"), ("url", "label")]})]


class RelatedRecordInline(RowInline):
    model = models.RelatedRecord
    verbose_name_plural = "other trials that the source names"
    searched = ("number", "title", "reason", "status_raw")
    fieldsets = [
        (None, {"fields": [("order", "kind", "number"), "title", ("status_raw", "phase_raw"), "reason", "related"]}),
    ]


class StatementInline(RowInline):
    model = models.Statement
    verbose_name_plural = "what each document states"
    labels = EVIDENCE_LABELS
    kinds = {"field": _known_field}
    searched = ("field", "value", "passage", "remark", "source_field")
    fieldsets = [(None, {"fields": [("order", "field", "value"), ("product", "dose", "arm")]}), EVIDENCE]


class AbsenceFormSet(RowFormSet):
    claims = {"absence_one_reason_per_field": lambda row: True}
    parked = {"field": Concat(Value("~"), Cast(F("pk"), CharField()))}


class AbsenceInline(RowInline):
    model = models.Absence
    formset = AbsenceFormSet
    verbose_name_plural = "missing values and why"
    kinds = {"field": _known_field}
    searched = ("field", "remark")
    fieldsets = [(None, {"fields": [("order", "field", "reason"), "remark"]})]


class FlagInline(RowInline):
    model = models.Flag
    verbose_name_plural = "contradictions and oddities written by hand"
    searched = ("rule", "sentence", "first_place", "second_place")
    fieldsets = [
        (None, {"fields": [("order", "rule", "severity"), "sentence", ("first_place", "second_place")]}),
    ]
    # What rules find is no editor's to word: the list of flags is where both kinds are dismissed.
    limit = Q(origin=FlagOrigin.HAND)
