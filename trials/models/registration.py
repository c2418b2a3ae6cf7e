"""One trial, many registrations: what each document says, and every number the trial is known by."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Upper

from trials.models import choices
from trials.models.fields import PartialDateField, one_of, partial_date_length
from trials.models.trial import TrialRow


class Registration(TrialRow):
    """A registry's record of the trial, or a copy of that record on another site.

    `publisher` is empty for the registry itself. `number` is empty where the document names none.
    `says` holds what this document says of fields that registrations disagree on, as {field: value}.
    `title_key` and `official_title_key` are equal where two records bear the same telling title, see `intake.titles`.
    """

    registry = models.CharField(max_length=8, choices=choices.Registry.choices, blank=True)
    number = models.CharField("registry number", max_length=60, blank=True)
    number_raw = models.CharField("number as written", max_length=80, blank=True)
    publisher = models.CharField(
        "published by",
        max_length=120,
        blank=True,
        help_text="The site that shows this copy; empty for the registry itself.",
    )
    document = models.CharField(
        max_length=200,
        help_text="How evidence names this document, for example “MedPath page”.",
    )
    url = models.URLField("address", max_length=500, blank=True)
    is_lead = models.BooleanField(
        "leads the trial",
        default=False,
        help_text="Values without a statement of their own come from this document.",
    )
    says = models.JSONField(default=dict, blank=True, help_text='For example {"phase": "Phase 2"}.')
    title_key = models.CharField(max_length=16, blank=True, editable=False)
    official_title_key = models.CharField(max_length=16, blank=True, editable=False)
    updated = PartialDateField("last updated there")
    fetched = PartialDateField("copied on")
    fetched_note = models.CharField("note on the copy", max_length=300, blank=True)
    note = models.TextField(blank=True, help_text="In our words.")

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [
            one_of("registry", choices.Registry),
            partial_date_length("updated"),
            partial_date_length("fetched"),
            models.UniqueConstraint(
                fields=["registry", "number", "publisher"],
                condition=~models.Q(number=""),
                name="registration_number_once_per_publisher",
                violation_error_message="This number is already registered in the catalogue.",
            ),
            models.UniqueConstraint(
                fields=["trial"],
                condition=models.Q(is_lead=True),
                name="registration_one_lead_per_trial",
                violation_error_message="Another document already leads this trial.",
            ),
            models.CheckConstraint(
                condition=models.Q(number="") | ~models.Q(registry=""),
                name="registration_number_has_a_registry",
                violation_error_message="Say which registry the number belongs to.",
            ),
        ]
        indexes = [
            # Numbers are looked up in any case.
            models.Index(Upper("number"), name="registration_number"),
            models.Index(fields=["updated"], name="registration_updated"),
            models.Index(fields=["fetched"], name="registration_fetched"),
            models.Index("title_key", name="registration_title", condition=~models.Q(title_key="")),
            models.Index(
                "official_title_key", name="registration_official", condition=~models.Q(official_title_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.document


class Identifier(TrialRow):
    """Any other number of the trial: the sponsor's own, EudraCT, grants."""

    kind = models.CharField(max_length=16, choices=choices.IdentifierKind.choices)
    value = models.CharField(max_length=120)
    domain = models.CharField("issued by", max_length=200, blank=True)
    registration = models.ForeignKey(
        Registration,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document",
        help_text="The registration or copy that says so.",
    )

    class Meta(TrialRow.Meta):
        abstract = False
        constraints = [one_of("kind", choices.IdentifierKind, optional=False)]
        indexes = [models.Index(Upper("value"), name="identifier_value")]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        self._own_trial_only("registration")
