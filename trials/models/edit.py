"""What editors changed, field by field."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import Trial


class Edit(models.Model):
    """One field or list of a trial that an editor changed, or gave back to the registry.

    `old` and `new` are plain JSON; of a list `old` holds the rows that went or were changed, and `new` those that came
    or what they were changed to, each as {field: value} without what is empty.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="edits")
    name = models.CharField("field or list", max_length=60)
    kind = models.CharField(max_length=10, choices=choices.EditKind.choices)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    # Who writes a trial in peace need not show how: the public history leaves these out.
    before_public = models.BooleanField("before the trial was first published", default=False)

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["on", "id"], name="edit_on")]
        constraints = [one_of("kind", choices.EditKind, optional=False)]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"
