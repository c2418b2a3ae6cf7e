"""A long list of a trial on pages of its own: the trial's form without its fields and with a single inline."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from trials.admin.editing import EditedTrial
from trials.admin.forms import CatalogueForm
from trials.admin.inline import RowInline
from trials.admin.names import suggestions
from trials.admin.rows import PAGE_SIZE
from trials.admin.rowset import Submitted
from trials.models import Trial

# Empty rows at the end of a page, for who works without JavaScript and has no “Add another”.
EMPTY_ROWS = 2


class _NoFieldsForm(CatalogueForm):
    """The trial stands above the rows but is not edited here, so its own rules are not asked."""

    def _post_clean(self) -> None:
        return


class RowsPage(EditedTrial):
    """Made anew for each request; permissions, validation, saving and the log are those of any change form."""

    form = _NoFieldsForm
    change_form_template = "admin/trials/trial/rows.html"
    shows_whole_lists = False

    def __init__(self, inline: type[RowInline], admin_site: AdminSite) -> None:
        super().__init__(Trial, admin_site)
        self.inline = inline
        self.page: Page[Any] | None = None

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[RowInline]]:  # type: ignore[override]
        return [self.inline]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return []

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        inlines = super().get_inline_instances(request, obj)
        if not inlines:
            raise PermissionDenied
        for inline in inlines:
            inline.classes, inline.extra = [], EMPTY_ROWS
        return inlines

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        rows = kwargs["queryset"].filter(trial=obj)
        sought = search_words(request)
        self.page = Paginator(inline.find(rows, sought) if sought else rows, PAGE_SIZE).get_page(request.GET.get("p"))
        kwargs["queryset"] = self._shown(rows, request, prefix)
        return kwargs

    def _shown(self, rows: QuerySet[Any], request: HttpRequest, prefix: str) -> QuerySet[Any]:
        """The rows of this page; of a page that was sent, the rows that it held, wherever they stand by now."""
        if request.method == "POST":
            keys = Submitted(request.POST, prefix).place
            return rows.filter(pk__in=[key for key in keys if key.isascii() and key.isdecimal() and len(key) < 19])
        assert self.page is not None  # noqa: S101
        return rows.filter(pk__in=[row.pk for row in self.page])

    def save_trial(self, request: HttpRequest, obj: Trial, form: Any, change: bool) -> None:
        # The form has none of the trial's own fields.
        Trial.objects.filter(pk=obj.pk).update(updated=timezone.now())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        heading = str(self.inline.verbose_name_plural or self.inline.model._meta.verbose_name_plural)
        context |= suggestions() | {
            "title": capfirst(heading),
            "rows_name": heading,
            "page": self.page,
            "pages": self.page.paginator.get_elided_page_range(self.page.number) if self.page else (),
            "sought": search_words(request),
            "can_search": bool(self.inline.searched),
            "show_save_and_add_another": False,
            "show_delete": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        saved = self.inline.model._meta.verbose_name_plural
        self.message_user(request, f"The {saved} of “{obj}” were saved.", messages.SUCCESS)
        if "_next" in request.POST:
            return super().response_change(request, obj)
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("admin:trials_trial_change", args=[obj.pk]))


def search_words(request: HttpRequest) -> str:
    """What the search box of the page asks for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]
