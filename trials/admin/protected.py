"""The admin of what several trials share, and what therefore may not go while one of them names it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from trials.admin.compared import ComparedAdmin
from trials.admin.deletion import uses
from trials.admin.listing import CatalogueList

COUNT = "trial_total"


class UsedList(CatalogueList):
    """Terms or organisations, each with the trials that name it: counted for the page alone, unless they sort it."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        order = self.get_ordering(request, self.root_queryset)
        if COUNT in {part.removeprefix("-") for part in order if isinstance(part, str)}:
            self.root_queryset = self.root_queryset.annotate(
                **{COUNT: Count(self.model_admin.named_by, distinct=True)}  # type: ignore[attr-defined]
            )
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if "trial_count" in self.list_display:
            totals = self.model_admin.trial_totals([row.pk for row in self.result_list])  # type: ignore[attr-defined]
            for row in self.result_list:
                setattr(row, COUNT, totals[row.pk])


class ProtectedAdmin(ComparedAdmin):
    """Terms and organisations: how many trials name each, which ones, and no deletion before it is none.

    `named_by`: the path from here to the trials. `trial_filter`: the filter of the list of trials that finds them.
    """

    named_by: ClassVar[str]
    trial_filter: ClassVar[str]
    delete_confirmation_template = "admin/trials/delete_protected.html"
    delete_selected_confirmation_template = "admin/trials/delete_selected_protected.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[UsedList]:
        return UsedList

    def trial_totals(self, keys: Collection[int]) -> dict[int, int]:
        """How many trials name each of these."""
        things = self.model._default_manager.filter(pk__in=keys).order_by()
        return dict(things.annotate(total=Count(self.named_by, distinct=True)).values_list("pk", "total"))

    @admin.display(description="Trials", ordering=COUNT)
    def trial_count(self, thing: Any) -> str:
        if not thing.trial_total:
            return "0"
        address = f"{reverse('admin:trials_trial_changelist')}?{urlencode({self.trial_filter: self.filter_key(thing)})}"
        return format_html('<a href="{}">{}</a>', address, thing.trial_total)

    def filter_key(self, thing: Any) -> str:
        """How that filter names this."""
        return str(thing.slug)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        things = list(objs)
        protected = [sentence for thing in things for sentence in uses(thing)]
        return [str(thing) for thing in things], {str(self.opts.verbose_name_plural): len(things)}, set(), protected
