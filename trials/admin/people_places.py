"""Lists that say for whom, what is measured, where, and whom to call."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from trials import models
from trials.admin.inline import RowInline
from trials.admin.known import Offer
from trials.admin.names import country_names
from trials.admin.rowset import RowFormSet, Submitted
from trials.models.choices import CriterionKind


class ConditionInline(RowInline):
    model = models.TrialCondition
    verbose_name, verbose_name_plural = "condition", "conditions"
    searched = ("wording", "condition__label")
    fieldsets = [(None, {"fields": [("order", "wording", "condition", "from_mesh")]})]


class AreaInline(RowInline):
    model = models.TrialArea
    verbose_name, verbose_name_plural = "therapeutic area", "therapeutic areas stated by the source"
    searched = ("wording", "area__label")
    fieldsets = [(None, {"fields": [("order", "wording", "area")]})]


class CriterionFormSet(RowFormSet):
    """Criteria form a tree, which must hold as it will be once every row of the page is saved."""

    order_scope = "kind"

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """The trial's criteria as parents, already with the kind and parent that the sent page gives them."""
        offers = super().offers
        known: dict[str, Any] = offers["parent"].known  # type: ignore[assignment]
        for row in known.values():
            row.parent = known.get(str(row.parent_id))
        if self.is_bound:
            sent = Submitted(self.data, self.prefix)
            for key in known.keys() & sent.place.keys():
                place = f"{self.prefix}-{sent.place[key]}"
                known[key].kind = self.data.get(f"{place}-kind", known[key].kind)
                known[key].parent = known.get(self.data.get(f"{place}-parent", ""))
        return offers

    def clean(self) -> None:
        super().clean()
        kinds = dict(CriterionKind.choices)
        for row in self.offers["parent"].known.values():
            parent = row.parent  # type: ignore[attr-defined]
            if parent is not None and parent.kind != row.kind and parent.kind in kinds:  # type: ignore[attr-defined]
                raise ValidationError(
                    f"“{row}” stands below “{parent}”, which is of the other kind ({kinds[parent.kind].lower()}). "
                    "Change both, or take the first out of the group."
                )


class CriterionInline(RowInline):
    model = models.Criterion
    formset = CriterionFormSet
    labels = {"parent": "Stands below"}
    searched = ("text", "label", "exception", "remark")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "kind", "label"),
                    "text",
                    ("parent", "group_rule"),
                    "exception",
                    ("our_wording", "stated_twice"),
                    "remark",
                ]
            },
        )
    ]


class OutcomeInline(RowInline):
    model = models.Outcome
    searched = ("measure", "description", "time_frame")
    fieldsets = [
        (None, {"fields": [("order", "kind", "our_wording"), "measure", "description", "time_frame"]}),
    ]


class SiteInline(RowInline):
    model = models.Site
    searched = ("facility", "city", "state", "zip", "country_raw", "status_raw", "remark")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "facility"),
                    ("city", "state", "zip"),
                    ("country", "country_raw"),
                    ("status", "status_raw", "status_date"),
                    ("latitude", "longitude"),
                    "remark",
                ]
            },
        )
    ]

    def find(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Also by the country's name, which the rows hold as a code."""
        wanted = text.strip().casefold()
        codes = [code for code, name in country_names().items() if wanted and wanted in name.casefold()]
        return rows.filter(Q(pk__in=super().find(rows, text).values("pk")) | Q(country__in=codes))


class ContactInline(RowInline):
    model = models.Contact
    searched = ("name", "affiliation", "email", "phone")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("order", "role", "name"),
                    "affiliation",
                    ("phone", "phone_ext", "email"),
                    ("site", "registration"),
                ]
            },
        )
    ]
