"""When a trial's texts were read, by which words, and whether they should be read again."""

from __future__ import annotations

from django.db import models

from trials.models.trial import Trial


class TrialReading(models.Model):
    """What the readers last said of a trial as a whole. `form` is the version of the readers.

    `is_stale` after a word of the vocabularies changed that the trial's texts hold: `reread_trials --stale`.
    """

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    form = models.PositiveIntegerField(db_index=True)
    is_cell_therapy = models.BooleanField()
    why = models.CharField(max_length=300, blank=True)
    is_stale = models.BooleanField(default=False)
    stale_since = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["trial"], name="trialreading_stale", condition=models.Q(is_stale=True))]

    def __str__(self) -> str:
        return self.why
