"""What a plan says beside the cells: conditioning, taper, comparator, sentinel rule …"""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.finding import Fact, Finding
from trials.models.trial import TrialRow


class PlanNote(TrialRow, Fact):
    """One such thing, of an arm or of the whole trial. `text` is short: “fludarabine, cyclophosphamide”, “2 years”."""

    kind = models.CharField(max_length=20, choices=choices.PlanKind.choices)
    arm = models.ForeignKey("trials.Arm", on_delete=models.SET_NULL, null=True, blank=True, related_name="plan_notes")
    text = models.CharField(max_length=300, blank=True)

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = Fact.Meta.indexes
        constraints = [*Finding.Meta.constraints, one_of("kind", choices.PlanKind, optional=False)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}" if self.text else self.get_kind_display()

    def clean(self) -> None:
        self._own_trial_only("arm", "registration")
