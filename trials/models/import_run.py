"""Imports: who runs one now, and what each did."""

from __future__ import annotations

from django.db import models

from trials.models import choices


class ImportRun(models.Model):
    """One import, running or ended. The holder of a live lease is the only one that may import."""

    source = models.CharField(max_length=8, choices=choices.Registry.choices)
    what = models.CharField("files or query", max_length=500, blank=True)
    holder = models.CharField(max_length=200, help_text="Process and computer that run it.")
    started = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    notes = models.JSONField(
        default=list, blank=True, help_text="Files and parts of files that hold no readable record, and how it ended."
    )

    class Meta:
        ordering = ["-started"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended__isnull=True), name="importrun_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.started:%Y-%m-%d %H:%M}"
