"""Publications, links and other trials that a source names."""

from __future__ import annotations

from django.db import models

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import Trial, TrialRow


class Reference(TrialRow):
    """A publication or link."""

    kind = models.CharField(max_length=12, choices=choices.ReferenceKind.choices)
    citation = models.TextField(blank=True)
    pmid = models.CharField("PubMed number", max_length=12, blank=True)
    doi = models.CharField("DOI", max_length=120, blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    label = models.CharField(max_length=300, blank=True)

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("kind", choices.ReferenceKind, optional=False)]

    def __str__(self) -> str:
        return self.citation[:80] or self.label or self.url


class RelatedRecord(TrialRow):
    """Another trial that the source names, whether or not the catalogue holds it."""

    kind = models.CharField(max_length=12, choices=choices.RelatedKind.choices)
    number = models.CharField("registry number", max_length=60)
    title = models.CharField(max_length=600, blank=True)
    status_raw = models.CharField("status as written", max_length=120, blank=True)
    phase_raw = models.CharField("phase as written", max_length=120, blank=True)
    reason = models.CharField("why it is named", max_length=300, blank=True)
    related = models.ForeignKey(
        Trial,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="named_by",
        verbose_name="trial in this catalogue",
    )

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("kind", choices.RelatedKind, optional=False)]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()
