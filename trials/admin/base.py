"""What the admin of every model here shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_countries.fields import CountryField

from trials.admin.fields import (
    CellCountField,
    LineField,
    LinesField,
    NamedValueField,
    PlainNumberField,
    ProseField,
    StatedSelect,
)
from trials.admin.forms import CatalogueForm
from trials.admin.listing import CatalogueList
from trials.admin.names import country_names
from trials.admin.paging import MOST, BoundedPaginator
from trials.intake.editing import wait_for_import
from trials.search.publishing import publishing


class PlainFields:
    """Gives each kind of column the input that an editor can use; `kinds` and `labels` name those of single fields."""

    kinds: ClassVar[dict[str, Callable[..., forms.Field]]] = {}
    labels: ClassVar[dict[str, str]] = {}
    text_rows = 3

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, CountryField):
            return country_field(db_field)
        if db_field.name in self.labels:
            kwargs["label"] = self.labels[db_field.name]
        if db_field.name in self.kinds:
            kwargs["form_class"] = self.kinds[db_field.name]
        elif type(db_field) is models.TextField:
            kwargs.setdefault("widget", forms.Textarea(attrs={"class": "vLargeTextField", "rows": self.text_rows}))
            kwargs["form_class"] = ProseField
        elif type(db_field) is models.CharField and not db_field.choices:
            kwargs["form_class"] = LineField
        elif isinstance(db_field, models.JSONField):
            kwargs["form_class"] = LinesField
        elif isinstance(db_field, models.DecimalField):
            kwargs["form_class"] = CellCountField
        elif isinstance(db_field, models.FloatField):
            kwargs["form_class"] = PlainNumberField
        elif isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        elif isinstance(db_field, models.BooleanField) and db_field.null:
            kwargs["widget"] = StatedSelect
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


def country_field(db_field: Any) -> forms.Field:
    """An input for a country, by its name or code."""
    return NamedValueField(
        names=country_names,
        suggestions="known-countries",
        unknown="“{}” is no country with an ISO code. Pick one from the suggestions, or leave this empty and write "
        "the source's word into “country as written”.",
        required=not db_field.blank,
        label=db_field.verbose_name.capitalize(),
    )


@contextmanager
def _saving(request: HttpRequest) -> Iterator[None]:
    """A transaction for what is sent; none for what is only looked at."""
    if request.method != "POST":
        yield
        return
    with publishing():
        # An import that holds trials may come to want the row saved here, and publishing that row wants those trials.
        wait_for_import()
        yield


class CatalogueAdmin(PlainFields, admin.ModelAdmin):
    """A model's admin in which the database's own refusals come back as errors of the form."""

    form = CatalogueForm
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CatalogueList

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> Any:
        takes_all = request.POST.get("select_across", "") not in ("", "0", "false", "False")
        if takes_all and BoundedPaginator(queryset, 1).is_broken_off:
            text = f"Nothing was done: these are more than {MOST:,} rows. Narrow the list with a filter or the search."
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")  # type: ignore[attr-defined]
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """As Django's, but every list reads the same answers: Django copies all that was sent for each list."""
        sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
        return {"instance": obj, "prefix": prefix, "queryset": inline.get_queryset(request), **sent}

    def compare(self, request: HttpRequest, object_id: str) -> None:
        """Looks, in the transaction that saves what was sent, at what stands by then."""

    def changeform_view(self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            with _saving(request):
                if request.method == "POST" and object_id is not None:
                    self.compare(request, object_id)
                return super().changeform_view(request, object_id, *args, **kwargs)
        except (IntegrityError, DataError, ValidationError) as error:
            # Somebody saved between our checks and our save. All of it is undone, so the form is shown again:
            # with this error, and with those that its checks find now.
            request.refusal = refusal(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        try:
            with _saving(request):
                return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, IntegrityError):
            return self._nothing_deleted(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            # PostgreSQL cannot store this character, so nothing can match it.
            return HttpResponseRedirect(request.path)
        try:
            with _saving(request):
                return super().changelist_view(request, extra_context)
        except (ProtectedError, IntegrityError):
            return self._nothing_deleted(request)

    def _nothing_deleted(self, request: HttpRequest) -> HttpResponse:
        text = "Nothing was deleted: somebody began to use it while you looked at the page."
        self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(request.path)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))


def refusal(error: IntegrityError | DataError | ValidationError) -> str:
    """What could not be saved, in the words of the constraint if the database names one."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    text = str(error)
    for model in apps.get_app_config("trials").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in text:
                return f"{constraint.violation_error_message} Nothing was saved."
    return (
        "Nothing was saved: somebody changed the same rows at the same moment, or a value is more than the catalogue "
        "can hold. Look through the form and save again."
    )
