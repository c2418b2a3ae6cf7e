"""The living cells that are given, and how."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.finding import Fact, Finding
from trials.models.trial import TrialRow


class CellProduct(TrialRow, Fact):
    """A product of living cells. An attribute holds several terms where sources disagree; the statements say who."""

    trial = models.ForeignKey("trials.Trial", on_delete=models.CASCADE, related_name="products")
    name = models.CharField(max_length=300, help_text="As the source names it.")
    intervention = models.ForeignKey(
        "trials.Intervention",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="products",
        help_text="The registry's intervention that this product is.",
    )
    cell_types = models.ManyToManyField("trials.CellType", blank=True, related_name="products")
    tissues = models.ManyToManyField("trials.TissueSource", blank=True, related_name="products")
    donors = models.ManyToManyField("trials.DonorRelation", blank=True, related_name="products")
    targets = models.ManyToManyField("trials.Target", blank=True, related_name="products")
    modification = models.CharField(max_length=12, choices=choices.Modification.choices, blank=True)
    modification_note = models.CharField(max_length=300, blank=True, help_text="Vector, generation, co-stimulation.")
    generation = models.PositiveSmallIntegerField(
        "generation of the receptor", null=True, blank=True, help_text="1 to 5, where the source states it."
    )
    vector = models.CharField(max_length=120, blank=True, help_text="What carries the gene, as written.")
    expanded = models.BooleanField("cultured or expanded", null=True, blank=True)
    preservation = models.CharField("fresh or frozen", max_length=8, choices=choices.Preservation.choices, blank=True)
    culture_passage = models.CharField(
        "passage in culture", max_length=80, blank=True, help_text="As written: “passage 3 to 5”."
    )
    processing_note = models.TextField("what else is stated of its making", blank=True)

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = Fact.Meta.indexes
        verbose_name = "cell product"
        constraints = [
            *Finding.Meta.constraints,
            one_of("modification", choices.Modification),
            one_of("preservation", choices.Preservation),
            models.CheckConstraint(
                condition=models.Q(generation__isnull=True) | models.Q(generation__gte=1, generation__lte=5),
                name="cellproduct_generation_1_to_5",
                violation_error_message="Receptors have generations 1 to 5.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self._own_trial_only("intervention", "registration")
