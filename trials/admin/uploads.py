"""Registry files sent by an editor: a dry run first, then imported or discarded; and how every job went."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from trials.admin.imports import ReadOnlyAdmin
from trials.admin.logged import logged
from trials.admin.words import lock_name
from trials.intake.importing import waiting_rows
from trials.intake.jobs import again, approve, claim, discard, do
from trials.intake.uploading import REGISTRIES, NotUsable, keep, look, remove, shown_name, too_large
from trials.intake.working import is_seen
from trials.models import Job, JobRecord, Registration
from trials.models.choices import Became, JobKind, JobState, JobStep, Keep
from trials.phrases import count

_PER_PAGE = 100
# More records of earlier imports that would be looked at again than this take too long for a request.
_MOST_WAITING = 200
RUNNING = (JobState.QUEUED, JobState.CHECKING, JobState.APPROVED, JobState.IMPORTING)
NOT_RUNNING = (
    "The worker is not running, so nothing that waits goes on. Start it with: manage.py work "
    "(make run and compose.yaml start it beside the web server)."
)


class UploadForm(forms.Form):
    """A file, whose records it holds, and which of them to keep."""

    file = forms.FileField(label="File", help_text="JSON, NDJSON, XML or CSV, also packed as .zip or .gz.")
    registry = forms.ChoiceField(
        label="Registry",
        required=False,
        choices=[("", "Told from the content"), *REGISTRIES],
    )
    keep = forms.ChoiceField(label="Keep", choices=Keep.choices, initial=Keep.CELLS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_too_large:
            self.fields["file"].error_messages["required"] = too_large()
        else:
            self.fields["file"].error_messages["required"] = "Choose a file first."


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Uploads and fetches. Adding one is sending a file."""

    list_display = ("name", "kind", "state", "result", "by", "created", "ended")
    list_filter = ("state", "kind", "registry")
    search_fields = ("name", "reason")
    list_select_related = ("by",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("trials.add_job"))

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"trials_job_{name}")
            for name, view in (
                ("import", self.import_view), ("discard", self.discard_view), ("again", self.again_view),
                ("progress", self.progress_view),
            )
        ]  # fmt: skip
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"no_worker": no_worker(), **(extra_context or {})})

    @admin.display(description="Result")
    def result(self, job: Job) -> str:
        step = JobStep.IMPORT if JobStep.IMPORT in job.counts else JobStep.CHECK
        counts = job.counts.get(step, {})
        said = ", ".join(f"{counts[kind]:,} {kind.label.lower()}" for kind in Became if counts.get(kind))
        return job.reason[:100] or (f"Would be: {said}" if said and step == JobStep.CHECK else said)

    # Sending ---------------------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = UploadForm(*given, is_too_large=getattr(request, "upload_too_large", False))
        if request.method == "POST" and form.is_valid():
            try:
                job = _received(request, form.cleaned_data)
            except NotUsable as error:
                form.add_error("file", str(error))
            else:
                logged(request, [job], "Uploaded.", ADDITION)
                return HttpResponseRedirect(_address(job))
        context = {"title": "Upload a registry file", "form": form, "no_worker": no_worker()}
        return self._page(request, "upload", context)

    # One job ---------------------------------------------------------------------------------------------------

    def change_view(self, request: HttpRequest, object_id: str, *_: Any, **__: Any) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404("There is no such upload.")
        if request.method == "POST" or not self.has_view_permission(request, job):
            raise PermissionDenied
        return self._page(request, "job", {"title": job.name} | _shown(job, request))

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part of a running job's page that changes; a job that has stopped has its whole page loaded anew."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self._job(pk)
        answer = self._page(request, "_polled", {"title": job.name} | _state(job))
        if job.state not in RUNNING:
            answer["HX-Refresh"] = "true"
        return answer

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._asked(request, pk)
        if isinstance(job, HttpResponse):
            return job
        if not approve(job):
            self.message_user(request, "This file is not waiting to be imported any more.", messages.WARNING)
            return HttpResponseRedirect(_address(job))
        self.log_change(request, job, "Chosen to be imported.")
        job.refresh_from_db()
        if job.counts.get("small") and claim(job) and not do(job):
            self.message_user(request, "Another import runs: this one begins as soon as it has ended.", messages.INFO)
        return HttpResponseRedirect(_address(job))

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._asked(request, pk)
        if isinstance(job, HttpResponse):
            return job
        if discard(job):
            self.log_change(request, job, "Discarded.")
            text = format_html("“{}” was discarded. The file is deleted; nothing of it was imported now.", job.name)
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, "It is too late to discard this file.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:trials_job_changelist"))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._asked(request, pk)
        if isinstance(job, HttpResponse):
            return job
        if not again(job):
            self.message_user(request, "The file is no longer there: send it again.", messages.WARNING)
        return HttpResponseRedirect(_address(job))

    def _asked(self, request: HttpRequest, pk: int) -> Job | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = self._job(pk)
        if job.kind != JobKind.UPLOAD:
            raise Http404("Only uploads are decided on.")
        return job

    def _job(self, pk: int) -> Job:
        job = Job.objects.filter(pk=pk).first() if pk < 1 << 63 else None
        if job is None:
            raise Http404("There is no such upload.")
        return job

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        shared = self.admin_site.each_context(request)
        shared |= {"opts": self.opts, "may_add": self.has_add_permission(request)}
        return TemplateResponse(request, f"admin/trials/job/{template}.html", shared | context)


def no_worker() -> str:
    """What to say where no worker runs; nothing where one does."""
    return "" if is_seen() else NOT_RUNNING


def _received(request: HttpRequest, sent: dict[str, Any]) -> Job:
    """The job of a file that was sent; a small one is checked at once."""
    called = shown_name(sent["file"].name)
    name, size = keep(sent["file"].chunks())
    try:
        seen = look(name, called, size, sent["registry"])
    except BaseException:
        remove(name)
        raise
    job = Job.objects.create(
        kind=JobKind.UPLOAD,
        name=called,
        stored=name,
        size=size,
        registry=seen.registry,
        keep=sent["keep"],
        by=request.user,  # type: ignore[misc]
        counts={"small": seen.is_small and not _many_waiting(seen.registry, sent["keep"])},
    )
    if job.counts["small"] and claim(job):
        do(job)
    return job


def _many_waiting(registry: str, keep: str) -> bool:
    return waiting_rows(registry, keep == Keep.ALL)[: _MOST_WAITING + 1].count() > _MOST_WAITING


def _address(job: Job) -> str:
    return reverse("admin:trials_job_change", args=[job.pk])


# What the page of a job shows ------------------------------------------------------------------------------------


def _state(job: Job) -> dict[str, Any]:
    """How far it is: a sentence to be read out now and then, and the bar."""
    percent = min(100, 100 * job.done // job.total) if job.total else None
    counts = job.counts.get(JobStep.CHECK if job.state == JobState.CHECKING else JobStep.IMPORT, {})
    done = sum(counts.values()) if job.state in (JobState.CHECKING, JobState.IMPORTING) else 0
    tenth = f", {percent // 10 * 10} % done" if percent is not None and percent >= 10 else ""
    return {
        "job": job,
        "running": job.state in RUNNING,
        "percent": percent,
        "progress": f"{count(done, 'record')} so far" if done else "",
        "said": f"{job.get_state_display()}{tenth if done else ''}.",
        "no_worker": no_worker() if job.state in RUNNING else "",
    }


def _shown(job: Job, request: HttpRequest) -> dict[str, Any]:
    steps = [step for step in (JobStep.IMPORT, JobStep.CHECK) if job.counts.get(step)]
    asked = request.GET.get("step", "").upper()
    step = next((step for step in steps if step.value == asked), steps[0] if steps else None)
    counts = job.counts.get(step, {}) if step else {}
    kind = next((kind for kind in Became if kind.value == request.GET.get("list")), None)
    groups = [
        {"kind": found, "count": counts.get(found, 0), "url": f"?step={step}&list={found}", "current": found == kind}
        for found in Became
    ]
    rows = job.records.filter(step=step).order_by("order", "pk") if step else JobRecord.objects.none()
    rows = rows.filter(became=kind) if kind else rows
    total = counts.get(kind, 0) if kind else sum(counts.values())
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    records = list(page.object_list)
    return _state(job) | {
        "steps": steps,
        "step": step,
        "groups": groups,
        "kind": kind,
        "page": page,
        "records": _linked(records),
        "left_out": max(0, total - page.paginator.count),
        "otherwise": _otherwise(job),
        "may_retry": job.state == JobState.FAILED and job.kind == JobKind.UPLOAD and job.stored,
    }


def _otherwise(job: Job) -> bool:
    """Whether an import did something else than its dry run said: the catalogue changed between the two."""
    both = [job.counts.get(step) for step in JobStep]
    return job.state == JobState.DONE and None not in both and both[0] != both[1]


def _linked(records: list[JobRecord]) -> list[tuple[JobRecord, str]]:
    """Records with the addresses of their trials, where they have one by now."""
    numbers = {record.number for record in records} - {""}
    for one in (one for record in records for one in record.differs):
        one["words"] = lock_name(one["field"])
    trials = dict(Registration.objects.filter(number__in=numbers).values_list("number", "trial"))
    return [
        (record, reverse("admin:trials_trial_change", args=[trials[record.number]]) if record.number in trials else "")
        for record in records
    ]
