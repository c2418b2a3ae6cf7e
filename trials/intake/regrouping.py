"""Brings registrations together into trials, and apart again, as `matching` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef

from trials.intake.interpreting import Interpreter
from trials.intake.matching import Number, from_records, group, links_around, register_of, wanted_trials
from trials.intake.placing import gather
from trials.intake.suggesting import suggest
from trials.models import Registration


def regroup(
    interpreter: Interpreter,
    numbers: Collection[Number],
    unlinked: Collection[Number] = (),
    titles: Collection[str] = (),
) -> None:
    """Makes every trial around `numbers` hold just the registrations that are one trial; suggests what may be one.

    Numbers that no record or editor links stay where they are, but for `unlinked` ones and for those that only records
    brought to a trial with others: what linked them is gone. `titles` are keys of titles that records no longer bear.
    """
    loose = {*unlinked, *_sharing_a_trial(numbers)}
    links = links_around({*numbers, *loose})
    movable = {text for _, text in loose} | {text for edge in links.edges for _, text in edge}
    movable |= {text for pair in links.same | links.different for text in pair}
    held = _held(movable | {text for _, text in numbers})
    to_place = {number: pk for number, pk in held.items() if number[1] in movable}
    grouping = group(to_place, links)
    together = _together(to_place.values())
    wanted = [[held[number] for number in numbers] for numbers in wanted_trials(grouping, to_place)]
    gather(interpreter, [registrations for registrations in wanted if together[registrations[0]] != set(registrations)])
    contested = [(held[first], held[second]) for first, second in grouping.contested if {first, second} <= held.keys()]
    suggest(set(held.values()), contested, titles)


def _held(texts: Collection[str]) -> dict[Number, int]:
    rows = from_records().filter(number__in=texts).values_list("pk", "registry", "number", "publisher")
    return {(register_of(registry, number, publisher), number): pk for pk, registry, number, publisher in rows}


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
