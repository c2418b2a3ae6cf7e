"""Which fields and lists of a trial belong to an editor."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trials.models.trial import Trial


class Lock(models.Model):
    """An editor owns this field or whole list of a trial: imports leave it alone until it is unlocked."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="locks")
    name = models.CharField("field or list", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(auto_now_add=True)
    # When the registry last said something else of it than it did before; empty once an editor has looked at that.
    moved_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["since"], name="lock_since"),
            models.Index(fields=["moved_on", "id"], name="lock_moved", condition=models.Q(moved_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "name"],
                name="lock_once_per_field",
                violation_error_message="This field or list is locked already.",
            )
        ]

    def __str__(self) -> str:
        return self.name
