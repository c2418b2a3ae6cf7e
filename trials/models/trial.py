"""The trial itself: one row per trial, however many registrations it has."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Subquery
from django.db.models.functions import Coalesce, Now, Upper
from django.db.models.lookups import Exact
from django.urls import reverse

from trials.models import choices
from trials.models.fields import PartialDateField, Unindexed, age_in_years, one_of, partial_date_length
from trials.models.rules import Checked

RESERVED_SLUGS = ("facets", "suggest", "export")

# Text fields of a trial that may hold the catalogue's own wording instead of the source's.
WORDED_FIELDS = (
    "title",
    "official_title",
    "brief_summary",
    "detailed_description",
    "objectives",
    "safety_rules",
    "cohort_plan",
    "design_note",
    "enrollment_note",
    "why_stopped",
)


# Other numbers of a trial that are unique because a registry issued them.
REGISTRY_NUMBER_KINDS = (
    choices.IdentifierKind.EUDRACT_NUMBER,
    choices.IdentifierKind.CTIS,
    choices.IdentifierKind.REGISTRY,
)

_SLUG = re.compile(r"[-a-z0-9_]{1,100}")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
_US_NUMBER = re.compile(r"NCT[-:.]*(?:NO)?[-:.]*([0-9]{8})")
_EU_NUMBER = re.compile(
    r"(?:(?:CTIS|EUCTR|EUCT|EUDRACT)[-:.]*(?:NUMBER|NO)?[-:.]*)?"
    r"([0-9]{4}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?)(?:-[A-Z]{2})?"
)


def numbers_meant(text: str) -> tuple[str, ...]:
    """The registry numbers, in capitals, that somebody who writes `text` may mean; none for what cannot be one.

    “NCT 04034316” means NCT04034316; “CTIS2023-508432-53-00”, “EUCTR2019-003906-28” and “eudract no. 2019-003906-28-FR”
    mean the bare European number, with or without the register's letters before it.
    """
    plain = _DASHES.sub("-", "".join(text.split())).upper() if len(text) <= 200 else ""
    if not (5 <= len(plain) <= 60 and plain.isascii() and plain.isprintable()):
        return ()
    if us := _US_NUMBER.fullmatch(plain):
        return (f"NCT{us[1]}",)
    if eu := _EU_NUMBER.fullmatch(plain):
        return tuple(dict.fromkeys((eu[1], f"CTIS{eu[1]}", f"EUCTR{eu[1]}", plain)))
    return (plain,)


# Lets a look-up ask for text in capitals, which is how the index on registry numbers holds them.
models.CharField.register_lookup(Upper)


def slug_numbered(text: str) -> Coalesce | None:
    """What to ask, inside another query, for the address of the public trial that `numbered` finds; None for a text
    that is no number."""
    numbers = numbers_meant(text)
    if not numbers:
        return None
    trials = Trial.objects.public().order_by("pk")
    return Coalesce(
        Subquery(trials.filter(registrations__number__upper__in=numbers).values("slug")[:1]),
        Subquery(trials.filter(_other_numbers(numbers)).values("slug")[:1]),
    )


def _other_numbers(numbers: tuple[str, ...]) -> models.Q:
    return models.Q(identifiers__value__upper__in=numbers, identifiers__kind__in=REGISTRY_NUMBER_KINDS)


def is_public(trial: str = "") -> Exact:
    """The condition, for `filter` alone, that everybody may see a trial; `trial` names the column that leads to it."""
    column = f"{trial}__state" if trial else "state"
    return Exact(Unindexed(models.F(column)), models.Value(choices.State.PUBLISHED.value))


class TrialQuerySet(models.QuerySet["Trial"]):
    def get_by_natural_key(self, slug: str) -> Trial:
        return self.get(slug=slug)

    def public(self) -> TrialQuerySet:
        """The trials that everybody may see. Every public path starts here."""
        return self.filter(is_public())

    def addressed(self, text: str) -> Trial | None:
        """The trial that has, or once had, this address, in any case."""
        slug = text.lower()
        if not _SLUG.fullmatch(slug):
            return None
        return self.filter(slug=slug).first() or self.filter(former_slugs__slug=slug).first()

    def numbered(self, text: str) -> Trial | None:
        """The trial with this registry number, in any case and as people write it (see `numbers_meant`).

        A sponsor's own study number finds nothing: two sponsors may use the same one.
        """
        numbers = numbers_meant(text)
        if not numbers:
            return None
        trials = self.order_by("pk")
        return (
            trials.filter(registrations__number__upper__in=numbers).first()
            or trials.filter(_other_numbers(numbers)).first()
        )

    def named(self, text: str) -> Trial | None:
        """The trial with this address or registry number, or nothing."""
        return self.addressed(text) or self.numbered(text)


class Trial(Checked):
    """A clinical trial with living cells.

    Fields without a note are named after ClinicalTrials.gov's. `*_raw` keeps the registry's own word.
    """

    slug = models.SlugField(max_length=100, unique=True, help_text="Stands in the trial's address; never reused.")
    state = models.CharField(max_length=10, choices=choices.State.choices, default=choices.State.DRAFT)

    title = models.CharField(max_length=600, help_text="The public title as the source writes it.")
    official_title = models.TextField(blank=True)
    display_title = models.CharField(
        max_length=600, blank=True, help_text="An easier title in our words, shown above the source's own."
    )
    acronym = models.CharField(max_length=60, blank=True)
    keywords = models.JSONField(default=list, blank=True, help_text="The source's keywords, as a list of texts.")
    our_wording = models.JSONField(
        default=list,
        blank=True,
        help_text='Names of the text fields here that are in our words, for example ["brief_summary"].',
    )

    status = models.CharField(max_length=30, choices=choices.Status.choices, blank=True)
    status_raw = models.CharField("status as written", max_length=120, blank=True)
    status_verified = PartialDateField("status last verified")
    last_known_status = models.CharField(max_length=30, choices=choices.Status.choices, blank=True)
    why_stopped = models.TextField(blank=True)

    phase = models.CharField(max_length=20, choices=choices.Phase.choices, blank=True)
    phase_raw = models.CharField("phase as written", max_length=120, blank=True)
    study_type = models.CharField(max_length=20, choices=choices.StudyType.choices, blank=True)
    study_type_raw = models.CharField("study type as written", max_length=120, blank=True)

    start_date = PartialDateField()
    start_date_type = models.CharField(max_length=10, choices=choices.DateType.choices, blank=True)
    primary_completion_date = PartialDateField()
    primary_completion_date_type = models.CharField(max_length=10, choices=choices.DateType.choices, blank=True)
    completion_date = PartialDateField()
    completion_date_type = models.CharField(max_length=10, choices=choices.DateType.choices, blank=True)
    first_posted = PartialDateField("first posted")
    last_update_posted = PartialDateField("last update posted")
    has_results = models.BooleanField(null=True, blank=True)

    enrollment_count = models.PositiveIntegerField("enrolment", null=True, blank=True)
    enrollment_type = models.CharField("enrolment type", max_length=10, choices=choices.DateType.choices, blank=True)
    enrollment_conditional_max = models.PositiveIntegerField(
        "enrolment if a condition is met",
        null=True,
        blank=True,
        help_text="The most participants if a later part takes place; never the planned number.",
    )
    enrollment_note = models.TextField("note on enrolment", blank=True)

    sex = models.CharField(max_length=10, choices=choices.Sex.choices, blank=True)
    gender_based = models.BooleanField(null=True, blank=True)
    gender_description = models.TextField(blank=True)
    healthy_volunteers = models.BooleanField(null=True, blank=True)
    min_age_value = models.FloatField("minimum age", null=True, blank=True)
    min_age_unit = models.CharField("unit of minimum age", max_length=8, choices=choices.AgeUnit.choices, blank=True)
    max_age_value = models.FloatField("maximum age", null=True, blank=True)
    max_age_unit = models.CharField("unit of maximum age", max_length=8, choices=choices.AgeUnit.choices, blank=True)
    min_age_years = age_in_years("min_age_value", "min_age_unit")
    max_age_years = age_in_years("max_age_value", "max_age_unit")

    primary_purpose = models.CharField(max_length=30, choices=choices.PrimaryPurpose.choices, blank=True)
    allocation = models.CharField(max_length=20, choices=choices.Allocation.choices, blank=True)
    intervention_model = models.CharField(max_length=20, choices=choices.InterventionModel.choices, blank=True)
    intervention_model_description = models.TextField(blank=True)
    masking = models.CharField(max_length=10, choices=choices.Masking.choices, blank=True)
    masking_description = models.TextField(blank=True)
    who_masked = models.JSONField(default=list, blank=True, help_text='As a list, for example ["PARTICIPANT"].')
    centres = models.CharField(max_length=8, choices=choices.Centres.choices, blank=True)
    site_count = models.PositiveIntegerField(
        "number of sites as stated",
        null=True,
        blank=True,
        help_text="Where the source gives a number without the sites.",
    )
    design_note = models.TextField(
        "what else the source says of the design", blank=True, help_text="Parts, stopping rules, hypotheses."
    )

    brief_summary = models.TextField(blank=True)
    detailed_description = models.TextField(blank=True)
    objectives = models.TextField(blank=True)
    safety_rules = models.TextField(blank=True, help_text="Dose-limiting toxicity, sentinel participants, halts.")
    cohort_plan = models.TextField(blank=True)

    has_dmc = models.BooleanField("has a data monitoring committee", null=True, blank=True)
    is_fda_regulated_drug = models.BooleanField("regulated by the FDA as a drug", null=True, blank=True)
    is_fda_regulated_device = models.BooleanField("regulated by the FDA as a device", null=True, blank=True)
    ipd_sharing = models.CharField(
        "sharing of participant data",
        max_length=10,
        blank=True,
        choices=[("YES", "Yes"), ("NO", "No"), ("UNDECIDED", "Undecided")],
    )

    # The database's own default serves `loaddata`, which skips what fields do before saving.
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Grows with every change: a form can tell whether it is out of date."
    )
    created = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated = models.DateTimeField(auto_now=True, db_default=Now())

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        permissions = [("publish_trial", "Can publish and withdraw trials")]
        indexes = [
            models.Index(fields=["first_posted"], name="trial_first_posted"),
            # What editors' lists are narrowed by and put in order.
            models.Index(fields=["state", "updated", "id"], name="trial_state"),
            models.Index(fields=["status", "updated", "id"], name="trial_status"),
            models.Index(fields=["phase", "updated", "id"], name="trial_phase"),
            models.Index(fields=["updated", "id"], name="trial_updated"),
            models.Index(fields=["title", "id"], name="trial_title"),
            models.Index(fields=["study_type"], name="trial_study_type"),
        ]
        constraints = [
            one_of("state", choices.State, optional=False),
            one_of("status", choices.Status),
            one_of("last_known_status", choices.Status),
            one_of("phase", choices.Phase),
            one_of("study_type", choices.StudyType),
            one_of("sex", choices.Sex),
            one_of("enrollment_type", choices.DateType),
            one_of("start_date_type", choices.DateType),
            one_of("primary_completion_date_type", choices.DateType),
            one_of("completion_date_type", choices.DateType),
            one_of("primary_purpose", choices.PrimaryPurpose),
            one_of("allocation", choices.Allocation),
            one_of("intervention_model", choices.InterventionModel),
            one_of("masking", choices.Masking),
            partial_date_length("start_date"),
            partial_date_length("primary_completion_date"),
            partial_date_length("completion_date"),
            partial_date_length("status_verified"),
            partial_date_length("first_posted"),
            partial_date_length("last_update_posted"),
            models.CheckConstraint(
                condition=~models.Q(slug="") & ~models.Q(slug__in=RESERVED_SLUGS),
                name="trial_slug_not_reserved",
                violation_error_message="This address is reserved: facets, suggest and export are pages of their own.",
            ),
            models.CheckConstraint(
                condition=~models.Q(title=""),
                name="trial_title_given",
                violation_error_message="A trial needs a title. If the source gives none, write a working title and "
                "name “title” under “our wording”.",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{end}_age_value__isnull": True, f"{end}_age_unit": ""})
                    | (
                        models.Q(**{f"{end}_age_value__isnull": False, f"{end}_age_value__gte": 0})
                        & models.Q(**{f"{end}_age_unit__in": choices.AgeUnit.values})
                    ),
                    name=f"trial_{end}_age_has_a_unit",
                    violation_error_message=f"The {end}imum age needs a number from 0 up and a unit, or neither.",
                )
                for end in ("min", "max")
            ),
            models.CheckConstraint(
                condition=models.Q(enrollment_conditional_max__isnull=True)
                | models.Q(enrollment_count__isnull=True)
                | models.Q(enrollment_conditional_max__gte=models.F("enrollment_count")),
                name="trial_conditional_enrolment_not_below_planned",
                violation_error_message="The conditional maximum cannot be below the planned enrolment.",
            ),
        ]

    def __str__(self) -> str:
        name = self.acronym or self.display_title or self.title
        return f"{self.slug}: {name[:80]}"

    def get_absolute_url(self) -> str:
        return reverse("trial", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        problems: dict[str, str] = {}
        unknown = [name for name in self.our_wording if name not in WORDED_FIELDS]
        if unknown:
            problems["our_wording"] = f"{unknown[0]} is not one of: {', '.join(WORDED_FIELDS)}."
        strangers = [who for who in self.who_masked if who not in choices.WhoMasked.values]
        if strangers:
            problems["who_masked"] = f"{strangers[0]} is not one of: {', '.join(choices.WhoMasked.values)}."
        if problems:
            raise ValidationError(problems)

    @property
    def is_our_title(self) -> bool:
        """Whether the title is a working title of ours because the source gave none."""
        return "title" in self.our_wording


class FormerSlug(models.Model):
    """An address that a trial once had. It leads there, and is kept when the trial goes: no address is reused."""

    slug = models.SlugField(max_length=100, unique=True)
    trial = models.ForeignKey(Trial, on_delete=models.SET_NULL, null=True, blank=True, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class TrialRowQuerySet(models.QuerySet):
    def get_by_natural_key(self, trial: str, order: int) -> Any:
        """The row in that place of the trial's list (the oldest, should two claim the place)."""
        row = self.filter(trial__slug=trial, order=order).order_by("pk").first()
        if row is None:
            raise self.model.DoesNotExist(  # type: ignore[attr-defined]
                f"{trial} has no {self.model._meta.verbose_name} number {order}"
            )
        return row


class TrialRow(Checked):
    """A row of one of a trial's lists. `order` counts from 1 within the trial and list."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="%(class)ss")
    order = models.PositiveIntegerField(default=0, help_text="Place in the list, from 1. Rows with 0 come first.")

    objects = TrialRowQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def natural_key(self) -> tuple[str, int]:
        return (self.trial.slug, self.order)

    natural_key.dependencies = ["trials.trial"]  # type: ignore[attr-defined]

    def _own_trial_only(self, *names: str) -> None:
        """Refuses a link to a row of another trial, which a form alone cannot rule out."""
        for name in names:
            linked = getattr(self, name)
            if linked is not None and linked.trial_id != self.trial_id:
                raise ValidationError({name: f"“{linked}” belongs to another trial."})


class TrialCondition(TrialRow):
    """A condition in the source's words, mapped to a term where one fits."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="conditions")
    wording = models.CharField("as the source writes it", max_length=300)
    from_mesh = models.BooleanField(
        "added by the registry",
        default=False,
        help_text="A MeSH term that the registry derived, not the sponsor's word.",
    )
    condition = models.ForeignKey(
        "trials.Condition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trial_conditions",
        help_text="Leave empty when no term fits: the words stay, and stand on the list of unmapped words.",
    )

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["wording", "trial"], name="trialcondition_unmapped", condition=models.Q(condition=None)
            )
        ]
        verbose_name = "condition of a trial"
        verbose_name_plural = "conditions of a trial"

    def __str__(self) -> str:
        return self.wording


class TrialArea(TrialRow):
    """A therapeutic area that the source itself states, with its code."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="areas")
    wording = models.CharField("as the source writes it", max_length=300)
    area = models.ForeignKey("trials.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="trial_areas")

    class Meta(TrialRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["wording", "id"], name="trialarea_unmapped", condition=models.Q(area=None))]
        verbose_name = "therapeutic area stated by the source"
        verbose_name_plural = "therapeutic areas stated by the source"

    def __str__(self) -> str:
        return self.wording
