"""What a trial measures."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow


class Outcome(TrialRow):
    """An outcome measure with its time frame, in the source's words unless marked as ours."""

    kind = models.CharField(max_length=10, choices=choices.OutcomeKind.choices)
    measure = models.TextField()
    description = models.TextField(blank=True)
    time_frame = models.TextField(blank=True)
    our_wording = models.BooleanField("in our words", default=False)

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("kind", choices.OutcomeKind, optional=False)]

    def __str__(self) -> str:
        return self.measure[:80]
