"""An editor's word on what does not fit: it is right as it stands, and why; or it is not, after all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from trials.intake.editing import grow, hold_all, wait_for_import
from trials.models import Edit, Flag
from trials.models.choices import EditKind, FlagOrigin
from trials.quality.keeping import words_of
from trials.search.publishing import publishing, trials_changed

# As long as its column.
LONGEST_REASON = 300


def dismiss(flags: Collection[int], reason: str, by: Any) -> list[Flag]:
    """Dismisses flags, given by their numbers, for one reason; those that were open and still stand.

    ValidationError without a reason.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError(f"Say why, in up to {LONGEST_REASON} characters: the reason stays in the history.")
    return _note(flags, reason, by)


def reopen(flags: Collection[int], by: Any) -> list[Flag]:
    """Takes dismissals back; the flags that were dismissed and still stand."""
    return _note(flags, "", by)


def _note(flags: Collection[int], reason: str, by: Any) -> list[Flag]:
    with publishing():
        wait_for_import()
        named = Flag.objects.filter(pk__in=flags)
        hold_all(list(named.order_by().values_list("trial", flat=True).distinct()))
        # Rules may have taken some away meanwhile: what these were about has changed.
        found = [flag for flag in named.select_related("trial").order_by("pk") if flag.is_open == bool(reason)]
        edits = []
        for flag in found:
            old = words_of(flag)
            flag.dismissed, flag.dismissed_by = reason, by if reason else None
            flag.dismissed_on = timezone.now() if reason else None
            edits.append(
                Edit(trial=flag.trial, name="flags", kind=EditKind.EDITED, old=[old], new=[words_of(flag)], by=by)
            )
        Flag.objects.bulk_update(found, ["dismissed", "dismissed_by", "dismissed_on"], batch_size=200)
        Edit.objects.bulk_create(edits)
        trials_changed(*{flag.trial_id for flag in found})
        # Those that people wrote stand on the trial's form.
        grow(*{flag.trial_id for flag in found if flag.origin == FlagOrigin.HAND})
    return found
