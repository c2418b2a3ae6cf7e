"""What imports did: to look at. Records as they came in, what changed between versions, and the runs themselves."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from trials.admin.base import CatalogueAdmin
from trials.admin.searching import among, found, trials_meant
from trials.models import Change, ImportRun, RawRecord
from trials.models.choices import Verdict

# Characters of a received record that its page shows; some have millions.
SHOWN = 200_000


class ReadOnlyAdmin(CatalogueAdmin):
    """Rows that only imports write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("started", "source", "what", "state", "new", "changed", "unchanged", "skipped", "set_aside")
    list_filter = ("source",)
    search_fields = ("what", "holder")
    fields = (
        "source", "what", "holder", "started", "lease_until", "ended", "new", "changed", "unchanged", "skipped",
        "set_aside", "notes_as_lines",
    )  # fmt: skip

    @admin.display(description="State", ordering="ended")
    def state(self, run: ImportRun) -> str:
        return "Ended" if run.ended else "Running, or broken off"

    @admin.display(description="Notes")
    def notes_as_lines(self, run: ImportRun) -> SafeString | str:
        return lines(run.notes)


@admin.register(RawRecord)
class RawRecordAdmin(ReadOnlyAdmin):
    list_display = ("name", "source", "verdict", "reason", "problem_count", "updated", "copied", "received")
    list_display_links = ("name",)
    list_filter = ("verdict", "source")
    # Not looked in one by one: see `get_search_results`.
    search_fields = ("number",)
    search_help_text = "A registry number or its beginning, or a part of the reason why a record was not kept."
    fields = (
        "source", "number", "verdict", "reason", "rule", "trial", "problems_as_lines", "updated", "copied", "received",
        "digest", "text_as_received",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawRecord]:
        return super().get_queryset(request).select_related("registration__trial").defer("body")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[RawRecord], search_term: str) -> Any:
        text, rows = search_term.replace("\x00", "").strip(), RawRecord.objects.all()
        if not text:
            return queryset, False
        not_kept = rows.filter(verdict__in=[Verdict.SKIPPED, Verdict.SET_ASIDE])
        parts = rows.filter(number__istartswith=text), not_kept.filter(reason__icontains=text)
        return found(queryset, *parts), False

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/raw/", self.admin_site.admin_view(self.download), name="trials_rawrecord_raw")
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The record as it was received, to keep; a browser never shows it as a page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = RawRecord.objects.filter(pk=pk).first() if pk < 1 << 63 else None
        if row is None:
            raise Http404
        disposition = f'attachment; filename="record-{pk}.txt"'
        return HttpResponse(
            received(row), content_type="application/octet-stream", headers={"Content-Disposition": disposition}
        )

    @admin.display(description="Record", ordering="number")
    def name(self, row: RawRecord) -> str:
        return row.number or "(no number)"

    @admin.display(description="Problems")
    def problem_count(self, row: RawRecord) -> int:
        return len(row.problems) if isinstance(row.problems, list) else 0

    @admin.display(description="Trial")
    def trial(self, row: RawRecord) -> str:
        if row.registration is None:
            return "None"
        trial = row.registration.trial
        return format_html('<a href="{}">{}</a>', reverse("admin:trials_trial_change", args=[trial.pk]), trial)

    @admin.display(description="What could not be read as it should")
    def problems_as_lines(self, row: RawRecord) -> SafeString | str:
        return lines(row.problems, ("field", "text", "what"))

    @admin.display(description="As received")
    def text_as_received(self, row: RawRecord) -> SafeString:
        text = readable(received(row))
        rest = f" Shown are the first {SHOWN:,} of {len(text):,} characters." if len(text) > SHOWN else ""
        address = reverse("admin:trials_rawrecord_raw", args=[row.pk])
        return format_html(
            '<a href="{}">Download it as it was received</a>.{}<pre class="raw-record" tabindex="0">{}</pre>',
            address,
            rest,
            text[:SHOWN],
        )


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("registration", "field", "version", "version_before", "kept")
    list_filter = ("kept", "registration__registry")
    # Not looked in one by one: see `get_search_results`.
    search_fields = ("field",)
    search_help_text = "A registry number or words of a title of the trial, or the field."
    ordering = ("-pk",)
    fields = ("registration", "field", "version_before", "old_as_stored", "version", "new_as_stored", "kept")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        rows = super().get_queryset(request).select_related("registration", "before", "after")
        return rows.defer("before__body", "before__problems", "after__body", "after__problems")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Change], search_term: str) -> Any:
        text, rows = search_term.replace("\x00", "").strip(), Change.objects.all()
        if not text:
            return queryset, False
        named = rows.filter(field__icontains=text.replace(" ", "_"))
        return found(queryset, rows.filter(registration__trial__in=among(trials_meant(text))), named), False

    @admin.display(description="Version", ordering="after__updated")
    def version(self, row: Change) -> str:
        return row.after.updated.label if row.after.updated else "without a date"

    @admin.display(description="Version before", ordering="before__updated")
    def version_before(self, row: Change) -> str:
        return row.before.updated.label if row.before.updated else "without a date"

    @admin.display(description="Before (rows that went)")
    def old_as_stored(self, row: Change) -> SafeString:
        return _stored(row.old)

    @admin.display(description="After (rows that came)")
    def new_as_stored(self, row: Change) -> SafeString:
        return _stored(row.new)


def _stored(value: Any) -> SafeString:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return format_html('<pre class="raw-record" tabindex="0">{}</pre>', text[:SHOWN])


def lines(items: Any, parts: Sequence[str] = ()) -> SafeString | str:
    """A JSON list as a list to read; of items with parts those that are named, behind one another."""
    listed = items if isinstance(items, list) else [items]
    texts = [
        ": ".join(str(item[part]) for part in parts if item.get(part)) if isinstance(item, dict) else str(item)
        for item in listed
    ]
    if not texts:
        return "None"
    return format_html(
        '<ul class="import-lines">{}</ul>', format_html_join("", "<li>{}</li>", ((text,) for text in texts))
    )


def received(row: RawRecord) -> bytes:
    """The bytes of a record as they came in, or a note where the stored ones are damaged."""
    try:
        return row.text
    except zlib.error:
        return b"The stored bytes of this record are damaged."


def readable(raw: bytes) -> str:
    """Bytes as text: what is no UTF-8 is marked, and JSON that stands on one line is set out."""
    text = raw.decode("utf-8", errors="replace")
    if "\n" in text or len(text) > SHOWN:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        return text
