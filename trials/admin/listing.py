"""The admin's lists: first which rows a page shows, from an index alone, then all that its columns need of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest


class CatalogueList(ChangeList):
    """A list that reads wide rows only for the page it shows."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown: Any = self.result_list
        keys = list(shown.values_list("pk", flat=True))
        rows = self.fetched(self.root_queryset.filter(pk__in=keys)) if keys else self.root_queryset.none()
        by_key = {row.pk: row for row in rows}
        # A row that was deleted between the two statements is left out.
        self.result_list = [by_key[key] for key in keys if key in by_key]

    def fetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of one page with what their columns show."""
        if not rows.query.select_related:
            rows = super().apply_select_related(rows)
        return rows

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        """Only for the page: what is counted and put in order needs no other table."""
        return qs

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By the columns that were chosen alone: to put equal rows in their usual order, all of them would be read."""
        return list(super().get_ordering(request, queryset.order_by()))

    def _get_deterministic_ordering(self, ordering: Sequence[Any]) -> list[Any]:
        """Equal rows go by their key in the direction of the first column, as its index holds them."""
        found = list(super()._get_deterministic_ordering(ordering))  # type: ignore[misc]  # unknown to stubs
        first = found[0]
        goes_up = isinstance(first, str) and first not in ("pk", "-pk") and not first.startswith("-")
        return [*found[:-1], "pk"] if found[-1] == "-pk" and goes_up and "-pk" not in ordering else found
