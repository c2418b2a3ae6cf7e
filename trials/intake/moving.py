"""Locked fields and lists of which the registry says something else than before: an editor is to look at them again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from trials.intake.content import Content
from trials.intake.editing import value_of
from trials.intake.interpreting import Interpreter
from trials.intake.registry import MODELS, Original
from trials.intake.versions import Version, state_of
from trials.models import Lock, Registration, Trial
from trials.models.finding import Fact
from trials.records import TrialRecord

# Where in a document something stands may change while what is said stays.
_EVIDENCE = {field.attname for field in Fact._meta.get_fields() if hasattr(field, "attname")} - {"evidence_state"}


def note_moved(interpreter: Interpreter, versions: Mapping[int, Sequence[Version]], added: Collection[int]) -> None:
    """Marks the locks whose value the registry moved, given the versions of registrations and which of them are new.

    Inside the transaction that writes the new versions, before they are applied. Trials without locks cost nothing.
    """
    leads = Registration.objects.filter(pk__in=list(versions), is_lead=True, trial__locks__isnull=False)
    moved: list[int] = []
    for trial, lead in dict(leads.values_list("trial", "pk")).items():
        older = [version for version in versions[lead] if version.row.pk not in added]
        if older:
            locks = list(Lock.objects.filter(trial=trial))
            moved += (lock.pk for lock in _moved(locks, interpreter, state_of(older), state_of(versions[lead])))
    Lock.objects.filter(pk__in=moved).update(moved_on=timezone.localdate())


def _moved(locks: list[Lock], interpreter: Interpreter, before: TrialRecord, after: TrialRecord) -> Iterator[Lock]:
    """Those of a trial's locks of which both records say something, and not the same; what stands now is no news."""
    lead = Registration(pk=0)
    old, new = (Original(lead, interpreter.content_of(record)) for record in (before, after))
    held = Trial.objects.filter(pk=locks[0].trial_id).values().get()
    for lock in locks:
        if old.knows(lock.name) and new.knows(lock.name):
            if lock.name in MODELS:
                differs = _said(old.content, lock.name) != _said(new.content, lock.name)
            else:
                differs = new.value(lock.name) not in (old.value(lock.name), value_of(held, lock.name))
            if differs:
                yield lock


def _said(content: Content, name: str) -> list[Any]:
    """A list as the record has it, without where in the document it stands."""
    model = MODELS[name]
    rows = [{key: value for key, value in row.items() if key not in _EVIDENCE} for row in content.lists.get(model, [])]
    return [rows, content.product_terms] if name == "products" else rows


def keep_ours(trial: int, name: str) -> bool:
    """Notes that an editor looked at what the registry says now and stays with the catalogue's value."""
    return bool(Lock.objects.filter(trial=trial, name=name, moved_on__isnull=False).update(moved_on=None))
