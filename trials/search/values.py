"""The values of a facet: which there are, in what order and tree, and which of them a stored value counts for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from trials.models import Merged
from trials.search.starts import Starts

NOT_STATED = "not-stated"


@dataclass(frozen=True)
class Value:
    """One choice of a facet. `parent` is the slug of the broader choice, or nothing; `synonyms` are its other names."""

    slug: str
    label: str
    parent: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueSet:
    """All choices of a facet in display order.

    `expand` gives the slugs that a stored value counts for: a combined phase both its parts, a term itself and
    everything above it. It gives nothing for a stored value that says nothing. `terms` are the vocabulary's by id. One
    that was merged into another is that other under its old id, and `former` leads from its old slug to the new one.
    """

    values: Mapping[str, Value]
    expand: Callable[[Any], Iterable[str]]
    terms: Mapping[int, Value] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def term_of(self) -> Mapping[str, int]:
        """The terms' ids by their slugs."""
        return {value.slug: pk for pk, value in self.terms.items()}

    @cached_property
    def ids_of(self) -> Mapping[str, tuple[int, ...]]:
        """All ids that mean a term, by its slug: its own, and those of terms that were merged into it."""
        found: dict[str, list[int]] = {}
        for pk, value in self.terms.items():
            found.setdefault(value.slug, []).append(pk)
        return {slug: tuple(pks) for slug, pks in found.items()}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each value stands in display order."""
        return {slug: place for place, slug in enumerate(self.values)}

    @cached_property
    def starts(self) -> Starts[Value]:
        """The values by the beginnings of the words of their names, for suggestions."""
        return Starts.of((name, value) for value in self.values.values() for name in (value.label, *value.synonyms))

    def label(self, term: int) -> str:
        """What a term is called; empty for one that is gone."""
        return self.terms[term].label if term in self.terms else ""


def value_set(values: Iterable[Value], expand: Callable[[Any], Iterable[str]]) -> ValueSet:
    return ValueSet({value.slug: value for value in values}, expand)


def from_choices(choices: type[models.TextChoices]) -> ValueSet:
    """One value per enum member; in addresses in lower case with hyphens."""
    return value_set(
        (Value(enum_slug(member), str(member.label)) for member in choices),
        lambda raw: (enum_slug(raw),) if raw else (),
    )


def enum_slug(member: str) -> str:
    """NOT_YET_RECRUITING -> not-yet-recruiting."""
    return str(member).lower().replace("_", "-")


def from_groups(labels: Mapping[str, str], groups: Mapping[str, tuple[str, ...]]) -> ValueSet:
    """Values of our own (`labels`), each stored value counting for those that `groups` names."""
    return value_set((Value(slug, label) for slug, label in labels.items()), lambda raw: groups.get(raw, ()))


def from_terms(model: type[models.Model]) -> ValueSet:
    """The terms of a vocabulary as a tree, stored as their ids; a term counts for itself and all those above it."""
    rows = list(model._default_manager.values_list("pk", "slug", "label", "parent_id", "synonyms"))
    slug_of = {pk: slug for pk, slug, *_ in rows}
    terms = {
        pk: Value(slug, label, slug_of.get(parent, ""), tuple(synonyms)) for pk, slug, label, parent, synonyms in rows
    }
    parent_of = {pk: parent for pk, _, _, parent, _ in rows}

    def path(pk: int | None) -> Iterable[str]:
        passed: set[int | None] = set()
        # The admin refuses a term below itself; rows written past it may hold one.
        while pk in slug_of and pk not in passed:
            passed.add(pk)
            yield slug_of[pk]
            pk = parent_of[pk]

    paths = {pk: tuple(path(pk)) for pk in slug_of}
    values = {value.slug: value for value in terms.values()}
    gone = [row for row in merged(model) if row[0] not in terms and row[1] in terms]
    paths |= {pk: paths[into] for pk, into, _ in gone}
    former = {slug: slug_of[into] for _, into, slug in gone if slug not in values}
    # Its own id last: that is the one which a slug leads to.
    terms = {pk: terms[into] for pk, into, _ in gone} | terms
    return ValueSet(values, lambda stored: paths.get(stored, ()), terms, former)


def merged(model: type[models.Model]) -> list[tuple[int, int, str]]:
    """(former id, id now, former slug) of the terms that were merged into others, in the order in which they were."""
    rows = Merged.objects.filter(of=model._meta.model_name).order_by("pk")
    return list(rows.values_list("number", "into", "slug"))
