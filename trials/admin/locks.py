"""What editors own of a trial, beside what the registry says of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trials.admin.words import Lines, field_words, label, lock_name, row_lines, rows_in_words
from trials.intake.editing import fields, lists, state_of, value_of
from trials.intake.registry import Comparison, Original, Pair, compare, original_of
from trials.models import Lock, Trial

# Characters of the registry's value that stand beside a field of the form; the page of locks has all of it.
SHORT = 200


@dataclass(frozen=True)
class RowView:
    """A row in which the lists differ: as the trial has it, as the registry does, or both. `key` is the registry's."""

    key: str
    title: str
    own: Lines
    registry: Lines


@dataclass(frozen=True)
class LockView:
    """A lock with both values; of a list the rows that differ. `knows`: whether the registry has a value for it."""

    name: str
    words: str
    by: str
    since: str
    knows: bool
    is_list: bool
    moved: str = ""
    own: str = ""
    registry: str = ""
    missing: tuple[RowView, ...] = ()
    changed: tuple[RowView, ...] = ()
    added: tuple[RowView, ...] = ()
    same: int = 0

    @property
    def differs(self) -> bool:
        return bool(self.missing or self.changed or self.added) if self.is_list else self.own != self.registry


def views_of(trial: Trial, original: Original | None) -> list[LockView]:
    """All locks of a trial, fields before lists, with both values."""
    state = state_of(trial.pk, whole=False)
    found = [_view(trial, lock, state.columns, original) for lock in trial.locks.select_related("by")]
    return sorted(found, key=lambda view: (view.is_list, view.words))


def _view(trial: Trial, lock: Lock, columns: Mapping[str, Any], original: Original | None) -> LockView:
    name, knows = lock.name, original is not None and original.knows(lock.name)
    common: dict[str, Any] = {
        "name": name,
        "words": lock_name(name),
        "by": owner(lock),
        "since": day(lock),
        "knows": knows,
        "is_list": name in lists(),
        "moved": date_format(lock.moved_on, "j F Y") if lock.moved_on else "",
    }
    if name in fields():
        own = field_words(name, value_of(columns, name))
        registry = field_words(name, original.value(name)) if original and knows else ""
        return LockView(**common, own=own, registry=registry)
    if original and knows:
        return LockView(**common, **_rows(lists()[name], compare(trial.pk, original.content, name)))
    return LockView(**common)


def owner(lock: Lock) -> str:
    return lock.by.get_username() if lock.by else "an editor who has left"


def day(lock: Lock) -> str:
    return date_format(timezone.localtime(lock.since), "j F Y")


# Lists -----------------------------------------------------------------------------------------------------------


def _rows(model: type[models.Model], comparison: Comparison) -> dict[str, Any]:
    pairs = [pair for pair in comparison.pairs if not pair.is_same]
    missing = [pair for pair in pairs if pair.held is None]
    changed = [pair for pair in pairs if pair.held is not None]
    return {
        "missing": tuple(_missing(model, missing)),
        "changed": tuple(_changed(model, changed)),
        "added": tuple(RowView("", *_titled(model, row), ()) for row in rows_in_words(model, comparison.own)),
        "same": len(comparison.pairs) - len(pairs),
    }


def _missing(model: type[models.Model], pairs: list[Pair]) -> list[RowView]:
    rows = rows_in_words(model, [pair.wanted for pair in pairs])
    titled = (_titled(model, row) for row in rows)
    return [RowView(pair.key, title, (), lines) for pair, (title, lines) in zip(pairs, titled, strict=True)]


def _changed(model: type[models.Model], pairs: list[Pair]) -> list[RowView]:
    """Both sides in the columns in which they differ; what the registry says nothing of is empty there."""
    own_rows = rows_in_words(model, [pair.held or {} for pair in pairs])
    rows = rows_in_words(model, [pair.wanted for pair in pairs])
    names = {column.attname: column.name for column in model._meta.concrete_fields}
    views = []
    for pair, own, row in zip(pairs, own_rows, rows, strict=True):
        differing = [names[column] for column in pair.differing]
        sides = [row_lines(model, {name: side.get(name) for name in differing}, with_empty=True) for side in (own, row)]
        for many in model._meta.many_to_many:
            keys = [{key for name, key in links if name == many.name} for links in (pair.held_linked, pair.linked)]
            if keys[0] != keys[1]:
                sides = [(*side, _linked(many, linked)) for side, linked in zip(sides, keys, strict=True)]
        views.append(RowView(pair.key, _titled(model, row)[0], *sides))
    return views


def _linked(many: Any, keys: Collection[int]) -> tuple[str, str]:
    """What an arm is given, or what a product is made of, as a line."""
    rows = many.related_model._default_manager.filter(pk__in=keys)
    return label(many), "; ".join(map(str, rows))


def _titled(model: type[models.Model], row: dict[str, Any]) -> tuple[str, Lines]:
    lines = row_lines(model, row)
    title = next((text for label, text in lines if label not in ("Place", "Kind", "Type")), "")
    return title, lines


# Marks on the form -----------------------------------------------------------------------------------------------


def marks_of(trial: Trial) -> dict[str, SafeString]:
    """For each locked field and list a short mark: who locked it, when, the registry's value, and the way back."""
    locks = list(trial.locks.select_related("by"))
    if not locks:
        return {}
    original, page = original_of(trial, with_lists=False), locks_url(trial)
    return {lock.name: _mark(lock, original, page) for lock in locks}


def _mark(lock: Lock, original: Original | None, page: str) -> SafeString:
    registry = ""
    if original and original.knows(lock.name) and lock.name in fields():
        value = field_words(lock.name, original.value(lock.name))
        short = value if len(value) <= SHORT else f"{value[: SHORT - 1]}…"
        registry = f" The registry says: {short}." if short else " The registry states nothing."
    return format_html(
        '<span class="lock-mark"><b>Locked</b> by {}, {}.{} '
        '<a href="{}#lock-{}">Compare or take back<span class="visually-hidden"> {}</span></a></span>',
        owner(lock), day(lock), registry, page, lock.name, lock_name(lock.name),
    )  # fmt: skip


def locks_url(trial: Trial) -> str:
    """The address of the page of a trial's locks."""
    return reverse("admin:trials_trial_locks", args=[trial.pk])
