"""Brings registrations together into trials, and apart again, as `matching` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from trials.intake.dissolving import dissolve_if_empty
from trials.intake.editing import grow
from trials.intake.matching import (
    Number,
    from_records,
    group,
    links_around,
    rank,
    register_of,
    wanted_trials,
)
from trials.intake.rows import free_slug
from trials.intake.versions import versions_of
from trials.models import MatchSuggestion, Registration, Trial
from trials.models.choices import MatchReason, State

if TYPE_CHECKING:
    from trials.intake.saving import Saver


def regroup(saver: Saver, numbers: Collection[Number], unlinked: Collection[Number] = ()) -> None:
    """Makes every trial around `numbers` hold just the registrations that are one trial.

    Numbers that no record or editor links stay where they are, but for `unlinked` ones and for those that only records
    brought to a trial with others: what linked them is gone.
    """
    loose = {*unlinked, *_sharing_a_trial(numbers)}
    links = links_around({*numbers, *loose})
    if not (loose or links.edges or links.same or links.different):
        return
    reached = {*loose, *(number for edge in links.edges for number in edge)}
    texts = {text for _, text in reached} | {text for pair in links.same | links.different for text in pair}
    held = {
        (register_of(registry, number, publisher), number): pk
        for pk, registry, number, publisher in from_records()
        .filter(number__in=texts)
        .values_list("pk", "registry", "number", "publisher")
    }
    grouping = group(held, links)
    together = _together(held.values())
    for wanted in wanted_trials(grouping, held):
        registrations = [held[number] for number in wanted]
        if together[registrations[0]] != set(registrations):
            _gather(saver, registrations)
    _suggest(grouping.contested, held)


def _sharing_a_trial(numbers: Collection[Number]) -> set[Number]:
    """The numbers on trials that several records make up, one of them of `numbers`, and no document by hand leads."""
    from_others = from_records().filter(versions__isnull=False).exclude(number="").order_by()
    of_numbers = from_others.filter(number__in={text for _, text in numbers}).values("trial")
    by_hand = Registration.objects.filter(trial=OuterRef("trial"), is_lead=True, versions__isnull=True)
    rows = from_others.filter(trial__in=of_numbers).exclude(Exists(by_hand)).distinct()
    by_trial: defaultdict[int, set[Number]] = defaultdict(set)
    for trial, registry, number, publisher in rows.values_list("trial", "registry", "number", "publisher"):
        by_trial[trial].add((register_of(registry, number, publisher), number))
    return {number for sharing in by_trial.values() if len(sharing) > 1 for number in sharing}


def _together(registrations: Iterable[int]) -> dict[int, set[int]]:
    """For each registration those from records that share its trial now, itself included."""
    trial_of = dict(Registration.objects.filter(pk__in=registrations).values_list("pk", "trial_id"))
    sharing: defaultdict[int, set[int]] = defaultdict(set)
    rows = Registration.objects.filter(trial__in=set(trial_of.values()), versions__isnull=False)
    for pk, trial in rows.values_list("pk", "trial_id"):
        sharing[trial].add(pk)
    return {pk: sharing[trial] | {pk} for pk, trial in trial_of.items()}


def _gather(saver: Saver, registrations: Sequence[int]) -> None:
    """One trial for these registrations, the first of which leads; strangers in it move out."""
    rows = {row.pk: row for row in Registration.objects.filter(pk__in=registrations).select_related("trial")}
    ordered = [rows[pk] for pk in registrations]
    home = _home(ordered)
    strangers = list(home.registrations.filter(versions__isnull=False).exclude(pk__in=registrations).distinct())
    movers = [row for row in ordered if row.trial_id != home.pk]
    if not strangers and not movers:
        return
    left = {row.trial for row in movers}
    for order, row in enumerate(movers, home.registrations.count() + 1):
        row.trial, row.order, row.is_lead = home, order, False
        row.save(update_fields=["trial", "order", "is_lead"])
    for trial in left:
        dissolve_if_empty(trial, home)
    for row in strangers:
        _move_out(saver, row)
    # Its documents are on its form.
    grow(home.pk)
    _choose_lead(saver, home)


def _home(registrations: Sequence[Registration]) -> Trial:
    """The trial that stays: one that people worked on before one that only records made, then the leader's."""

    def worth(row: Registration) -> tuple[bool, bool, int]:
        led_by_hand = row.trial.registrations.filter(is_lead=True, versions__isnull=True).exists()
        return not led_by_hand, not row.trial.locks.exists(), registrations.index(row)

    return min(registrations, key=worth).trial


def _move_out(saver: Saver, registration: Registration) -> None:
    """A trial of its own for a registration that belongs to no other."""
    trial = Trial.objects.create(
        slug=free_slug([registration.number], ""), title=registration.number, state=State.PUBLISHED
    )
    registration.trial, registration.order, registration.is_lead = trial, 1, False
    registration.save(update_fields=["trial", "order", "is_lead"])
    _choose_lead(saver, trial)


def _choose_lead(saver: Saver, trial: Trial) -> None:
    """The best-ranked registration leads, unless a document that people wrote leads already."""
    lead = trial.registrations.filter(is_lead=True).first()
    if lead is not None and not lead.versions.exists():
        return
    rows = [row for row in trial.registrations.all() if row.versions.exists()]
    if not rows:
        return
    best = min(rows, key=lambda row: rank((register_of(row.registry, row.number, row.publisher), row.number)))
    if best != lead:
        trial.registrations.filter(is_lead=True).update(is_lead=False)
        Registration.objects.filter(pk=best.pk).update(is_lead=True)
    saver.refresh_trial(trial.pk, versions_of([best.pk], saver.readers)[best.pk])
    slug = best.number.lower()
    if trial.slug != slug and trial.registrations.filter(number__iexact=trial.slug).exists():
        Trial.objects.filter(pk=trial.pk).update(slug=slug)


def _suggest(contested: Collection[tuple[Number, Number]], held: dict[Number, int]) -> None:
    for first, second in contested:
        pair = sorted(held[number] for number in (first, second) if number in held)
        if len(pair) == 2:
            MatchSuggestion.objects.get_or_create(first_id=pair[0], second_id=pair[1], why=MatchReason.CONTESTED)
