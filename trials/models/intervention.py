"""What is given or done, as the registry types it."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow


class Intervention(TrialRow):
    """An intervention with the registry's own type, which says little about whether it holds cells."""

    type = models.CharField(max_length=20, choices=choices.InterventionType.choices, blank=True)
    type_raw = models.CharField("type as written", max_length=80, blank=True)
    name = models.CharField(max_length=400)
    description = models.TextField(blank=True)
    our_wording = models.BooleanField("description in our words", default=False)
    origin = models.CharField(max_length=16, choices=choices.Origin.choices, default=choices.Origin.REGISTRY_FIELD)
    other_names = models.JSONField(default=list, blank=True, help_text="As a list of texts.")

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [
            one_of("type", choices.InterventionType),
            one_of("origin", choices.Origin, optional=False),
        ]

    def __str__(self) -> str:
        return self.name
