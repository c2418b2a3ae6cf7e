"""Lists that say what participants get: interventions, cell products, doses, arms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from trials import models
from trials.admin.fields import DaysField
from trials.admin.findings import FindingForm, FindingFormSet
from trials.admin.inline import EVIDENCE, EVIDENCE_LABELS, RowInline


class FindingInline(RowInline):
    """A list that is read from texts."""

    form = FindingForm
    formset = FindingFormSet
    labels = EVIDENCE_LABELS

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        found = super().get_formset(request, obj, **kwargs)
        found.editor = request.user
        return found


class InterventionInline(RowInline):
    model = models.Intervention
    searched = ("name", "description", "type_raw")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "type", "type_raw"),
                    "name",
                    "description",
                    ("our_wording", "origin"),
                    "other_names",
                ]
            },
        )
    ]


class ProductInline(FindingInline):
    model = models.CellProduct
    searched = ("name", "processing_note", "passage", "remark")
    prefetched = ("cell_types", "tissues", "donors", "targets", "statements")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "name"),
                    "intervention",
                    ("cell_types", "tissues"),
                    ("donors", "targets"),
                    ("modification", "generation", "vector"),
                    "modification_note",
                    ("expanded", "preservation", "culture_passage"),
                    "processing_note",
                ]
            },
        ),
        EVIDENCE,
    ]


class DoseInline(FindingInline):
    model = models.Dose
    kinds = {"days": DaysField}
    labels = {
        **EVIDENCE_LABELS,
        "amount_low": "Cells at one administration",
        "amount_high": "up to",
        "basis": "counted as",
    }
    searched = ("label", "as_written", "body_site", "route__label", "arm__label", "product__name")
    fetched = ("route",)
    prefetched = ("statements",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "label"),
                    ("product", "arm"),
                    ("route", "body_site"),
                    ("amount_low", "amount_high", "basis"),
                    "as_written",
                    ("administrations", "days"),
                    ("interval_low", "interval_high", "interval_unit"),
                    "participants",
                    ("is_conditional", "condition_note"),
                ]
            },
        ),
        EVIDENCE,
    ]


class PlanNoteInline(FindingInline):
    model = models.PlanNote
    verbose_name_plural = "what else the plan says"
    searched = ("text", "passage", "remark", "arm__label")
    fieldsets = [(None, {"fields": [("order", "kind"), ("arm", "text")]}), EVIDENCE]


class ArmInline(RowInline):
    model = models.Arm
    searched = ("label", "description", "type_raw")
    prefetched = ("interventions",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "type", "type_raw"),
                    "label",
                    "description",
                    ("our_wording", "origin"),
                    "interventions",
                    "participants",
                    ("is_conditional", "condition_note"),
                    "other_treatment",
                    ("within_patient_control", "control_note"),
                ]
            },
        )
    ]
