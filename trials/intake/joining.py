"""Two terms of a vocabulary, or two organisations, that mean the same become one: the others go into the one kept.

`look` tells what would move, `join` does it, in one transaction. All that points at what goes points at what stays
afterwards; its names, code, id and address go on meaning it (`Merged`, `FormerName`). However many trials name a term,
a few statements move them: cards hold terms by their ids, and an index reads the old id as the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from trials.intake.editing import hold_all, wait_for_import
from trials.intake.joined_values import joined_values
from trials.intake.late import publish_some
from trials.intake.lexicon import WORD_MODELS
from trials.intake.remapping import note_changes
from trials.intake.staleness import mark_stale, names_of
from trials.models import (
    Condition,
    ConditionChange,
    FixtureRow,
    FormerName,
    Merged,
    Organisation,
    Trial,
    TrialCondition,
    TrialReading,
)
from trials.models.trial import TrialRow
from trials.search.publishing import publishing, terms_changed

# Names in one question to the texts; beyond, every trial is to be read again.
_MOST_NAMES = 500


class NotJoined(ValueError):  # noqa: N818 (says why)
    """What cannot be merged. The message says why and what to do."""


@dataclass(frozen=True)
class Link:
    """A place that points at terms or organisations: a column of `model`, or with `through` a list of it.

    `name` is the column or list, `through` the table of the list's links and `source` its column of `model`'s rows.
    """

    model: type[models.Model]
    name: str
    through: Any = None
    source: str = ""
    target: str = ""

    def rows(self, things: Collection[int]) -> Any:
        """A query of the rows that point at any of these."""
        return self.model._default_manager.filter(**{f"{self.name}__in": things}).order_by()


@dataclass(frozen=True)
class Moved:
    """What moves: the trials, and how many rows of every other kind, with what it is called."""

    trials: int
    others: tuple[tuple[int, str, str], ...]


def links_to(model: type[models.Model]) -> Iterator[Link]:
    """Every place that points at rows of this model, but for notes that go with a row."""
    found: Iterable[Any] = model._meta.get_fields()
    for link in found:
        if not (link.auto_created and not link.concrete and link.related_model):
            continue
        field: Any = link.field
        if field.many_to_many:
            through = field.remote_field.through
            yield Link(field.model, field.name, through, field.m2m_column_name(), field.m2m_reverse_name())
        else:
            yield Link(field.model, field.name)


def look(things: Sequence[models.Model]) -> Moved:
    """What would move from these to another."""
    keys = [thing.pk for thing in things]
    links = list(links_to(type(things[0])))
    others = []
    for link in links:
        if not _is_of_trials(link) and (total := link.rows(keys).distinct().count()):
            one, many = str(link.model._meta.verbose_name), str(link.model._meta.verbose_name_plural)
            if link.model is type(things[0]):
                one, many = "narrower term", "narrower terms"
            others.append((total, one, many))
    return Moved(Trial.objects.filter(_named_in(links, keys)).count(), tuple(others))


def join(stays: models.Model, goes: Sequence[models.Model], by: Any) -> int:
    """Merges `goes` into `stays`, with an entry in the log of `by`; how many trials' cards are left to be written.

    Waits for a running import's batch and for whoever writes one of these or a trial that names them. NotJoined where
    one of them is gone meanwhile.
    """
    model = type(stays)
    with publishing():
        wait_for_import()
        held = hold(model, stays.pk, [thing.pk for thing in goes])
        stays, goes = held[stays.pk], [held[thing.pk] for thing in goes]
        gone = [thing.pk for thing in goes]
        links = list(links_to(model))
        trials = Trial.objects.filter(_named_in(links, gone)).order_by("pk")
        named = list(trials.values_list("pk", flat=True))
        _forget_reading(stays, goes)
        # Forms that are open show what is about to go. The trials are told by what names them, before that changes.
        trials.order_by().update(version=F("version") + 1)
        twice = _named_twice(stays, gone) if model is Condition else False
        for name, value in joined_values(stays, goes).items():
            setattr(stays, name, value)
        _lift(stays, goes)
        for link in links:
            _move(link, stays.pk, gone)
        _add_own_lists(stays, goes)
        late = _remember(stays, goes, named)
        model._default_manager.filter(pk__in=gone).delete()
        # Last: a name of what goes is free only now.
        stays.save()
        if twice:
            note_changes([stays.pk])
        _log(stays, goes, len(named), by)
    return late


# Holding ---------------------------------------------------------------------------------------------------------


def hold(model: type[models.Model], stays: int, goes: Collection[int]) -> dict[int, Any]:
    """The rows, which nobody else points at or writes until the transaction ends. NotJoined where one is gone.

    The trials first, as whoever saves one holds it before it points at a term. The caller has waited for the batch of a
    running import (`wait_for_import`).
    """
    if stays in goes:
        raise NotJoined("Nothing was merged: a thing cannot be merged into itself.")
    hold_all(Trial.objects.filter(_named_in(links_to(model), goes)).values("pk"))
    rows = _all(model).select_for_update().filter(pk__in=[stays, *goes]).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) <= len(goes):
        raise NotJoined("Nothing was merged: one of them was deleted or merged meanwhile.")
    return found


def _is_of_trials(link: Link) -> bool:
    return issubclass(link.model, TrialRow)


def _named_in(links: Iterable[Link], things: Collection[int]) -> Q:
    """Trials of which a row points at one of these."""
    found = Q(pk__in=())
    for link in links:
        if _is_of_trials(link):
            found |= Q(pk__in=link.rows(things).values("trial"))
    return found


def _named_twice(stays: models.Model, gone: Collection[int]) -> bool:
    """Whether a registry's own term of some trial says no more after this than the trial's words do."""
    others = TrialCondition.objects.filter(trial=OuterRef("trial"), condition__in=[stays.pk, *gone])
    own = TrialCondition.objects.filter(condition__in=[stays.pk, *gone], from_mesh=True)
    return own.filter(Exists(others.exclude(pk=OuterRef("pk")))).exists()


def _all(model: Any) -> Any:
    return model._default_manager


# Moving ----------------------------------------------------------------------------------------------------------


def _lift(stays: Any, goes: Sequence[Any]) -> None:
    """Takes the one that stays out from below those that go, so that it never stands below itself.

    It comes to stand where the uppermost of them stood: it means what that one meant.
    """
    if isinstance(stays, Organisation):
        return
    gone, terms = {thing.pk for thing in goes}, _all(type(stays))
    parents = dict(terms.values_list("pk", "parent_id"))
    above, passed = parents[stays.pk], {stays.pk}
    while above is not None and above not in passed:
        passed.add(above)
        if above in gone:
            stays.parent_id = parents[above]
        above = parents[above]
    terms.filter(pk=stays.pk).update(parent=stays.parent_id)


def _move(link: Link, stays: int, gone: Collection[int]) -> None:
    """Makes a place point at what stays wherever it points at what goes; a list names it once."""
    if link.through is None:
        # Of those that go one may stand below another; they must not keep each other.
        link.rows(gone).exclude(**({"pk": stays} if link.name == "parent" else {})).update(**{link.name: stays})
        return
    rows = link.through._base_manager
    for thing in gone:
        there = rows.filter(**{link.source: OuterRef(link.source), link.target: stays})
        rows.filter(~Exists(there), **{link.target: thing}).update(**{link.target: stays})
    rows.filter(**{f"{link.target}__in": gone}).delete()


def _add_own_lists(stays: models.Model, goes: Iterable[models.Model]) -> None:
    """Adds the areas of conditions up. What a product's name says is not added up: it would contradict itself."""
    for field in stays._meta.many_to_many:
        own = getattr(stays, field.name)
        for thing in goes:
            if isinstance(stays, Condition) or not own.exists():
                own.add(*getattr(thing, field.name).all())


def _remember(stays: Any, goes: Sequence[Any], trials: Sequence[int]) -> int:
    """Lets the names, ids and addresses of what goes mean what stays; how many cards are left to be written."""
    of, gone = str(stays._meta.model_name), [thing.pk for thing in goes]
    Merged.objects.filter(of=of, into__in=gone).update(into=stays.pk)
    Merged.objects.bulk_create(
        Merged(
            of=of,
            number=thing.pk,
            into=stays.pk,
            label=str(thing),
            **{name: getattr(thing, name, "") for name in ("slug", "code_system", "code")},
        )
        for thing in goes
    )
    # A fixture that brought it means what stays from now on, as if an editor had changed its row into that.
    FixtureRow.objects.filter(model=stays._meta.label_lower, object_pk__in=gone).update(object_pk=stays.pk)
    if isinstance(stays, Condition):
        # That words wait to be mapped by what goes is to be remembered too.
        ConditionChange.objects.filter(condition__in=gone).update(condition=stays.pk)
    if not isinstance(stays, Organisation):
        terms_changed()
        return 0
    names = [thing.name for thing in goes]
    FormerName.objects.filter(name__in=[*names, stays.name]).delete()
    FormerName.objects.bulk_create(FormerName(name=name, organisation=stays) for name in names)
    return publish_some(trials)


def _forget_reading(stays: Any, goes: Sequence[Any]) -> None:
    """Marks the trials whose texts hold a word that means something else from now on.

    The names of what goes; those of what stood below it, which now stands elsewhere; and those of what stays, if it
    moves in the tree.
    """
    if type(stays) not in WORD_MODELS:
        return
    names = frozenset().union(*map(names_of, goes))
    for below in _all(type(stays)).filter(parent__in=[thing.pk for thing in goes]):
        names |= names_of(below)
    if len(names) > _MOST_NAMES:
        TrialReading.objects.update(is_stale=True)
    elif names:
        mark_stale(names)


def _log(stays: models.Model, goes: Iterable[models.Model], trials: int, by: Any) -> None:
    """One entry in the log: for people to read, and for imports, which look there for words that have changed."""
    names = ", ".join(f"“{thing}”" for thing in goes)
    words = f"Merged {names} into this: {trials:,} trials moved."
    LogEntry.objects.log_actions(by.pk, [stays], CHANGE, change_message=words)
