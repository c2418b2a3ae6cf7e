"""Contradictions and oddities inside a record, kept and shown instead of smoothed away."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow

# What somebody has to look at; a note is only told.
OPEN = models.Q(dismissed="") & ~models.Q(severity=choices.Severity.NOTE)


class Flag(TrialRow):
    """One contradiction or oddity, with the two places that show it."""

    rule = models.SlugField(max_length=60, help_text="The rule's name, for example “age-bounds-contradict”.")
    severity = models.CharField(max_length=8, choices=choices.Severity.choices, default=choices.Severity.WARNING)
    sentence = models.TextField(help_text="In plain words: what does not fit.")
    first_place = models.CharField(max_length=200, blank=True)
    second_place = models.CharField(max_length=200, blank=True)
    dismissed = models.CharField(
        "dismissed because",
        max_length=300,
        blank=True,
        help_text="A reason hides the flag from the public page.",
    )

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["id"], name="flag_open", condition=OPEN)]
        constraints = [one_of("severity", choices.Severity, optional=False)]

    def __str__(self) -> str:
        return self.sentence[:80]
