"""The form of a trial's own fields."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from trials.admin.forms import CatalogueForm
from trials.admin.rowset import Submitted
from trials.intake import free_slug
from trials.models import FormerSlug
from trials.models.trial import RESERVED_SLUGS, Trial

_MESSAGES = {constraint.name: str(constraint.violation_error_message) for constraint in Trial._meta.constraints}


class TrialForm(CatalogueForm):
    """Proposes an address where none is given, and keeps addresses from being used twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        return cleaned
