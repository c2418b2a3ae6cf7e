"""Eligibility criteria as rows of a tree."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import TrialRow, TrialRowQuerySet


class CriterionQuerySet(TrialRowQuerySet):
    def get_by_natural_key(self, trial: str, kind: str, order: int) -> Any:  # type: ignore[override]
        row = self.filter(trial__slug=trial, kind=kind, order=order).order_by("pk").first()
        if row is None:
            raise self.model.DoesNotExist(  # type: ignore[attr-defined]
                f"{trial} has no {kind.lower()} criterion number {order}"
            )
        return row


class Criterion(TrialRow):
    """One criterion. Rows below a parent combine by the parent's `group_rule`; `order` runs through the whole kind."""

    trial = models.ForeignKey("trials.Trial", on_delete=models.CASCADE, related_name="criteria")
    kind = models.CharField(max_length=10, choices=choices.CriterionKind.choices)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    group_rule = models.CharField(
        "rows below combine as",
        max_length=3,
        choices=choices.GroupRule.choices,
        blank=True,
        help_text="Only for a criterion with rows below it.",
    )
    label = models.CharField("mark as printed", max_length=12, blank=True, help_text="For example “a)”.")
    text = models.TextField()
    our_wording = models.BooleanField("text in our words", default=False)
    exception = models.TextField(blank=True, help_text="Who may enter in spite of this criterion.")
    stated_twice = models.BooleanField(default=False, help_text="The source repeats it; it is kept once.")
    remark = models.CharField(
        max_length=300, blank=True, help_text="In our words: a likely typo, a missing time window."
    )

    objects = CriterionQuerySet.as_manager()  # type: ignore[misc]

    class Meta(TrialRow.Meta):
        abstract = False
        ordering = ["-kind", "order", "pk"]  # inclusion before exclusion
        verbose_name_plural = "criteria"
        constraints = [
            one_of("kind", choices.CriterionKind, optional=False),
            one_of("group_rule", choices.GroupRule),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="criterion_text_given",
                violation_error_message="A criterion needs its text.",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="criterion_not_its_own_parent",
                violation_error_message="A criterion cannot stand below itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def natural_key(self) -> tuple[str, str, int]:  # type: ignore[override]
        return (self.trial.slug, self.kind, self.order)

    natural_key.dependencies = ["trials.trial"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        self._own_trial_only("parent")
        if self.parent is not None and self.parent.kind != self.kind:
            raise ValidationError({"parent": "A criterion stands below one of its own kind: inclusion or exclusion."})
        above, seen = self.parent, set()
        while above is not None and above.pk not in seen:
            if self.pk and above.pk == self.pk:
                raise ValidationError({"parent": "A criterion cannot stand below itself."})
            seen.add(above.pk)
            above = above.parent
