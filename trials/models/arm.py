"""Arms (or cohorts) of a trial."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow


class Arm(TrialRow):
    """A group of participants and what they receive."""

    label = models.CharField(max_length=300)
    type = models.CharField(max_length=20, choices=choices.ArmType.choices, blank=True)
    type_raw = models.CharField("type as written", max_length=80, blank=True)
    description = models.TextField(blank=True)
    our_wording = models.BooleanField("description in our words", default=False)
    origin = models.CharField(max_length=16, choices=choices.Origin.choices, default=choices.Origin.REGISTRY_FIELD)
    interventions = models.ManyToManyField("trials.Intervention", blank=True, related_name="arms")
    participants = models.PositiveIntegerField(null=True, blank=True, help_text="Number of participants in this arm.")
    is_conditional = models.BooleanField("takes place only if a condition is met", default=False)
    condition_note = models.TextField("which condition", blank=True)
    other_treatment = models.TextField(
        "what happens to other treatment",
        blank=True,
        help_text="For example the taper of a concomitant drug.",
    )
    within_patient_control = models.BooleanField("each participant is also their own control", null=True, blank=True)
    control_note = models.CharField("what serves as the control", max_length=300, blank=True)

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("type", choices.ArmType), one_of("origin", choices.Origin, optional=False)]

    def __str__(self) -> str:
        return self.label
