"""The form of a trial's own fields."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from trials.admin.forms import CatalogueForm
from trials.admin.publishing import states_from
from trials.admin.rowset import Submitted
from trials.intake import free_slug
from trials.models import FormerSlug
from trials.models.trial import RESERVED_SLUGS, Trial
from trials.records import YEARS_PER_UNIT

_AGES = ("min_age_value", "min_age_unit", "max_age_value", "max_age_unit")
_IN_ORDER = (
    ("start_date", "completion_date", "The completion date is before the start date. Correct one of the two."),
    (
        "start_date",
        "primary_completion_date",
        "The primary completion date is before the start date. Correct one of the two.",
    ),
    (
        "primary_completion_date",
        "completion_date",
        "The completion date is before the primary completion date. Correct one of the two.",
    ),
)

_MESSAGES = {constraint.name: str(constraint.violation_error_message) for constraint in Trial._meta.constraints}


class TrialForm(CatalogueForm):
    """Proposes an address where none is given, and keeps addresses from being used twice.

    `is_publisher`: whether its editor may publish and withdraw; offers only the states that the editor may choose.
    """

    is_publisher = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "state" in self.fields:
            self._offer_states(self.fields["state"])
        if "slug" in self.fields:
            slug = self.fields["slug"]
            slug.required = False
            slug.label = "Address"
            slug.error_messages["unique"] = "Another trial has this address."
            slug.help_text = (
                "The last part of the trial's web address. Leave it empty and the catalogue proposes one: the first "
                "registry number, else words of the title. An address that changes goes on leading here."
            )
        if "title" in self.fields:
            self.fields["title"].error_messages["required"] = _MESSAGES["trial_title_given"]

    def _offer_states(self, field: Any) -> None:
        offered = states_from(self.instance.state, self.is_publisher)
        field.choices = [(state.value, state.label) for state in offered]
        field.help_text = "Only what is published is public."
        if not self.is_publisher:
            field.help_text += " Publishing and withdrawing need a permission that you do not have"
            field.help_text += "; send a draft to review when you are done." if len(offered) > 1 else "."

    def clean_slug(self) -> str:
        slug: str = (self.cleaned_data["slug"] or self.instance.slug).strip().lower()
        if slug in RESERVED_SLUGS:
            raise ValidationError(_MESSAGES["trial_slug_not_reserved"])
        former = FormerSlug.objects.filter(slug=slug)
        if self.instance.pk:
            # An own former address may come back.
            former = former.exclude(trial__isnull=False, trial=self.instance)
        if slug and former.exists():
            raise ValidationError("This address once led to another trial, and addresses are never reused.")
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "slug" in cleaned and not cleaned["slug"]:
            numbers = list(Submitted(self.data, "registrations").values("number"))
            cleaned["slug"] = free_slug(numbers, cleaned.get("title", ""))
        self._refuse_ages_that_cross(cleaned)
        self._refuse_ends_before_the_start(cleaned)
        return cleaned

    def _refuse_ages_that_cross(self, cleaned: dict[str, Any]) -> None:
        """Of what an editor types. Registries do contradict themselves, and what they say must not stop an editor."""
        if not set(_AGES) & set(self.changed_data):
            return
        low, high = (_years(cleaned, end) for end in ("min", "max"))
        if low is not None and high is not None and low > high:
            message = "The minimum age is above the maximum age. Correct one of the two."
            self.add_error("min_age_value", message)

    def _refuse_ends_before_the_start(self, cleaned: dict[str, Any]) -> None:
        """Also only of what an editor types. Dates of which a day or month is open are given the benefit of doubt."""
        for first, last, message in _IN_ORDER:
            start, end = cleaned.get(first), cleaned.get(last)
            if {first, last} & set(self.changed_data) and start and end and start.first_day > end.last_day:
                self.add_error(last, message)


def _years(cleaned: dict[str, Any], end: str) -> float | None:
    """The age at one end (`min`, `max`) in years; None where value or unit is missing."""
    value, unit = cleaned.get(f"{end}_age_value"), cleaned.get(f"{end}_age_unit")
    return value * YEARS_PER_UNIT[unit] if value is not None and unit else None
