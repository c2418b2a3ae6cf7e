"""How a product is given to an arm: route, and the dose where one is stated."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.finding import Fact, Finding
from trials.models.trial import TrialRow


class Dose(TrialRow, Fact):
    """One step of a product's plan: amount per administration, how often, by which route, for which arm.

    `amount_low`..`amount_high` are cells per administration counted per `basis` (cells, cells per kg …);
    both empty means that no dose is stated. `days` are trial days as the source counts them.
    """

    arm = models.ForeignKey("trials.Arm", on_delete=models.SET_NULL, null=True, blank=True, related_name="doses")
    product = models.ForeignKey(
        "trials.CellProduct", on_delete=models.CASCADE, null=True, blank=True, related_name="doses"
    )
    label = models.CharField("step or cohort", max_length=200, blank=True)
    route = models.ForeignKey("trials.Route", on_delete=models.PROTECT, null=True, blank=True, related_name="doses")
    body_site = models.CharField("place in the body", max_length=200, blank=True)
    amount_low = models.DecimalField(max_digits=20, decimal_places=3, null=True, blank=True)
    amount_high = models.DecimalField(
        max_digits=20, decimal_places=3, null=True, blank=True, help_text="Only for a range."
    )
    basis = models.CharField(max_length=8, choices=choices.DoseBasis.choices, blank=True)
    as_written = models.CharField("dose as written", max_length=200, blank=True)
    administrations = models.PositiveSmallIntegerField("number of administrations", null=True, blank=True)
    days = models.JSONField(default=list, blank=True, help_text="Trial days, as a list: [1, 8, 15].")
    interval_low = models.FloatField("interval, from", null=True, blank=True)
    interval_high = models.FloatField("interval, to", null=True, blank=True)
    interval_unit = models.CharField(max_length=8, choices=choices.IntervalUnit.choices, blank=True)
    participants = models.PositiveIntegerField(null=True, blank=True)
    is_conditional = models.BooleanField("given only if a condition is met", default=False)
    condition_note = models.TextField("which condition", blank=True)

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = Fact.Meta.indexes
        constraints = [
            *Finding.Meta.constraints,
            one_of("basis", choices.DoseBasis),
            one_of("interval_unit", choices.IntervalUnit),
            models.CheckConstraint(
                condition=models.Q(amount_low__isnull=True, amount_high__isnull=True, basis="")
                | (models.Q(amount_low__isnull=False, amount_low__gt=0) & ~models.Q(basis="")),
                name="dose_amount_has_a_basis",
                violation_error_message="A dose needs a number above 0 and what it is counted per, or neither.",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_high__isnull=True) | models.Q(amount_high__gte=models.F("amount_low")),
                name="dose_range_runs_upward",
                violation_error_message="The upper end of the dose cannot be below the lower end.",
            ),
            models.CheckConstraint(
                condition=models.Q(interval_low__isnull=True, interval_high__isnull=True, interval_unit="")
                | (models.Q(interval_low__isnull=False, interval_low__gte=0) & ~models.Q(interval_unit="")),
                name="dose_interval_has_a_unit",
                violation_error_message="An interval needs a number and a unit, or neither.",
            ),
            models.CheckConstraint(
                condition=models.Q(administrations__isnull=True) | models.Q(administrations__gte=1),
                name="dose_given_at_least_once",
                violation_error_message="A dose is given at least once. Leave the number empty if it is not stated.",
            ),
            models.CheckConstraint(
                condition=models.Q(interval_high__isnull=True) | models.Q(interval_high__gte=models.F("interval_low")),
                name="dose_interval_runs_upward",
                violation_error_message="The upper end of the interval cannot be below the lower end.",
            ),
        ]

    def __str__(self) -> str:
        parts = [self.label, self.as_written, str(self.route) if self.route else ""]
        return ", ".join(part for part in parts if part) or "dose not stated"

    def clean(self) -> None:
        self._own_trial_only("arm", "product", "registration")

    @property
    def is_stated(self) -> bool:
        return self.amount_low is not None

    @property
    def cumulative_low(self) -> Decimal | None:
        """Cells over all administrations, in the dose's own basis; None where either part is not stated."""
        if self.amount_low is None or self.administrations is None:
            return None
        return self.amount_low * self.administrations
