"""What terms and organisations became that editors merged into others, and whose cards wait because of it."""

from __future__ import annotations

from django.db import models


class Merged(models.Model):
    """A term or an organisation that an editor merged into another: what it was, and the number of what it is now.

    Its own number stays known too: cards, saved search indexes and notes on fixtures were written with it. Plain
    numbers, because the row that had the one is gone. `of` is the model's name: `condition`.
    """

    of = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    into = models.PositiveBigIntegerField()
    slug = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=300)
    code_system = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="merged_once")]
        indexes = [models.Index(fields=["of", "into"], name="merged_by_what_it_became")]

    def __str__(self) -> str:
        return self.label


class LateCard(models.Model):
    """A trial, by its number, whose card and words still give an organisation its former name.

    Thousands of cards are no work for a request: `prepare` and the next import write them.
    """

    trial = models.PositiveBigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"card of trial {self.trial}"
