"""The one door through which rows come in: addresses of trials, and bulk writing that names the row at fault."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from trials.models import FormerSlug, Trial
from trials.models.trial import RESERVED_SLUGS

# Leaves room for a number at the end of an address whose words are taken.
_LONGEST_SLUG = 90


def free_slug(numbers: Sequence[str], title: str) -> str:
    """An address that no trial has or ever had: the first registry number in lower case, else words of the title.

    `numbers` are registry numbers in the order of their importance; blank ones are passed over. An address that
    is taken gets `-2`, `-3` … at its end.
    """
    number = next((number for number in numbers if number.strip()), "")
    wanted = _slug_of(number) or _slug_of(title) or "trial"
    candidate, count = wanted, 1
    while _slug_owner(candidate) is not None:
        count += 1
        candidate = f"{wanted}-{count}"
    return candidate


def rename_slug(trial: Trial, new_slug: str) -> None:
    """Moves `trial` to the address `new_slug` and keeps the old address leading to it.

    ValidationError says when the new address is malformed, reserved, or belongs or belonged to another trial.
    A trial may take one of its own former addresses back.
    """
    if new_slug == trial.slug:
        return
    Trial._meta.get_field("slug").clean(new_slug, trial)
    with transaction.atomic():
        owner = _slug_owner(new_slug)
        own_former = FormerSlug.objects.filter(slug=new_slug, trial=trial)
        if owner is not None and not own_former.exists():
            raise ValidationError({"slug": f"The address “{new_slug}” is taken: {owner}. Choose another."})
        own_former.delete()
        FormerSlug.objects.create(slug=trial.slug, trial=trial)
        trial.slug = new_slug
        trial.save(update_fields=["slug", "updated"])


def _slug_of(text: str) -> str:
    """Words and figures of `text` in lower case, joined by hyphens and cut after a whole word."""
    slug = slugify(re.sub(r"[^\w\s-]", " ", text))
    if len(slug) > _LONGEST_SLUG:
        slug = slug[: _LONGEST_SLUG + 1].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    return slug.strip("-_")


def _slug_owner(slug: str) -> str | None:
    """Whose address `slug` is, in words for an editor; None when it is free."""
    if slug in RESERVED_SLUGS:
        return "it is the address of a page"
    if Trial.objects.filter(slug=slug).exists():
        return "another trial stands there"
    if FormerSlug.objects.filter(slug=slug).exists():
        return "it led to another trial, and addresses are never reused"
    return None
