"""Maps condition words anew once there are other terms, so that the order in which words and terms came is no matter.

A word that was met before its term stays without one until this is done: at the end of every import, after fixtures
brought terms, and when an editor saves a term. Lists that editors own, and trials that only people wrote, stay as they
are. Nothing is remembered between runs: what to do follows from the rows, so the next run makes up for a killed one.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from trials.intake.applying import Target, apply_lists
from trials.intake.conditions import CONDITION_LISTS, ConditionTerms, area_name, condition_lists, folded
from trials.intake.content import Content, fitted
from trials.intake.editing import hold_all, wait_for_import
from trials.intake.versions import state_of, versions_of
from trials.models import Condition, FixtureRow, Lock, Registration, Trial, TrialArea, TrialCondition
from trials.models.choices import Verdict
from trials.registries.readers import READERS
from trials.search.publishing import publishing, trials_changed

_CHUNK = 200


def remap(edited: Collection[int] = (), begin: Callable[[], None] = wait_for_import) -> int:
    """Maps the words of all trials whose terms would be others now, some hundreds in one transaction; how many changed.

    `edited` are terms that an editor saved: what was found by their codes is looked at too. `begin` is called first in
    every transaction; it holds up imports.
    """
    terms = ConditionTerms.load(edited)
    stale = {*_by_words(terms), *_by_areas(terms), *_around(edited)}
    changed = 0
    for some in _chunks(sorted(stale)):
        with publishing():
            begin()
            changed += _map(some, edited)
    return changed


def _by_words(terms: ConditionTerms) -> Iterable[int]:
    """Trials with a word of their own that is the name of another term than the row has, or of one that it lacks."""
    rows = TrialCondition.objects.filter(from_mesh=False).order_by()
    pairs = rows.values_list("wording", "condition_id").distinct()
    stale = {
        (wording, held)
        for wording, held in pairs.iterator()
        if (named := terms.by_own_words(wording)) and named != held
    }
    for some in _chunks(sorted({wording for wording, _ in stale})):
        for trial, *pair in rows.filter(wording__in=some).values_list("trial_id", "wording", "condition_id"):
            if tuple(pair) in stale:
                yield trial


def _by_areas(terms: ConditionTerms) -> Iterable[int]:
    """Trials with an area in words that are the name of another area than the row has."""
    for trial, wording, held in TrialArea.objects.order_by().values_list("trial_id", "wording", "area_id").iterator():
        if terms.areas.get(area_name(wording)) != held:
            yield trial


def _around(edited: Collection[int]) -> Iterable[int]:
    """Trials of these terms, and of those that share a code or a name with one of them."""
    if not edited:
        return ()
    codes: set[str] = set()
    names: set[str] = set()
    for label, synonyms, code in Condition.objects.filter(pk__in=edited).values_list("label", "synonyms", "code"):
        codes.update([code] if code else [])
        names.update(map(folded, (label, *synonyms)))
    rivals = {
        pk
        for pk, label, synonyms, code in Condition.objects.values_list("pk", "label", "synonyms", "code")
        if code in codes or not names.isdisjoint(map(folded, (label, *synonyms)))
    }
    found = TrialCondition.objects.filter(condition__in={*edited, *rivals})
    return found.order_by().values_list("trial_id", flat=True).distinct().iterator()


def _map(trials: Collection[int], edited: Collection[int]) -> int:
    hold_all(trials)
    # By now another editor's terms may have come: without them this would undo what that one has just mapped.
    terms = ConditionTerms.load(edited)
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


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
