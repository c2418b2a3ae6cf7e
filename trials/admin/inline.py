"""The form of one list of a trial, on the trial's own page or on a page of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from trials.admin.base import PlainFields
from trials.admin.drawing import RENDERER
from trials.admin.forms import RowForm
from trials.admin.known import (
    KnownAutocomplete,
    KnownAutocompleteMultiple,
    KnownChoiceField,
    KnownMultipleChoiceField,
    KnownSelect,
)
from trials.admin.rowset import RowFormSet, accessor_of
from trials.models.trial import TrialRow

EVIDENCE_LABELS = {"span_start": "Passage starts at character", "span_end": "and ends at"}

# The fields of a finding, folded away under a product, a dose or a statement.
EVIDENCE: Any = (
    "Evidence",
    {
        "classes": ["collapse"],
        "fields": (
            ("origin", "evidence_state"),
            ("registration", "source_field"),
            "passage",
            ("span_start", "span_end"),
            "remark",
            ("reviewed_by", "reviewed_on"),
        ),
    },
)


# Beyond any list; leaves room for the rows that go behind it.
LAST_PLACE = 100_000

# Rows that one form may hold. Each is drawn again when the form is wrong, so a forged number would be costly.
MOST_ROWS = 500


class RowInline(PlainFields, admin.StackedInline):
    """Rows of one list. `searched`: the fields that the search box of the list's own page looks in."""

    form = RowForm
    formset = RowFormSet
    template = "admin/trials/rows_inline.html"
    fk_name = "trial"
    extra = 0
    max_num = MOST_ROWS
    text_rows = 2
    classes = ["collapse"]
    searched: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    @property
    def accessor(self) -> str:
        """The list's name in addresses and inputs: `sites`."""
        return accessor_of(self.model)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.fetched).prefetch_related(*self.prefetched)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=MOST_ROWS, renderer=RENDERER, **kwargs)

    def find(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows in which every word of `text` occurs."""
        for word in text.split():
            rows = rows.filter(Q(*((f"{name}__icontains", word) for name in self.searched), _connector=Q.OR))
        return rows

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "order":
            kwargs |= {"required": False, "label": "Place", "help_text": "", "max_value": LAST_PLACE}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = _without_links(field.widget)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        model = db_field.remote_field.model
        if model is get_user_model():
            kwargs |= {"queryset": model.objects.filter(is_staff=True).order_by("username"), "widget": KnownSelect()}
        elif issubclass(model, TrialRow):
            kwargs["widget"] = KnownSelect()
        else:
            kwargs["widget"] = KnownAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, form_class=KnownChoiceField, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if issubclass(db_field.remote_field.model, TrialRow):
            kwargs["widget"] = forms.CheckboxSelectMultiple()
        else:
            kwargs["widget"] = KnownAutocompleteMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, form_class=KnownMultipleChoiceField, **kwargs)


def _without_links(wrapper: RelatedFieldWidgetWrapper) -> Any:
    """Links to change or delete a term beside each of fifty rows would be noise; adding one is what an editor needs."""
    if not isinstance(wrapper.widget, KnownAutocomplete):
        return wrapper.widget
    wrapper.can_change_related = wrapper.can_delete_related = wrapper.can_view_related = False
    return wrapper
