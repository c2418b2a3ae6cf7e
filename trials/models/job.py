"""What the worker (`manage.py work`) has to do, did and found: uploaded files and scheduled fetches."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from trials.models import choices
from trials.models.fields import one_of
from trials.models.import_run import ImportRun

# The services that `fetch_trials` knows how to ask.
SERVICES = [(choices.Registry.CTGOV.value, choices.Registry.CTGOV.label), (choices.Registry.CTIS.value, "EU CTIS")]
# What makes a scheduled fetch another question.
ASKED = ("registry", "query", "since", "keep")


class ScheduledFetch(models.Model):
    """A question that is put to a registry's live service again and again."""

    registry = models.CharField(max_length=8, choices=SERVICES)
    query = models.CharField(
        "words to search for",
        max_length=300,
        blank=True,
        help_text="As typed on the registry’s own page.",
    )
    since = models.DateField(
        "the first time, updated since",
        null=True,
        blank=True,
        help_text="Empty: however old. Later times ask for what was updated since the last success.",
    )
    every = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    unit = models.CharField(max_length=5, choices=choices.EveryUnit.choices, default=choices.EveryUnit.DAYS)
    keep = models.CharField(max_length=5, choices=choices.Keep.choices, default=choices.Keep.CELLS)
    enabled = models.BooleanField(default=True, help_text="Untick it to pause the fetch.")
    next_run = models.DateTimeField("next time", default=timezone.now)
    last_run = models.DateTimeField("last tried", null=True, blank=True, editable=False)
    last_success = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField("failures since then", default=0, editable=False)
    last_result = models.TextField("how it went", blank=True, editable=False)

    class Meta:
        verbose_name_plural = "scheduled fetches"
        ordering = ["registry", "query"]
        constraints = [
            one_of("unit", choices.EveryUnit, optional=False),
            one_of("keep", choices.Keep, optional=False),
            models.CheckConstraint(
                condition=models.Q(every__gte=1),
                name="scheduledfetch_every_is_some_time",
                violation_error_message="Every must be at least 1.",
            ),
        ]

    def __str__(self) -> str:
        what = f"“{self.query}”" if self.query else "all trials"
        unit = self.get_unit_display() if self.every != 1 else self.get_unit_display().removesuffix("s")
        return f"{self.get_registry_display()}: {what}, every {f'{self.every} ' if self.every != 1 else ''}{unit}"

    def clean(self) -> None:
        asked = ScheduledFetch.objects.filter(pk=self.pk).values(*ASKED).first()
        if asked and any(asked[name] != getattr(self, name) for name in ASKED):
            # Another question was never answered, so it begins with what is old.
            self.last_success = None
        if self.registry == choices.Registry.CTGOV and not (self.query.strip() or self.since or self.last_success):
            raise ValidationError(
                "ClinicalTrials.gov holds half a million records: name words to search for or a day to begin with."
            )

    @property
    def pause(self) -> dt.timedelta:
        """Time between two runs."""
        return dt.timedelta(**{str(self.unit).lower(): self.every})

    @property
    def asks_since(self) -> dt.date | None:
        """The day since which trials are asked for: the one before the last success began, as zones differ by one."""
        if self.last_success is None:
            return self.since
        return self.last_success.astimezone(dt.UTC).date() - dt.timedelta(days=1)


class Job(models.Model):
    """One file that was uploaded, or one run of a scheduled fetch.

    `stored` is the name of the file under DATA_DIR/uploads, "" once it is gone; `done` of `total` are bytes of a file
    or trials of a listing. `counts` holds, by JobStep, how many records became what. While somebody works on it,
    `holder` says who, and `lease_until` how long to believe that.
    """

    kind = models.CharField(max_length=6, choices=choices.JobKind.choices)
    state = models.CharField(max_length=9, choices=choices.JobState.choices, default=choices.JobState.QUEUED)
    name = models.CharField("file or question", max_length=200)
    stored = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField("bytes", default=0)
    registry = models.CharField(max_length=8, choices=choices.Registry.choices)
    keep = models.CharField(max_length=5, choices=choices.Keep.choices, default=choices.Keep.CELLS)
    schedule = models.ForeignKey(ScheduledFetch, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    reason = models.TextField("why it failed or waits", blank=True)
    notes = models.JSONField(default=list, blank=True)
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "upload or fetch"
        verbose_name_plural = "uploads and fetches"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state"], name="job_state")]
        constraints = [
            one_of("kind", choices.JobKind, optional=False),
            one_of("state", choices.JobState, optional=False),
            one_of("keep", choices.Keep, optional=False),
        ]

    def __str__(self) -> str:
        return self.name


class JobRecord(models.Model):
    """What becomes, or became, of one record of a job.

    `order` is its place in the file. `differs` is what a changed record states differently:
    [{"field", "old", "new"}], shortened for reading.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="records")
    step = models.CharField(max_length=6, choices=choices.JobStep.choices)
    order = models.PositiveIntegerField()
    became = models.CharField(max_length=9, choices=choices.Became.choices)
    number = models.CharField("registry number", max_length=60, blank=True)
    title = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    differs = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["job", "step", "order", "pk"]
        indexes = [models.Index(fields=["job", "step", "became", "order"], name="jobrecord_by_fate")]

    def __str__(self) -> str:
        return f"{self.number or self.place}: {self.get_became_display()}"


class Worker(models.Model):
    """A process that runs `manage.py work`. It is believed to live until `until`."""

    holder = models.CharField(max_length=200, unique=True)
    started = models.DateTimeField()
    seen = models.DateTimeField()
    until = models.DateTimeField()
    doing = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-seen"]

    def __str__(self) -> str:
        return self.holder
