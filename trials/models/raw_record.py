"""Records as they were received, one row per version."""

from __future__ import annotations

import zlib

from django.db import models
from django.db.models.functions import Now

from trials.models import choices
from trials.models.fields import PartialDateField, one_of


class RawRecord(models.Model):
    """One version of a registry's record, compressed, with what became of it.

    `source` is the registry whose format the body is in; `number` the record's own number as far as it could be
    read. `digest` and `size` are of the content, see `intake.versions.Incoming`. `reason` says why it was skipped or
    set aside; `problems` what could not be read as it should, as [{"field", "text", "what"}].
    """

    source = models.CharField(max_length=8, choices=choices.Registry.choices)
    number = models.CharField("registry number", max_length=60, blank=True, db_index=True)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField("bytes of content", default=0)
    body = models.BinaryField()
    updated = PartialDateField("the registry's date of this version")
    copied = PartialDateField("copied on")
    received = models.DateTimeField(db_default=Now(), editable=False)
    verdict = models.CharField(max_length=10, choices=choices.Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    rule = models.CharField("judged by rule", max_length=20, blank=True)
    problems = models.JSONField(default=list, blank=True)
    registration = models.ForeignKey(
        "trials.Registration", on_delete=models.SET_NULL, null=True, blank=True, related_name="versions"
    )

    class Meta:
        ordering = ["number", "updated", "copied", "digest"]
        constraints = [
            one_of("source", choices.Registry, optional=False),
            one_of("verdict", choices.Verdict, optional=False),
            models.UniqueConstraint(fields=["source", "digest"], name="rawrecord_version_once"),
        ]
        indexes = [
            models.Index(fields=["verdict", "number"], name="rawrecord_verdict"),
            models.Index(
                fields=["received", "id"],
                name="rawrecord_set_aside",
                condition=models.Q(verdict=choices.Verdict.SET_ASIDE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or 'a record without a number'}, {self.updated or 'undated'}"

    @property
    def place(self) -> tuple[str, str, int, str]:
        """Sorts the versions of one record, the newest last: the registry's date, that of the copy, then the fuller."""
        return str(self.updated or ""), str(self.copied or ""), self.size, self.digest

    @property
    def text(self) -> bytes:
        """The record as it was received."""
        return zlib.decompress(self.body)
