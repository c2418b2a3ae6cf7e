"""The admin of what several trials share, and what therefore may not go while one of them names it."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from trials.admin.base import CatalogueAdmin
from trials.admin.deletion import uses
from trials.admin.joining import JoiningAdmin


class ProtectedAdmin(JoiningAdmin, CatalogueAdmin):
    """Terms and organisations: how many trials name each, which ones, and no deletion before it is none.

    `named_by`: the path from here to the trials. `trial_filter`: the filter of the list of trials that finds them.
    """

    named_by: ClassVar[str]
    trial_filter: ClassVar[str]
    delete_confirmation_template = "admin/trials/delete_protected.html"
    delete_selected_confirmation_template = "admin/trials/delete_selected_protected.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(trial_total=Count(self.named_by, distinct=True))

    @admin.display(description="Trials", ordering="trial_total")
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
