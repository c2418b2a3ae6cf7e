"""Contradictions and oddities inside a record, kept and shown instead of smoothed away."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow

# What somebody has to look at; a note is only told.
OPEN = models.Q(dismissed="") & ~models.Q(severity=choices.Severity.NOTE)


class Flag(TrialRow):
    """One contradiction or oddity, with the two places that show it.

    Those that rules find come and go with what they found, and have no place in a list (`order` 0). `facts` is the
    digest of the values behind one: a dismissal lasts while it stays the same. `since` is when a rule first found it. A
    rule keeps silent on a trial where the same was written by hand.
    """

    rule = models.SlugField(max_length=60, help_text="The rule's name, for example “age-bounds-contradict”.")
    severity = models.CharField(max_length=8, choices=choices.Severity.choices, default=choices.Severity.WARNING)
    sentence = models.TextField(help_text="In plain words: what does not fit.")
    first_place = models.CharField(max_length=200, blank=True)
    second_place = models.CharField(max_length=200, blank=True)
    origin = models.CharField(
        max_length=4, choices=choices.FlagOrigin.choices, default=choices.FlagOrigin.HAND, editable=False
    )
    facts = models.CharField(max_length=32, blank=True, editable=False)
    dismissed = models.CharField(
        "dismissed because",
        max_length=300,
        blank=True,
        help_text="A reason hides the flag from the public page.",
    )
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    since = models.DateTimeField("found on", null=True, blank=True, editable=False)
    dismissed_on = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TrialRow.Meta):
        abstract = False
        verbose_name = "contradiction or oddity"
        verbose_name_plural = "contradictions and oddities"
        constraints = [
            one_of("severity", choices.Severity, optional=False),
            one_of("origin", choices.FlagOrigin, optional=False),
        ]
        indexes = [
            models.Index(fields=["rule", "severity"], name="flag_rule"),
            models.Index(fields=["id"], name="flag_open", condition=OPEN),
        ]
        permissions = [("dismiss_flag", "Can dismiss what does not fit, with a reason")]

    def __str__(self) -> str:
        return self.sentence[:80]

    @property
    def is_open(self) -> bool:
        return not self.dismissed
