"""The words that facts are read into: each a tree of terms with synonyms and an outside code."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from trials.models import choices
from trials.models.fields import one_of


class CodeSystem(models.TextChoices):
    """Where a term's outside code comes from."""

    MESH = "MESH", "MeSH descriptor"
    MESH_TREE = "MESH_TREE", "MeSH tree number"
    CL = "CL", "Cell Ontology"
    UBERON = "UBERON", "UBERON"
    HGNC = "HGNC", "HGNC gene symbol"


class TermQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)


class Term(models.Model):
    """A word of a vocabulary. `slug` is its public, stable name in addresses."""

    slug = models.SlugField(max_length=80, unique=True, help_text="Stands in addresses; links break when it changes.")
    label = models.CharField(max_length=120, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="The broader term. Choosing that one finds this one too.",
    )
    synonyms = models.JSONField(
        default=list,
        blank=True,
        help_text='Other names, as a list: ["MSC", "mesenchymal stem cell"]. A star stands for any letters: "*leucel".',
    )
    reader_names = models.JSONField(
        "names for the readers alone",
        default=list,
        blank=True,
        help_text="What means the term where a product is told of, though it is no other name of it, as a list. A star "
        "stands for any letters. Search does not know these.",
    )
    exclusions = models.JSONField(
        default=list,
        blank=True,
        help_text='Longer phrases in which a name means something else, as a list: ["stem cell factor"].',
    )
    code_system = models.CharField(max_length=12, choices=CodeSystem.choices, blank=True)
    code = models.CharField(max_length=40, blank=True, help_text="Leave empty unless you are certain of the code.")
    note = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(
        default=0, help_text="Place among its siblings; equal numbers sort by label."
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order", "label"]
        constraints = [
            one_of("code_system", CodeSystem),
            models.CheckConstraint(
                condition=models.Q(code="", code_system="") | (~models.Q(code="") & ~models.Q(code_system="")),
                name="%(class)s_code_and_system_together",
                violation_error_message="A code needs its system, and a system needs a code.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        for name in ("synonyms", "reader_names", "exclusions"):
            words = getattr(self, name)
            if not (isinstance(words, list) and all(isinstance(word, str) and word for word in words)):
                raise ValidationError(
                    {name: f'Write the {name.replace("_", " ")} as a list of texts, for example ["MSC"].'}
                )
        seen = {self.pk} if self.pk else set()
        above = self.parent
        while above is not None:
            if above.pk in seen:
                raise ValidationError(
                    {"parent": f"“{self.parent}” stands below this term, so it cannot be its parent."}
                )
            seen.add(above.pk)
            above = above.parent


class CellType(Term):
    """Kind of living cell that a product consists of."""


class TissueSource(Term):
    """Tissue that the cells were taken from."""


class DonorRelation(Term):
    """Whose cells they are, as seen from the patient."""


class Route(Term):
    """How the cells are given; the two roots say whether they act on the whole body or on a place."""


class Target(Term):
    """What a genetic modification makes the cells recognise."""


class Area(Term):
    """Therapeutic area: a top branch of the MeSH disease tree."""


class Condition(Term):
    """A disease or state. It may belong to several areas, as in MeSH."""

    areas = models.ManyToManyField(Area, blank=True, related_name="conditions")


class ConditionChange(models.Model):
    """That a condition got other names or another code, and the words of trials may not be mapped by them yet.

    Written with the change itself, taken away when all is mapped (`intake/remapping.py`).
    """

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.condition)


class KnownProduct(Term):
    """A cell product known by its name, and what the name alone says. Facts read from it are inferred."""

    cell_types = models.ManyToManyField(CellType, blank=True, related_name="known_products")
    tissues = models.ManyToManyField(TissueSource, blank=True, related_name="known_products")
    donors = models.ManyToManyField(DonorRelation, blank=True, related_name="known_products")
    targets = models.ManyToManyField(Target, blank=True, related_name="known_products")
    modification = models.CharField(max_length=12, choices=choices.Modification.choices, blank=True)

    class Meta(Term.Meta):
        abstract = False
        constraints = [*Term.Meta.constraints, one_of("modification", choices.Modification)]


class CueQuerySet(models.QuerySet):
    def get_by_natural_key(self, kind: str, phrase: str) -> Any:
        return self.get(kind=kind, phrase=phrase)


class Cue(models.Model):
    """A phrase that tells the reader of cell products what the words around it mean."""

    kind = models.CharField(max_length=20, choices=choices.CueKind.choices)
    phrase = models.CharField(max_length=120, help_text="A star at its end or start stands for any letters: “exosom*”.")
    note = models.CharField(max_length=300, blank=True)

    objects = CueQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "phrase"]
        verbose_name = "cue for reading"
        verbose_name_plural = "cues for reading"
        constraints = [
            one_of("kind", choices.CueKind, optional=False),
            models.UniqueConstraint(
                fields=["kind", "phrase"],
                name="cue_once_per_kind",
                violation_error_message="This phrase stands under this kind already.",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase

    def natural_key(self) -> tuple[str, str]:
        return (self.kind, self.phrase)
