"""Lists that say who stands behind a trial, where a fact comes from, and what is missing or does not fit."""

from __future__ import annotations

from functools import partial

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from trials import models
from trials.admin.fields import NamedValueField, SaysField
from trials.admin.inline import EVIDENCE, EVIDENCE_LABELS, RowInline
from trials.admin.names import field_names
from trials.admin.rowset import RowFormSet

_known_field = partial(
    NamedValueField,
    names=field_names,
    suggestions="known-fields",
    unknown="“{}” is no field or list of a trial. Pick one from the suggestions.",
)


class RegistrationFormSet(RowFormSet):
    claims = {
        "registration_one_lead_per_trial": lambda row: row.is_lead,
        "registration_number_once_per_publisher": lambda row: row.number != "",
    }
    parked = {"is_lead": False, "number": ""}


class RegistrationInline(RowInline):
    model = models.Registration
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
    verbose_name_plural = "contradictions and oddities"
    searched = ("rule", "sentence", "first_place", "second_place")
    fieldsets = [
        (None, {"fields": [("order", "rule", "severity"), "sentence", ("first_place", "second_place"), "dismissed"]}),
    ]
