"""What goes with a trial, a term or an organisation, in a bounded number of queries."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet

from trials.admin.rows import LISTS
from trials.models import RawRecord, RelatedRecord, Trial
from trials.phrases import count

# More names than this help nobody to decide.
NAMED = 50


def rows_of(trials: QuerySet[Trial]) -> dict[str, int]:
    """How many rows of each kind the trials hold together; one query per list."""
    counted = {}
    for inline in LISTS.values():
        total = inline.model._default_manager.filter(trial__in=trials.values("pk")).count()
        if total:
            counted[str(inline.model._meta.verbose_name_plural)] = total
    return counted


def consequences(trials: QuerySet[Trial]) -> tuple[list[Any], dict[str, int]]:
    """The trials by name with what else happens, and how many rows of each kind go."""
    trials = trials.order_by("slug")
    total = trials.count()
    shown: list[Any] = [f"Trial: {trial}" for trial in trials[:NAMED]]
    if total > NAMED:
        shown.append(f"… and {count(total - NAMED, 'more trial')}")
    notes = [
        "Deleted trials can be brought back whole: a link above the list of trials leads to them.",
        "No other trial will ever take an address that is given up here.",
    ]
    if RawRecord.objects.filter(registration__trial__in=trials.values("pk")).exists():
        notes.append("Imports will not bring back what a registry’s record made: they skip its further versions.")
    keys = trials.values("pk")
    named = RelatedRecord.objects.filter(related__in=keys).exclude(trial__in=keys).count()
    if named:
        notes.append(f"{count(named, 'entry', 'entries')} of other trials will no longer link here.")
    return [*shown, notes], {str(Trial._meta.verbose_name_plural): total, **rows_of(trials)}


def uses(thing: models.Model) -> list[str]:
    """Who still uses a term or an organisation, as sentences; empty if it may go."""
    sentences = []
    for link in thing._meta.get_fields():
        if not (link.auto_created and not link.concrete and link.related_model):
            continue
        names = link.related_model._meta
        users = link.related_model._default_manager.filter(**{link.field.name: thing})  # type: ignore[union-attr]
        if link.related_model is type(thing):
            total, words, verb = users.count(), (str(names.verbose_name), str(names.verbose_name_plural)), "stand below"
        elif "trial" in {field.name for field in names.fields}:
            total, words, verb = users.values("trial").distinct().count(), ("trial", "trials"), "name"
        else:
            total, words, verb = users.count(), (str(names.verbose_name), str(names.verbose_name_plural)), "name"
        if total:
            sentences.append(f"{count(total, *words)} that {_singular(verb) if total == 1 else verb} “{thing}”")
    return sentences


def _singular(verb: str) -> str:
    first, *rest = verb.split()
    return " ".join([f"{first}s", *rest])
