"""People to call about a trial."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow


class Contact(TrialRow):
    """A contact or official as the source publishes it; left out of bulk exports."""

    role = models.CharField(max_length=24, choices=choices.ContactRole.choices, default=choices.ContactRole.CONTACT)
    name = models.CharField(max_length=200, blank=True)
    affiliation = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    phone_ext = models.CharField("extension", max_length=20, blank=True)
    email = models.EmailField(blank=True)
    site = models.ForeignKey("trials.Site", on_delete=models.CASCADE, null=True, blank=True, related_name="contacts")
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
        constraints = [one_of("role", choices.ContactRole, optional=False)]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.affiliation

    def clean(self) -> None:
        self._own_trial_only("site", "registration")
