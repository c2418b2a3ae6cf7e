"""What a result card shows, ready to be read: one row per public trial."""

from __future__ import annotations

from django.db import models

from trials.models.trial import Trial


class Card(models.Model):
    """A public trial among results: what its card says and what it sorts by. Written with the trial.

    `content` is JSON (`search.cards.Content`). Days are ordinals of the proleptic calendar (1 is 1 January of year 1).
    `title_key` is the folded title in UTF-8, so that both databases sort it by code point.
    """

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, primary_key=True, related_name="card")
    content = models.TextField()
    title_key = models.BinaryField(max_length=2400)
    updated_day = models.PositiveIntegerField(null=True)
    start_day = models.PositiveIntegerField(null=True)
    enrolment = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["title_key", "trial"], name="card_by_title")]

    def __str__(self) -> str:
        return f"card of trial {self.trial_id}"
