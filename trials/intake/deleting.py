"""Deleting trials so that they can come back whole, and bringing them back.

The rows of a deleted trial are in the history. What else belonged to it (locks, edits, the log of changes, claims) is
kept beside it as Django's records, with the numbers of the rows elsewhere that pointed to it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from trials.intake.editing import hold_all, note_states, wait_for_import
from trials.intake.fitting import fit, revive
from trials.intake.history import Snapshot, look, record_end, record_return, recorded, words_known
from trials.intake.putting import let_in_again, put
from trials.intake.restoring import Gone, refuse_taken
from trials.models import DERIVED, HISTORY, DeletedTrial, FormerSlug, Trial
from trials.models.choices import MomentKind, State
from trials.models.history import OWN, TRACKED
from trials.search.publishing import publishing, trials_changed

# Trials that are deleted together.
_TOGETHER = 100


def delete_trials(trials: QuerySet[Trial], by: Any = None, why: str = "") -> None:
    """Deletes the trials with all their rows; keeps their addresses from being used again, and what undoes it."""
    with publishing():
        wait_for_import()
        # In the order in which others hold several.
        keys = list(trials.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), _TOGETHER):
            _delete(keys[start : start + _TOGETHER], by, why)


def _delete(keys: Sequence[int], by: Any, why: str) -> None:
    hold_all(keys)
    # Somebody else may have deleted some of them first.
    wholes = {trial: whole for trial, whole in look(keys).items() if whole[OWN]}
    if not wholes:
        return
    moments = record_end(wholes, by, MomentKind.DELETED, why)
    rest = _rest(wholes)
    own = {trial: whole[OWN][trial] for trial, whole in wholes.items()}
    DeletedTrial.objects.bulk_create(
        DeletedTrial(moment=moments[trial], slug=row["slug"], title=row["title"], rest=rest[trial])
        for trial, row in own.items()
    )
    trials_changed(*own)
    Trial.objects.filter(pk__in=list(own)).delete()
    FormerSlug.objects.bulk_create(FormerSlug(slug=row["slug"]) for row in own.values())


# What else belongs to a trial ------------------------------------------------------------------------------------


def _rest(wholes: dict[int, Snapshot]) -> dict[int, dict[str, Any]]:
    """For each trial what goes with it beside its lists, and which rows elsewhere forget it."""
    found: dict[int, dict[str, Any]] = {trial: {"rows": [], "links": []} for trial in wholes}
    for name, model in TRACKED.items():
        owner = {number: trial for trial, whole in wholes.items() for number in whole[name]}
        for field in _pointing(model):
            rows = field.model._base_manager.filter(**{f"{field.attname}__in": list(owner)}).order_by("pk")
            goes = field.remote_field.on_delete is models.CASCADE
            if goes and field.model not in TRACKED.values():
                for row in rows:
                    found[owner[getattr(row, field.attname)]]["rows"].append(row)
            elif not goes:
                label = field.model._meta.label_lower
                for pk, target in rows.values_list("pk", field.attname):
                    found[owner[target]]["links"].append([label, field.attname, pk, target])
    for rest in found.values():
        # A row that points to two rows of the trial goes once.
        rows = {(type(row), row.pk): row for row in rest["rows"]}
        rest["rows"] = json.loads(serializers.serialize("json", rows.values()))
    return found


def _pointing(model: type[models.Model]) -> Iterator[Any]:
    """The references of other tables to rows of this one, but for what is made anew or stands in the history."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model._meta.auto_created:
            continue
        field = relation.field
        within = field.model in TRACKED.values() and model is not Trial
        if field.model not in (*DERIVED, *HISTORY) and not within:
            yield field


# Bringing back ---------------------------------------------------------------------------------------------------


def bring_back(pk: int, by: Any, why: str = "", *, may_publish: bool = True) -> tuple[Trial, list[str]]:
    """Brings a deleted trial back whole, in one transaction: its rows and documents, its address and former ones.

    Also returns sentences about what did not come back as it was. `pk` is the number of the `DeletedTrial`. Gone if it
    is back already, or if its address or a registry number of it is another trial's by now. Unless `by` `may_publish`,
    a trial that was public comes back in review.
    """
    with publishing():
        wait_for_import()
        deleted = DeletedTrial.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if deleted is None:
            raise Gone("This trial is not among the deleted ones any longer.")
        trial = deleted.moment.trial
        whole = recorded([trial], upto=deleted.moment_id)[trial]
        _refuse(whole[OWN][trial], whole)
        lost = [*_put_rows(trial, whole), *_put_rest(deleted.rest)]
        let_in_again([row["number"] for row in whole["registrations"].values() if row["number"]])
        record_return(trial, by, why)
        if whole[OWN][trial]["state"] == State.PUBLISHED and not may_publish:
            lost.append(_send_to_review(trial, by, why))
        trials_changed(trial)
        deleted.delete()
        return Trial.objects.get(pk=trial), list(dict.fromkeys(lost))


def _put_rows(trial: int, whole: Snapshot) -> list[str]:
    """Writes back a trial with its rows; sentences about what they name and has gone."""
    own = whole[OWN][trial]
    FormerSlug.objects.filter(slug=own["slug"], trial=None).delete()
    Trial.objects.bulk_create([Trial(**own)])
    changed = {(name, number) for name, rows in whole.items() for number in rows}
    words = words_known(trial)
    fitted, lost = fit(whole, changed, words)
    revive(fitted, words)
    fitted[OWN] = {trial: own | {"version": own["version"] + 1, "updated": timezone.now()}}
    put(trial, fitted, from_archive=True)
    return lost


def _send_to_review(trial: int, by: Any, why: str) -> str:
    note_states({trial: State.PUBLISHED}, State.IN_REVIEW, by, why)
    Trial.objects.filter(pk=trial).update(state=State.IN_REVIEW)
    return "The trial was public and is now in review: only who may publish trials can make it public again."


def _refuse(own: dict[str, Any], whole: Snapshot) -> None:
    slug = own["slug"]
    other = Trial.objects.filter(slug=slug).first() or Trial.objects.filter(pk=own["id"]).first()
    if other is None:
        former = FormerSlug.objects.filter(slug=slug, trial__isnull=False).select_related("trial").first()
        other = former.trial if former else None
    if other is not None:
        raise Gone(f"Nothing was restored: the address {slug} leads to another trial by now, {other}.")
    refuse_taken(whole["registrations"].values())


def _put_rest(rest: dict[str, Any]) -> list[str]:
    """Writes back what else belonged to a trial, as far as what it names still exists; says what does not come back."""
    rows = [found.object for found in serializers.deserialize("python", rest["rows"])]
    there = _there(rows)
    left: Counter[type[models.Model]] = Counter()
    for row in rows:
        if _fits(row, there):
            row.save_base(raw=True, force_insert=True)
        else:
            left[type(row)] += 1
    for (label, attname), pairs in _grouped(rest["links"]).items():
        for pk, target in pairs:
            # What points elsewhere by now goes on doing so.
            manager = apps.get_model(label)._base_manager
            manager.filter(**{"pk": pk, f"{attname}__isnull": True}).update(**{attname: target})
    return [
        f"Not brought back, because what they belong to is gone or has changed: {total} "
        f"{model._meta.verbose_name if total == 1 else model._meta.verbose_name_plural}."
        for model, total in left.items()
    ]


def _grouped(links: Iterable[Sequence[Any]]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    found: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for label, attname, pk, target in links:
        found[label, attname].append((pk, target))
    return found


def _references(row: models.Model) -> Iterator[Any]:
    for column in row._meta.concrete_fields:
        if column.related_model is not None and getattr(row, column.attname) is not None:
            yield column


def _there(rows: Collection[models.Model]) -> dict[Any, set[int]]:
    """The numbers of the rows that these rows name and that exist, and of those with their own numbers."""
    wanted: defaultdict[Any, set[int]] = defaultdict(set)
    for row in rows:
        wanted[type(row)].add(row.pk)
        for column in _references(row):
            wanted[column.related_model].add(getattr(row, column.attname))
    return {
        model: set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for model, keys in wanted.items()
    }


def _fits(row: models.Model, there: dict[Any, set[int]]) -> bool:
    """Whether a row can come back; who has left, or what else is gone, is forgotten where the column may be empty."""
    own = row._meta.pk
    if own is not None and own.related_model is None and row.pk in there[type(row)]:
        return False
    for column in _references(row):
        if getattr(row, column.attname) not in there[column.related_model]:
            if not column.null:
                return False
            setattr(row, column.attname, None)
    return True
