"""The list of trials: what its columns need."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from trials.admin.listing import CatalogueList
from trials.models import CellProduct, Registration

# Texts of a trial that no column shows.
TEXTS = ("official_title", "brief_summary", "detailed_description", "objectives", "safety_rules", "cohort_plan")


class TrialList(CatalogueList):
    """The list's rows with what its columns show, fetched for the whole page at once."""

    def fetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        registrations = Registration.objects.order_by("-is_lead", "order")
        products = CellProduct.objects.only("trial", "name").prefetch_related("cell_types")
        return (
            super()
            .fetched(rows)
            .defer(*TEXTS)
            .prefetch_related(
                Prefetch("registrations", queryset=registrations, to_attr="fetched_registrations"),
                Prefetch("products", queryset=products, to_attr="fetched_products"),
            )
        )
