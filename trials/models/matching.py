"""Which registrations are one trial: the numbers that records name, and what editors decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trials.models import choices
from trials.models.fields import Today, one_of


class Claim(models.Model):
    """A record of one registry names a trial number of another: by its own word they are the same trial."""

    registration = models.ForeignKey("trials.Registration", on_delete=models.CASCADE, related_name="claims")
    registry = models.CharField(max_length=8, choices=choices.Registry.choices)
    number = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "registry", "number"], name="claim_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registration} names {self.number}"


class MatchDecision(models.Model):
    """An editor's word on two numbers: the same trial, or not. It outweighs what the records say."""

    first = models.CharField("number", max_length=60)
    second = models.CharField("other number", max_length=60)
    same = models.BooleanField("the same trial")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="matchdecision_once_per_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="matchdecision_in_order",
                violation_error_message="Write the number that comes first in the alphabet first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} {'is' if self.same else 'is not'} {self.second}"


class MatchSuggestion(models.Model):
    """Two registrations that may be one trial; an editor confirms or declines."""

    first = models.ForeignKey("trials.Registration", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("trials.Registration", on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=12, choices=choices.MatchReason.choices)
    since = models.DateField(db_default=Today(), editable=False)

    class Meta:
        constraints = [
            one_of("why", choices.MatchReason, optional=False),
            models.UniqueConstraint(fields=["first", "second", "why"], name="matchsuggestion_once"),
        ]
        indexes = [models.Index(fields=["since", "id"], name="matchsuggestion_waiting")]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}: {self.get_why_display()}"
