"""A trial that became part of another: what people did to it goes along, and nothing of it is lost silently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import ManyToOneRel, Model

from trials.intake.applying import FACTS, LISTS
from trials.intake.editing import fields, lists, never_public, rows_of, state_of, value_of
from trials.intake.fact_lists import OWNERS, READ
from trials.models import Edit, FormerSlug, Lock, PreviewLink, Registration, Statement, Trial
from trials.models.choices import EditKind
from trials.models.trial import TrialRow
from trials.search.publishing import trials_changed

# What only people write, whether or not anything is locked.
_BY_PEOPLE = ("statements", "flags")


def worked_on(trials: Collection[int]) -> set[int]:
    """Those of these trials that hold something that people did: a lock, an edit, a link, a document, a statement …"""
    found: set[int] = set()
    models: tuple[Any, ...] = (Lock, Edit, PreviewLink, Registration, *(lists()[name] for name in _BY_PEOPLE))
    for model in models:
        rows = model._default_manager.filter(trial__in=trials)
        rows = rows.exclude(READ) if model is Statement else rows
        found.update(rows.values_list("trial", flat=True))
    return found


def dissolve(old: int, new: int) -> None:
    """Takes away a trial that lost its last record; its addresses and all that editors own go to another."""
    trial, home = Trial.objects.get(pk=old), Trial.objects.get(pk=new)
    FormerSlug.objects.filter(trial=trial).update(trial=home)
    for order, document in enumerate(trial.registrations.all(), home.registrations.count() + 1):
        Registration.objects.filter(pk=document.pk).update(trial=home, order=order, is_lead=False)
    taken = set(home.locks.values_list("name", flat=True))
    own = [lock for lock in trial.locks.all() if lock.name not in taken]
    for lock in trial.locks.filter(name__in=taken):
        _note_loss(lock, home)
    columns = [column for lock in own for column in fields().get(lock.name, ())]
    Trial.objects.filter(pk=home.pk).update(**{column: getattr(trial, column) for column in columns})
    names = [lock.name for lock in own if lock.name in lists()]
    for column, owner in OWNERS.items():
        # What was read goes with the rows that it is of; those of a list that an editor owns come along.
        if (LISTS | FACTS)[owner] not in names:
            Statement.objects.filter(READ, trial=trial, **{f"{column}__isnull": False}).delete()
    for name in names:
        _replace(name, trial, home)
    for name in (*names, *_BY_PEOPLE):
        _bring_along(name, trial, home)
    Lock.objects.filter(pk__in=[lock.pk for lock in own]).update(trial=home)
    Edit.objects.filter(trial=trial).update(trial=home)
    PreviewLink.objects.filter(trial=trial).update(trial=home)
    slug = trial.slug
    trials_changed(old, new)
    trial.delete()
    if not home.registrations.filter(number__iexact=slug).exists():
        FormerSlug.objects.get_or_create(slug=slug, defaults={"trial": home})


def _note_loss(lock: Lock, home: Trial) -> None:
    """Two editors own the same field, each on one of the trials: that of `home` stands, the other is kept here."""
    if lock.name in fields():
        old, new = (value_of(state_of(trial).columns, lock.name) for trial in (lock.trial_id, home.pk))
    else:
        rows = (rows_of(lists()[lock.name], trial).values() for trial in (lock.trial_id, home.pk))
        old, new = ([row.words for row in held] for held in rows)
    if old != new:
        loss = Edit(trial=home, name=lock.name, kind=EditKind.GAVE_WAY, old=old, new=new, by=lock.by)
        loss.before_public = never_public(lock.trial_id)
        loss.save()


def _replace(name: str, trial: Trial, home: Trial) -> None:
    """Puts one list of `trial` in the place of that of `home`; who names a row there names the one that reads alike."""
    model = lists()[name]
    instead = {str(row): row.pk for row in _rows(model, trial)}
    gone = {row.pk: instead.pop(str(row), None) for row in _rows(model, home)}
    for column in _columns_that_name(model):
        for pk, new in gone.items():
            if new is not None or column.null:
                column.model._base_manager.filter(**{column.attname: pk}).update(**{column.attname: new})
    model._base_manager.filter(pk__in=gone).delete()
    model._base_manager.filter(trial=trial).update(trial=home)


def _columns_that_name(model: type[Model]) -> Iterator[Any]:
    """The columns of other lists, and of the tables between two lists, that point to rows of this one."""
    for link in model._meta.get_fields(include_hidden=True):
        if isinstance(link, ManyToOneRel) and link.related_model is not model:
            yield link.field


def _bring_along(name: str, trial: Trial, home: Trial) -> None:
    """Moves a list, and whatever its rows name that is still with `trial`, unless `home` has a row that reads alike."""
    model = lists()[name]
    model._base_manager.filter(trial=trial).update(trial=home)
    for link in (*model._meta.concrete_fields, *model._meta.many_to_many):
        linked = link.related_model
        if not (isinstance(linked, type) and issubclass(linked, TrialRow)):
            continue
        alike = {str(row): row for row in _rows(linked, home)}
        named = linked._base_manager.filter(trial=trial)
        for row in _rows_named(model, link.name, home, named):
            for stray in [stray for stray in _named(row, link) if stray.trial_id == trial.pk]:
                _point(row, link, stray, alike, home)


def _rows_named(model: type[Model], link: str, home: Trial, named: Any) -> Iterable[Any]:
    return list(model._base_manager.filter(trial=home, **{f"{link}__in": named}).distinct())


def _named(row: Any, link: Any) -> list[Any]:
    return list(getattr(row, link.name).all()) if link.many_to_many else [getattr(row, link.name)]


def _point(row: Any, link: Any, stray: Any, alike: dict[str, Any], home: Trial) -> None:
    """Lets a row name the row of `home` that reads like the stray one; else the stray one becomes one of `home`."""
    other = alike.get(str(stray))
    if other is None:
        type(stray)._base_manager.filter(pk=stray.pk).update(trial=home)
    elif link.many_to_many:
        getattr(row, link.name).remove(stray)
        getattr(row, link.name).add(other)
    else:
        type(row)._base_manager.filter(pk=row.pk).update(**{link.attname: other.pk})


def _rows(model: type[TrialRow], trial: Trial) -> list[Any]:
    return list(model._default_manager.filter(trial=trial))
