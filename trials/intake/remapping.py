"""Maps condition words anew once there are other terms, so that the order in which words and terms came is no matter.

A word that was met before its term stays without one until this is done: at the end of every import, by `prepare`, and
when an editor saves a term. Lists that editors own, and trials that only people wrote, stay as they are. What to do
follows from the rows, so the next run makes up for a killed one. Only that a term was changed does not show in the rows
that were found by its code or its former names: it is noted with the change (`note_changes`) until all is mapped.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trials.intake.applying import Target, apply_lists
from trials.intake.conditions import CONDITION_LISTS, ConditionTerms, area_name, condition_lists, folded
from trials.intake.content import Content, fitted
from trials.intake.editing import hold_all, wait_for_import
from trials.intake.runs import is_gone
from trials.intake.versions import state_of, versions_of
from trials.models import (
    Condition,
    ConditionChange,
    FixtureRow,
    ImportRun,
    Lock,
    Registration,
    Trial,
    TrialArea,
    TrialCondition,
)
from trials.models.choices import Verdict
from trials.registries.readers import READERS
from trials.search.publishing import publishing, trials_changed

_CHUNK = 200
# How many trials one statement names.
_PART = 500


@dataclass(frozen=True)
class Remapped:
    """How many trials changed, and how many were not looked at because there were more than `most`."""

    changed: int
    left: int = 0


def note_changes(conditions: Iterable[int]) -> None:
    """Notes that these conditions were changed by an editor or a fixture, in the transaction of the change."""
    ConditionChange.objects.bulk_create(ConditionChange(condition_id=pk) for pk in conditions)


def remap(begin: Callable[[], None] | None = None, most: int | None = None) -> Remapped:
    """Maps the words of all trials whose terms would be others now, or of `most` of them, some hundreds at once.

    An import gives its own `begin`, called first in every transaction; others wait for the batch of a running import.
    """
    # First the notes, then the terms: of a change that is noted later nothing is forgotten.
    noted = dict(ConditionChange.objects.values_list("pk", "condition"))
    waiting = _waiting(ConditionTerms.load(), set(noted.values()))
    changed = 0
    for some in _chunks(waiting[:most], _CHUNK):
        with publishing():
            (begin or wait_for_import)()
            changed += _map(sorted(some))
    left = len(waiting[most:]) if most is not None else 0
    if noted and not left:
        _forget(list(noted), begin)
    return Remapped(changed, left)


def _forget(noted: Sequence[int], begin: Callable[[], None] | None) -> None:
    """Takes away notes of changes; while another imports, who may have begun with the terms as they were, they stay."""
    with transaction.atomic():
        if begin is not None:
            begin()
        elif not all(map(is_gone, ImportRun.objects.filter(ended=None).values_list("holder", flat=True))):
            return
        for some in _chunks(noted, _PART):
            ConditionChange.objects.filter(pk__in=some).delete()


# Which trials ----------------------------------------------------------------------------------------------------


def _waiting(terms: ConditionTerms, changed: Collection[int]) -> list[int]:
    """The trials to look at: first those that certainly mean other terms, then those around changed conditions."""
    own = TrialCondition.objects.filter(from_mesh=False)
    # What no term is called may have been found by a code.
    words = list(_otherwise(own, "condition_id", lambda wording, held: terms.by_own_words(wording) or held))
    areas = _otherwise(TrialArea.objects.all(), "area_id", lambda wording, _: terms.areas.get(area_name(wording)))
    certain = _of_records({row.trial for row in words}, "conditions")
    certain |= _of_records({row.trial for row in areas}, "areas")
    certain |= _of_fixtures([row.pk for row in words if row.held is None])
    return [*sorted(certain), *sorted(_of_records(set(_around(changed)), "conditions") - certain)]


class _Row(NamedTuple):
    """A row of a trial's list whose words mean another term than it has."""

    pk: int
    trial: int
    held: int | None


def _otherwise(rows: Any, column: str, meaning: Callable[[str, int | None], int | None]) -> Iterator[_Row]:
    """Rows whose words mean another term than their `column` has; looks once at words that thousands of rows share."""
    rows = rows.order_by()
    pairs = rows.values_list("wording", column).distinct().iterator()
    stale = {(wording, held) for wording, held in pairs if meaning(wording, held) != held}
    for some in _chunks(sorted({wording for wording, _ in stale}), _CHUNK):
        for pk, trial, wording, held in rows.filter(wording__in=some).values_list("pk", "trial_id", "wording", column):
            if (wording, held) in stale:
                yield _Row(pk, trial, held)


def _of_records(trials: Collection[int], name: str) -> set[int]:
    """Those of these trials whose list of this name is a record's: a stored one leads them, and no editor owns it."""
    found: set[int] = set()
    for some in _chunks(sorted(trials), _PART):
        owned = Lock.objects.filter(trial__in=some, name=name).values_list("trial", flat=True)
        found |= {*_leads(some).values()} - {*owned}
    return found


def _of_fixtures(rows: Sequence[int]) -> set[int]:
    """The trials of those of these rows, without a term, that fixtures brought to lists that nobody owns."""
    found: set[int] = set()
    for some in _chunks(rows, _PART):
        kept = FixtureRow.objects.filter(model=TrialCondition._meta.label_lower, object_pk__in=some)
        of = TrialCondition.objects.filter(pk__in=list(kept.values_list("object_pk", flat=True)))
        trials = set(of.order_by().values_list("trial_id", flat=True))
        owned = Lock.objects.filter(trial__in=trials, name="conditions").values_list("trial", flat=True)
        found |= trials - {*owned} - {*_leads(trials).values()}
    return found


def _around(changed: Collection[int]) -> Iterator[int]:
    """Trials of these conditions, and of those that share a code or a name with one of them."""
    if not changed:
        return
    terms = list(Condition.objects.values_list("pk", "label", "synonyms", "code"))
    codes: set[str] = set()
    names: set[str] = set()
    for pk, label, synonyms, code in terms:
        if pk in changed:
            codes.update([code] if code else [])
            names.update(map(folded, (label, *synonyms)))
    near = [
        pk
        for pk, label, synonyms, code in terms
        if pk in changed or code in codes or not names.isdisjoint(map(folded, (label, *synonyms)))
    ]
    for some in _chunks(near, _PART):
        found = TrialCondition.objects.filter(condition__in=some)
        yield from found.order_by().values_list("trial_id", flat=True).distinct().iterator()


# Mapping ---------------------------------------------------------------------------------------------------------


def _map(trials: Collection[int]) -> int:
    hold_all(trials)
    # By now another editor's terms may have come: without them this would undo what that one has just mapped.
    terms = ConditionTerms.load()
    locked: defaultdict[int, set[str]] = defaultdict(set)
    for trial, name in Lock.objects.filter(trial__in=trials).values_list("trial", "name"):
        locked[trial].add(name)
    leads = _leads(trials)
    targets = [
        Target(trial, content, is_new=False, locked=frozenset(locked[trial]))
        for trial, content in _contents(leads, terms).items()
    ]
    apply_lists(targets, CONDITION_LISTS)
    others = [trial for trial in trials if trial not in leads.values() and "conditions" not in locked[trial]]
    return sum(target.changed for target in targets) + _map_fixtures(others, terms)


def _leads(trials: Collection[int]) -> dict[int, int]:
    """The leading registrations of trials, of those that an import brought, with their trials."""
    led = Registration.objects.filter(trial__in=trials, is_lead=True, versions__verdict=Verdict.KEPT)
    return dict(led.order_by().values_list("pk", "trial_id").distinct())


def _contents(leads: dict[int, int], terms: ConditionTerms) -> dict[int, Content]:
    """What the lists of trials hold after all; without those of which the stored record cannot be read."""
    found = {}
    for registration, versions in versions_of(leads, READERS).items():
        try:
            lists = condition_lists(terms, state_of(versions))
        except (ValueError, zlib.error):
            continue
        for model, rows in lists.items():
            for order, row in enumerate(rows, 1):
                row["order"] = order
                fitted(model, row, [])
        found[leads[registration]] = Content({}, lists, [])
    return found


def _map_fixtures(trials: Collection[int], terms: ConditionTerms) -> int:
    """Gives the words of fixtures that mean nothing yet their terms. No record tells more of such a trial."""
    unmapped = TrialCondition.objects.filter(trial__in=trials, condition=None, from_mesh=False)
    of_fixtures = FixtureRow.objects.filter(model=TrialCondition._meta.label_lower)
    rows = [row for row in unmapped.order_by("pk") if terms.by_own_words(row.wording)]
    kept = set(of_fixtures.filter(object_pk__in=[row.pk for row in rows]).values_list("object_pk", flat=True))
    rows = [row for row in rows if row.pk in kept]
    for row in rows:
        row.condition_id = terms.by_own_words(row.wording)
    TrialCondition.objects.bulk_update(rows, ["condition"])
    changed = {row.trial_id for row in rows}
    trials_changed(*changed)
    Trial.objects.filter(pk__in=changed).update(version=F("version") + 1, updated=timezone.now())
    return len(changed)


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
