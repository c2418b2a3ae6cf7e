"""Other trials of the catalogue whose texts name this one: its later trials say so, and it does not know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyroaring import BitMap

from trials.models import Trial
from trials.search.text.holding import holding
from trials.views._record.lineage import Mention, mentions_of, own_numbers

# A master protocol may be named by hundreds; whoever wants them all searches for its number.
MOST = 12
# What of a trial may name another, beside its own texts.
_LISTS = ("registrations", "identifiers", "arms", "interventions", "criteria", "references")


@dataclass(frozen=True)
class Namer:
    """A public trial, and how it names this one; `mention.kind` says what this trial is to it."""

    trial: Trial
    mention: Mention


def namers_of(trial: Trial) -> tuple[Namer, ...]:
    """Public trials in whose words a number of this one stands, at most twelve; one query, and some more to read them
    if there are any."""
    others = holding(sorted(own_numbers(trial))) - BitMap([trial.pk])
    if not others:
        return ()
    held = Trial.objects.public().filter(pk__in=others[:MOST]).prefetch_related(*_LISTS).order_by("pk")
    return tuple(namer for other in held for namer in _naming(other, own_numbers(trial)))


def _naming(other: Trial, numbers: frozenset[str]) -> Iterator[Namer]:
    """Once, by the mention that says most."""
    found = [mention for mention in mentions_of(other) if mention.number in numbers]
    if found:
        yield Namer(other, max(found, key=lambda mention: bool(mention.kind)))
