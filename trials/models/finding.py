"""Where a fact stands and how sure it is; and what each source states of a field."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from trials.models import choices
from trials.models.fields import Today, one_of
from trials.models.rules import Checked
from trials.models.trial import Trial, TrialRow

# What a statement or an absence may be about, beside the trial's own columns: ages as one value, whole lists,
# and the attributes of a product or a dose.
AGES = ("min_age", "max_age")
LISTS = (
    "conditions",
    "areas",
    "arms",
    "interventions",
    "inclusion_criteria",
    "exclusion_criteria",
    "primary_outcomes",
    "secondary_outcomes",
    "other_outcomes",
    "sites",
    "contacts",
    "sponsorships",
    "references",
    "related_records",
    "identifiers",
    "products",
    "doses",
    "plannotes",
)
PRODUCT_ATTRIBUTES = (
    "cell_types",
    "tissues",
    "donors",
    "targets",
    "modification",
    "modification_note",
    "generation",
    "vector",
    "expanded",
    "preservation",
    "culture_passage",
    "processing_note",
)
DOSE_ATTRIBUTES = ("amount", "route", "administrations", "days", "interval")
# What all rows of a list may lack: the names and statuses of sites, the kinds of treatments and of sponsors.
COLUMNS_OF_LISTS = ("facilities", "site_statuses", "intervention_types", "agency_classes")


def check_field_name(name: str) -> None:
    """Refuses a name that is no field, list or attribute, so that no evidence hangs in the air."""
    columns = [field.name for field in Trial._meta.concrete_fields]
    known = [*AGES, *LISTS, *PRODUCT_ATTRIBUTES, *DOSE_ATTRIBUTES, *COLUMNS_OF_LISTS, *columns]
    if name not in known:
        raise ValidationError({"field": f"“{name}” is no field of a trial. Known: {', '.join(sorted(known))}."})


class Finding(Checked):
    """Evidence for a fact: which document, where in it, and whether it is stated, inferred or conflicting.

    `passage` holds the source's own words and nothing else; our words go to `remark`, which is never shown
    as a quotation. `span_start`..`span_end` are character offsets of the passage in `source_field`.
    """

    origin = models.CharField(max_length=16, choices=choices.Origin.choices, default=choices.Origin.EDITOR)
    evidence_state = models.CharField(
        "how sure", max_length=12, choices=choices.FindingState.choices, default=choices.FindingState.STATED
    )
    registration = models.ForeignKey(
        "trials.Registration",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document",
        help_text="The registration or copy that says so.",
    )
    source_field = models.CharField(
        "where in the document",
        max_length=200,
        blank=True,
        help_text="Its field or heading, for example “Exclusion Criteria”.",
    )
    passage = models.TextField(
        blank=True, help_text="The source's own words, exactly. Leave empty if they are not kept."
    )
    span_start = models.PositiveIntegerField(null=True, blank=True)
    span_end = models.PositiveIntegerField(null=True, blank=True)
    remark = models.TextField(blank=True, help_text="In our words: why it was read so.")
    # Not indexed: next to nobody has reviewed next to nothing, and SQLite would look for that first.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            one_of("origin", choices.Origin, optional=False),
            one_of("evidence_state", choices.FindingState, optional=False),
            models.CheckConstraint(
                condition=models.Q(span_start__isnull=True, span_end__isnull=True)
                | models.Q(span_start__isnull=False, span_end__isnull=False, span_end__gte=models.F("span_start")),
                name="%(class)s_span_runs_forward",
                violation_error_message="The passage must end after it starts.",
            ),
        ]


# What no editor made and nobody has looked at yet.
UNREVIEWED = ~models.Q(origin=choices.Origin.EDITOR) & models.Q(reviewed_on=None, reviewed_by=None)
IN_CONFLICT = models.Q(evidence_state=choices.FindingState.CONFLICTING)


class Fact(Finding):
    """A finding that an editor accepts, corrects or rejects as a whole."""

    found_on = models.DateField("in the catalogue since", db_default=Today(), editable=False)

    class Meta(Finding.Meta):
        abstract = True
        # What waits for an editor, the longest first and trial by trial (`admin/desk/kinds.py`).
        indexes = [
            models.Index(
                fields=["found_on", "trial", "id"], name="%(class)s_to_review", condition=UNREVIEWED & ~IN_CONFLICT
            ),
            models.Index(
                fields=["found_on", "trial", "id"], name="%(class)s_in_conflict", condition=UNREVIEWED & IN_CONFLICT
            ),
        ]


class Statement(TrialRow, Finding):
    """What one document states of one field of the trial, or of one of its products, doses or arms.

    A field with no statement comes from the trial's lead registration. Several statements of one field with
    different values are a conflict that stays visible.
    """

    field = models.CharField(
        max_length=60,
        help_text="The field's name, for example “status”, “min_age” or “donors”; or a list's, for example “sites”.",
    )
    value = models.CharField(max_length=300, help_text="The value as this document states it.")
    product = models.ForeignKey(
        "trials.CellProduct", on_delete=models.CASCADE, null=True, blank=True, related_name="statements"
    )
    dose = models.ForeignKey("trials.Dose", on_delete=models.CASCADE, null=True, blank=True, related_name="statements")
    # A registry that takes an arm back takes no editor's statement with it.
    arm = models.ForeignKey("trials.Arm", on_delete=models.SET_NULL, null=True, blank=True, related_name="statements")

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = Finding.Meta.constraints

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"

    @property
    def words(self) -> str:
        """The field as people read it, and the value: `Cell types: T cell`."""
        return f"{self.field.replace('_', ' ').capitalize()}: {self.value}"

    def clean(self) -> None:
        check_field_name(self.field)
        self._own_trial_only("product", "dose", "arm", "registration")


class Absence(TrialRow):
    """Why a field or list of the trial has no value."""

    trial = models.ForeignKey("trials.Trial", on_delete=models.CASCADE, related_name="absences")
    field = models.CharField(max_length=60, help_text="The field or list that is empty, for example “sites”.")
    reason = models.CharField(max_length=10, choices=choices.AbsenceReason.choices)
    remark = models.CharField(max_length=300, blank=True, help_text="In our words: what the source shows in its place.")

    class Meta(TrialRow.Meta):
        abstract = False
        verbose_name = "missing value"
        constraints = [
            one_of("reason", choices.AbsenceReason, optional=False),
            models.UniqueConstraint(
                fields=["trial", "field"],
                name="absence_one_reason_per_field",
                violation_error_message="This field already has a reason for being empty.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_reason_display()}"

    def clean(self) -> None:
        check_field_name(self.field)
