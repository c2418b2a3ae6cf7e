"""What changed between two versions of a registration."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One field that differs between two versions of a record that follow each other.

    For a list `old` holds the rows that went and `new` those that came. `kept` marks a value that the
    newer copy leaves out: the catalogue goes on showing the older one and says so.
    """

    registration = models.ForeignKey("trials.Registration", on_delete=models.CASCADE, related_name="changes")
    before = models.ForeignKey("trials.RawRecord", on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey("trials.RawRecord", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    kept = models.BooleanField(default=False)

    class Meta:
        ordering = ["registration", "after__updated", "field"]
        indexes = [models.Index(fields=["id"], name="change_kept", condition=models.Q(kept=True))]
        constraints = [
            models.UniqueConstraint(fields=["before", "after", "field"], name="change_field_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.field} ({self.after.updated})"
