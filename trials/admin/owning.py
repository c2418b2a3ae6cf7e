"""Locks and edits of all trials in one list each; those of one trial have a page of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trials.admin.base import CatalogueAdmin
from trials.admin.editing import BUSY
from trials.admin.imports import ReadOnlyAdmin, lines
from trials.admin.locks import locks_url
from trials.admin.searching import among, found, trials_meant
from trials.admin.words import field_words, lock_name, row_lines
from trials.intake.editing import fields, lists
from trials.intake.registry import Meanwhile, take_back
from trials.models import Edit, Lock


class OfTrials(CatalogueAdmin):
    """Rows that each concern a field or list (`name`) of a trial, found by either."""

    # Not looked in one by one: see `get_search_results`.
    search_fields = ("name",)
    search_help_text = "A number, address or words of a title of the trial, or the field."

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        rows, named = self.model._default_manager.all(), text.casefold()
        names = [name for name in (*fields(), *lists()) if named in lock_name(name).casefold() or named == name]
        return found(queryset, rows.filter(trial__in=among(trials_meant(text))), rows.filter(name__in=names)), False


@admin.register(Lock)
class LockAdmin(OfTrials):
    """What editors own. Deleting a lock gives the field or list back to the registry at once."""

    list_display = ("trial", "field", "by", "since")
    list_display_links = ("field",)
    list_select_related = ("trial", "by")
    ordering = ("-since", "pk")
    fields = ("trial", "field", "by", "since", "page")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # It writes the trial too.
        return super().has_delete_permission(request, obj) and request.user.has_perm("trials.change_trial")

    @admin.display(description="Field or list", ordering="name")
    def field(self, lock: Lock) -> str:
        return lock_name(lock.name)

    @admin.display(description="The registry’s value")
    def page(self, lock: Lock) -> SafeString:
        return format_html('<a href="{}#lock-{}">Compare or take back</a>', locks_url(lock.trial), lock.name)

    def delete_model(self, request: HttpRequest, obj: Lock) -> None:
        self._take_back(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Lock]) -> None:
        for lock in list(queryset):
            self._take_back(request, lock)

    def _take_back(self, request: HttpRequest, lock: Lock) -> None:
        try:
            outcome = take_back(lock.trial_id, lock.name, request.user, None)
        except Meanwhile:
            # Somebody else was faster.
            return
        except OperationalError:
            self.message_user(request, f"{lock.trial.slug}, {lock_name(lock.name)}: {BUSY}", messages.ERROR)
            return
        self.message_user(request, f"{lock.trial.slug}, {lock_name(lock.name)}: {outcome.value}", messages.INFO)


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin, OfTrials):
    """What editors changed, trial by trial."""

    list_display = ("trial", "field", "kind", "by", "on")
    list_display_links = ("field",)
    list_filter = ("kind",)
    list_select_related = ("trial", "by")
    ordering = ("-on", "-pk")
    fields = ("trial", "field", "kind", "by", "on", "before", "after")

    @admin.display(description="Field or list", ordering="name")
    def field(self, edit: Edit) -> str:
        return lock_name(edit.name)

    @admin.display(description="Before (rows that went or were changed)")
    def before(self, edit: Edit) -> SafeString | str:
        return lines(list(edit_lines(edit)[0]))

    @admin.display(description="After (rows that came, or what they were changed to)")
    def after(self, edit: Edit) -> SafeString | str:
        return lines(list(edit_lines(edit)[1]))


def edit_lines(edit: Edit) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an edit changed, before and after: a field as one line, a list as a line per row."""
    return _lines(edit.name, edit.old), _lines(edit.name, edit.new)


def _lines(name: str, value: Any) -> tuple[str, ...]:
    model = lists().get(name)
    if model is None or not isinstance(value, list):
        words = field_words(name, value)
        return (words,) if words else ()
    rows = [row_lines(model, row) for row in value if isinstance(row, dict)]
    return tuple("; ".join(f"{label}: {text}" for label, text in row) for row in rows)
