"""What may need a person: the one declaration. A kind more is an entry more in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from trials.admin.desk.lines import (
    Line,
    of_area,
    of_fact,
    of_flag,
    of_lock,
    of_match,
    of_reading,
    of_record,
    of_trial,
    of_word,
)
from trials.admin.desk.sources import Source, WordSource
from trials.intake.reviewing import LISTS
from trials.intake.staleness import marked, outdated
from trials.models import Flag, Lock, MatchSuggestion, RawRecord, Trial, TrialArea, TrialCondition
from trials.models.choices import State, Verdict
from trials.models.finding import IN_CONFLICT, UNREVIEWED
from trials.models.flag import OPEN


@dataclass(frozen=True)
class Kind:
    """One kind of what waits. `address` is the page of a row, `line` what a list says of it.

    `permissions`: what somebody needs to work on it; who lacks one does not see it. `tells` says what is to be done.
    `is_facts`: its rows are accepted, corrected or rejected, many at once too.
    """

    slug: str
    label: str
    tells: str
    sources: tuple[Source, ...]
    address: Callable[[Any], str]
    line: Callable[[Any], Line]
    permissions: tuple[str, ...]
    is_facts: bool = False


def _facts(which: Q) -> tuple[Source, ...]:
    """The facts of all three lists for which this holds, trial by trial."""
    return tuple(
        Source(
            lambda model=model: model._default_manager.filter(which),  # type: ignore[misc]  # bound now
            shared=("found_on", "trial_id"),
            since="found_on",
            fetched=("trial",),
            prefetched=("donors", "cell_types", "tissues") if name == "products" else (),
        )
        for name, model in LISTS.items()
    )


def _fact_page(row: Any) -> str:
    name = next(name for name, model in LISTS.items() if model is type(row))
    return reverse("admin:trials_fact", args=[row.trial_id, name, row.pk])


def _trial_form(row: Any) -> str:
    return reverse("admin:trials_trial_change", args=[row.trial_id])


_FACTS = tuple(f"trials.change_{model._meta.model_name}" for model in LISTS.values())

KINDS: tuple[Kind, ...] = (
    Kind(
        "conflicts",
        "Facts in conflict",
        "Two texts of one trial exclude each other, for example on the donor. Say which is right.",
        _facts(UNREVIEWED & IN_CONFLICT),
        _fact_page,
        of_fact,
        ("trials.change_trial", *_FACTS),
        is_facts=True,
    ),
    Kind(
        "flags",
        "Quality flags",
        "Something in a record does not fit. Mend it, or dismiss the flag with a reason.",
        (Source(lambda: Flag.objects.filter(OPEN), since="since", fetched=("trial",)),),
        lambda row: reverse("admin:trials_flag_change", args=[row.pk]),
        of_flag,
        ("trials.dismiss_flag",),
    ),
    Kind(
        "moved",
        "Locked, and moved at the registry",
        "The registry says something else than when the field or list was locked. Keep ours, or take the registry’s.",
        (
            Source(
                lambda: Lock.objects.filter(moved_on__isnull=False),
                shared=("moved_on",),
                since="moved_on",
                fetched=("trial", "by"),
            ),
        ),
        lambda row: f"{reverse('admin:trials_trial_locks', args=[row.trial_id])}#lock-{row.name}",
        of_lock,
        ("trials.change_trial",),
    ),
    Kind(
        "review",
        "Trials in review",
        "A colleague has made or changed a trial that is not public yet. Publish it, or send it back to draft.",
        (Source(lambda: Trial.objects.filter(state=State.IN_REVIEW), ("updated",), "updated"),),
        lambda row: reverse("admin:trials_trial_change", args=[row.pk]),
        of_trial,
        ("trials.change_trial", "trials.publish_trial"),
    ),
    Kind(
        "matches",
        "Registrations that may be one trial",
        "Two registrations look like the same trial. Say whether they are.",
        (Source(MatchSuggestion.objects.all, ("since",), "since", fetched=("first__trial", "second__trial")),),
        lambda row: reverse("admin:trials_match", args=[row.pk]),
        of_match,
        ("trials.view_matchsuggestion", "trials.add_matchdecision"),
    ),
    Kind(
        "set-aside",
        "Records set aside by imports",
        "A record could not be read or saved. See why; the next import tries it again.",
        (
            Source(
                lambda: RawRecord.objects.filter(verdict=Verdict.SET_ASIDE).defer("body", "problems"),
                shared=("received",),
                since="received",
            ),
        ),
        lambda row: reverse("admin:trials_rawrecord_change", args=[row.pk]),
        of_record,
        ("trials.view_rawrecord",),
    ),
    Kind(
        "stale",
        "Trials to be read again",
        "A word of the vocabularies or the readers changed. The command “manage.py reread_trials --stale” reads them.",
        (Source(marked, since="stale_since", fetched=("trial",)), Source(outdated, fetched=("trial",))),
        _trial_form,
        of_reading,
        ("trials.change_trial",),
    ),
    Kind(
        "facts",
        "Facts read, not yet reviewed",
        "Cell products, doses and notes that were read from texts. Accept, correct or reject each with its passage.",
        _facts(UNREVIEWED & ~IN_CONFLICT),
        _fact_page,
        of_fact,
        ("trials.change_trial", *_FACTS),
        is_facts=True,
    ),
    Kind(
        "words",
        "Condition words without a term",
        "Words for a disease that mean no term yet. Enter each as a synonym of the term that it means.",
        (WordSource(lambda: TrialCondition.objects.filter(condition=None), ("wording",)),),
        lambda row: f"{reverse('admin:trials_word')}?word={quote(row.wording)}",
        of_word,
        ("trials.view_trialcondition",),
    ),
    Kind(
        "areas",
        "Therapeutic areas without a term",
        "Areas in a source’s words that mean no term yet. Enter each as a synonym of an area, or name its area here.",
        (Source(lambda: TrialArea.objects.filter(area=None), shared=("wording",), fetched=("trial",)),),
        _trial_form,
        of_area,
        ("trials.change_trial",),
    ),
)
