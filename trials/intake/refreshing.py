"""Makes standing trials what the newest records of their registrations say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from trials.intake.applying import Target
from trials.intake.editing import hold_all
from trials.intake.fact_lists import apply, apply_facts
from trials.intake.interpreting import Interpreter
from trials.intake.versions import state_of, versions_of
from trials.models import Lock, Registration
from trials.models.choices import Verdict
from trials.reading.facts import Reading
from trials.records import TrialRecord


def refresh_trials(interpreter: Interpreter, records: Mapping[int, TrialRecord]) -> None:
    """Makes trials, given by their numbers, what the records of their leading registrations say."""
    hold_all(list(records))
    apply(_targets(interpreter, records))


def reread(interpreter: Interpreter, trials: Iterable[int]) -> list[Target]:
    """Reads the texts of trials anew, from the stored records that lead them; the trials that were read."""
    interpreter.begin()
    rows = Registration.objects.filter(trial__in=list(trials), is_lead=True, versions__verdict=Verdict.KEPT)
    leads = dict(rows.distinct().values_list("trial", "pk"))
    if not leads:
        return []
    hold_all(list(leads))
    versions = versions_of(leads.values(), interpreter.readers)
    targets = _targets(interpreter, {trial: state_of(versions[lead]) for trial, lead in leads.items()})
    read = [target for target in targets if target.content.reading is not None]
    apply_facts(read)
    return read


def _targets(interpreter: Interpreter, records: Mapping[int, TrialRecord]) -> list[Target]:
    """Standing trials and what the records of their leading registrations say."""
    locked: defaultdict[int, set[str]] = defaultdict(set)
    for trial, name in Lock.objects.filter(trial__in=list(records)).values_list("trial", "name"):
        locked[trial].add(name)
    rows = Registration.objects.filter(trial__in=list(records), is_lead=True)
    leads = dict(rows.values_list("trial", "pk"))
    others = _others(interpreter, leads)
    return [
        Target(
            trial,
            interpreter.content_of(record, leads.get(trial), others[trial]),
            is_new=False,
            locked=frozenset(locked[trial]),
        )
        for trial, record in records.items()
    ]


def _others(interpreter: Interpreter, leads: Mapping[int, int]) -> defaultdict[int, list[tuple[int, Reading]]]:
    """For trials with several registrations, what is read of those that do not lead; copies are passed over."""
    found: defaultdict[int, list[tuple[int, Reading]]] = defaultdict(list)
    rows = Registration.objects.filter(trial__in=list(leads), publisher="", versions__verdict=Verdict.KEPT)
    others = rows.exclude(pk__in=list(leads.values())).order_by("trial", "order", "pk").distinct()
    trials = dict(others.values_list("pk", "trial"))
    for registration, versions in versions_of(trials, interpreter.readers).items():
        reading = interpreter.reading_of(state_of(versions))
        if reading is not None:
            found[trials[registration]].append((registration, reading))
    return found
