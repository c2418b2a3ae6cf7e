"""The list of trials as a sheet, and corrections brought back by the same sheet."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from trials.admin.corrections import Checker, Correction
from trials.intake.sheets import COLUMNS, MOST_ROWS, BadSheet, Sheet, csv_lines, csv_of, harmless, read, write_xlsx
from trials.intake.uploading import NotUsable, folder, keep, remove, shown_name, stored, too_large
from trials.models import Trial

# Trials that one sheet corrects at once, and rows that the preview shows.
MOST_CORRECTED = SHOWN = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A preview can be acted on for so many seconds.
_LASTS = 24 * 3600
# A token opens what it was made for, and nothing else.
_PREVIEW, _LEFT_OUT = "corrections", "corrections-left-out"


class SheetForm(forms.Form):
    file = forms.FileField(label="Sheet", help_text="CSV (UTF-8) or XLSX, as exported from the list of trials.")


def sheet_urls(admin: Any) -> list[URLPattern]:
    """The addresses of these pages, for the admin of trials."""
    view = admin.admin_site.admin_view
    return [
        path("export/<str:form>/", view(partial(export_view, admin)), name="trials_trial_export"),
        path("corrections/", view(partial(corrections_view, admin)), name="trials_trial_corrections"),
        path("corrections/left-out/", view(partial(left_out_view, admin)), name="trials_trial_left_out"),
    ]


def export_view(admin: Any, request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The list as it is filtered, searched and sorted, as a file: `csv` or `xlsx`."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if form not in ("csv", "xlsx"):
        raise Http404("Trials are exported as CSV and XLSX.")
    back = HttpResponseRedirect(f"{reverse('admin:trials_trial_changelist')}?{request.GET.urlencode()}")
    try:
        listed = admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        return back
    pks = list(listed.prefetch_related(None).values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(pks) > MOST_ROWS:
        text = f"Nothing was exported: the list has more than {MOST_ROWS:,} trials. Narrow it down by filters or words."
        admin.message_user(request, text, messages.ERROR)
        return back
    trials = listed.prefetch_related(None)
    name = f"trials-{timezone.localdate()}.{form}"
    if form == "csv":
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(csv_of(trials), content_type="text/csv; charset=utf-8", headers=disposition)
    file = tempfile.TemporaryFile(dir=folder())  # noqa: SIM115 (the response closes it)
    write_xlsx(trials, file, folder())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


def corrections_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """Takes a sheet (a file), shows what it would change, and applies that (a token of the preview)."""
    if not admin.has_change_permission(request):
        raise PermissionDenied
    if request.method == "POST" and "token" in request.POST:
        return _applied(admin, request)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SheetForm(*given)
    late = getattr(request, "upload_too_large", False)
    form.fields["file"].error_messages["required"] = too_large() if late else "Choose a sheet first."
    if form.is_valid():
        try:
            return _preview(admin, request, form.cleaned_data["file"])
        except (BadSheet, NotUsable) as error:
            form.add_error("file", str(error))
    return _page(admin, request, "sheet", {"form": form, "columns": COLUMNS})


def left_out_view(admin: Any, request: HttpRequest) -> HttpResponse | FileResponse:
    """The rows of a sheet that were left out, each with what is wrong, to mend and send again."""
    if not admin.has_change_permission(request):
        raise PermissionDenied
    token = _opened(request, request.GET.get("file", ""), _LEFT_OUT)
    if token is None or not stored(token["file"]).is_file():
        raise Http404("This file is no longer kept.")
    return FileResponse(
        stored(token["file"]).open("rb"), as_attachment=True, filename="left-out.csv", content_type="text/csv"
    )


def _preview(admin: Any, request: HttpRequest, file: Any) -> HttpResponse:
    name, _ = keep(file.chunks())
    try:
        sheet = read(stored(name))
        found = list(Checker(admin, request).check(sheet.rows))
        good = [one for one in found if one.cells and not one.wrong]
        if len(good) > MOST_CORRECTED:
            raise BadSheet(
                f"The sheet corrects {len(good):,} trials; {MOST_CORRECTED} at once may be. Send it in parts."
            )
    except BaseException:
        remove(name)
        raise
    called = shown_name(file.name)
    context = _told(found) | {"called": called, "unknown": sheet.unknown, "good": good[:SHOWN]}
    if good:
        context["token"] = _token(request, _PREVIEW, file=name, called=called)
    else:
        remove(name)
    return _page(admin, request, "preview", context)


def _applied(admin: Any, request: HttpRequest) -> HttpResponse:
    token = _opened(request, request.POST["token"], _PREVIEW)
    sheet = _taken(token["file"]) if token else None
    if token is None or sheet is None:
        text = "Nothing was changed: this preview was used already, or is more than a day old. Send the sheet again."
        admin.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:trials_trial_corrections"))
    checker = Checker(admin, request)
    checked = list(checker.check(sheet.rows))
    found = [checker.apply(one.row) if one.cells and not one.wrong else one for one in checked]
    context = _told(found) | {"called": token["called"], "good": [one for one in found if one.cells and not one.wrong]}
    if context["bad"]:
        left, _ = keep(_left_out(sheet, context["bad"]))
        context["left_out"] = _token(request, _LEFT_OUT, file=left)
    return _page(admin, request, "corrected", context)


def _taken(name: str) -> Sheet | None:
    """The sheet of a preview, for whoever asks first: a second click finds nothing."""
    own = secrets.token_hex(16)
    try:
        stored(name).rename(stored(own))
    except FileNotFoundError:
        return None
    try:
        return read(stored(own))
    finally:
        remove(own)


def _told(found: Sequence[Correction]) -> dict[str, Any]:
    good = sum(1 for one in found if one.cells and not one.wrong)
    bad = [one for one in found if one.wrong]
    return {"total": len(found), "good_total": good, "bad": bad, "unchanged": len(found) - good - len(bad)}


def _left_out(sheet: Sheet, bad: Iterable[Correction]) -> Iterable[bytes]:
    held = [column for column in COLUMNS if any(column.name in row.cells for row in sheet.rows)]
    rows = (
        [*(harmless(one.row.cells.get(column.name, "")) for column in held), harmless(_in_words(one))] for one in bad
    )
    return csv_lines(rows, [*(column.heading for column in held), "what is wrong"])


def _in_words(one: Correction) -> str:
    return " ".join(f"{wrong.column}: {wrong.says}" for wrong in one.wrong)


def _token(request: HttpRequest, salt: str, **holds: str) -> str:
    return signing.dumps({**holds, "by": request.user.pk}, salt=salt)


def _opened(request: HttpRequest, token: str, salt: str) -> dict[str, Any] | None:
    """What a token holds, if it is one of who sends it."""
    try:
        holds: dict[str, Any] = signing.loads(token, salt=salt, max_age=_LASTS)
    except signing.BadSignature:
        return None
    return holds if holds["by"] == request.user.pk else None


def _page(admin: Any, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    shared = admin.admin_site.each_context(request) | {"opts": Trial._meta, "title": "Corrections by a sheet"}
    return TemplateResponse(request, f"admin/trials/trial/sheets/{template}.html", shared | context)
