"""Locked fields and lists of which the registry says something else than before: an editor is to look at them again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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

    A field that the registry has come round to needs nobody any longer, so its mark goes. Lists keep theirs.
    Inside the transaction that writes the new versions, before they are applied. Trials without locks cost nothing.
    """
    leads = Registration.objects.filter(pk__in=list(versions), is_lead=True, trial__locks__isnull=False)
    moved: list[int] = []
    returned: list[int] = []
    for trial, lead in dict(leads.values_list("trial", "pk")).items():
        older = [version for version in versions[lead] if version.row.pk not in added]
        if older:
            locks = list(Lock.objects.filter(trial=trial))
            old, new = (_original(interpreter, state_of(some)) for some in (older, versions[lead]))
            held = Trial.objects.filter(pk=trial).values().get()
            moved += (lock.pk for lock in locks if _has_moved(lock.name, old, new, held))
            returned += (lock.pk for lock in locks if lock.moved_on and _agrees(lock.name, new, held))
    Lock.objects.filter(pk__in=returned).update(moved_on=None)
    Lock.objects.filter(pk__in=moved).update(moved_on=timezone.localdate())


def _original(interpreter: Interpreter, record: TrialRecord) -> Original:
    return Original(Registration(pk=0), interpreter.content_of(record))


def _has_moved(name: str, old: Original, new: Original, held: Mapping[str, Any]) -> bool:
    """Whether both records say something of a field or list, and not the same; what stands now is no news."""
    if not (old.knows(name) and new.knows(name)):
        return False
    if name in MODELS:
        return _said(old.content, name) != _said(new.content, name)
    return new.value(name) not in (old.value(name), value_of(held, name))


def _agrees(name: str, new: Original, held: Mapping[str, Any]) -> bool:
    """Whether the record says of a field what stands in the catalogue."""
    return name not in MODELS and new.knows(name) and bool(new.value(name) == value_of(held, name))


def _said(content: Content, name: str) -> list[Any]:
    """A list as the record has it, without where in the document it stands."""
    model = MODELS[name]
    rows = [{key: value for key, value in row.items() if key not in _EVIDENCE} for row in content.lists.get(model, [])]
    return [rows, content.product_terms] if name == "products" else rows


def keep_ours(trial: int, name: str) -> bool:
    """Notes that an editor looked at what the registry says now and stays with the catalogue's value."""
    return bool(Lock.objects.filter(trial=trial, name=name, moved_on__isnull=False).update(moved_on=None))
