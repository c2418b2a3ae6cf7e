"""Sponsors, funders and other organisations."""

from __future__ import annotations

from typing import Any

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow


class OrganisationQuerySet(models.QuerySet):
    def get_by_natural_key(self, name: str) -> Any:
        return self.get(name=name)


class Organisation(models.Model):
    """An organisation under the name that sources use."""

    name = models.CharField(max_length=300, unique=True)
    agency_class = models.CharField("kind", max_length=10, choices=choices.AgencyClass.choices, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [one_of("agency_class", choices.AgencyClass)]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class FormerName(models.Model):
    """A name that an organisation bore until an editor gave it another. Records that use it go on meaning it."""

    name = models.CharField(max_length=300, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="former_names")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Sponsorship(TrialRow):
    """The part an organisation plays in a trial, as one source names it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sponsorships")
    role = models.CharField(max_length=16, choices=choices.SponsorRole.choices)
    wording = models.CharField("what the source calls it", max_length=120, blank=True)
    registration = models.ForeignKey(
        "trials.Registration",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document",
        help_text="The registration or copy that says so.",
    )

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("role", choices.SponsorRole, optional=False)]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.organisation}"

    def clean(self) -> None:
        self._own_trial_only("registration")
