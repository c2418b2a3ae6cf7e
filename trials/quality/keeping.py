"""Keeps what rules found as flags: new ones come, those that no longer hold go, a dismissal lasts with its facts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from django.utils import timezone

from trials.models import Edit, Flag, bulk
from trials.models.choices import EditKind, FlagOrigin
from trials.quality.gathering import read
from trials.quality.rules import Rule, findings
from trials.quality.rules.facts import Facts, Found

Key = tuple[int, str, str]

_COMPARED = ("severity", "sentence", "first_place", "second_place")


def check(known: Iterable[int], made: Mapping[int, Facts], today: dt.date | None = None) -> set[int]:
    """Makes the flags of trials those that the rules find; the trials of which any flag came, went or changed.

    `known` are read, `made` were written just now and have no flags yet. The caller holds the trials.
    """
    numbers = list(known)
    day = today or timezone.localdate()
    trials = {**(read(numbers) if numbers else {}), **made}
    held, by_hand = _held(numbers) if numbers else ({}, set())
    wanted: dict[Key, bulk.Row] = {}
    for trial, facts in trials.items():
        failed: set[str] = set()
        for rule, found in findings(facts, day, failed):
            if (trial, rule.id) not in by_hand:
                row = flag_row(trial, rule, found)
                wanted.setdefault((trial, rule.id, row["facts"]), row)
        # What a rule that failed had found before stays, with its dismissals.
        for key in [key for key in held if key[0] == trial and key[1] in failed] if failed else ():
            del held[key]
    return _write(wanted, held)


def flag_row(trial: int, rule: Rule, found: Found) -> bulk.Row:
    """The columns of a flag."""
    return {
        "trial_id": trial,
        "order": 0,
        "rule": rule.id,
        "severity": rule.severity,
        "sentence": found.sentence,
        "first_place": found.first_place[:200],
        "second_place": found.second_place[:200],
        "origin": FlagOrigin.RULE.value,
        "facts": digest_of(found),
        "since": timezone.now(),
    }


def digest_of(found: Found) -> str:
    """Stands for the values behind a flag."""
    return hashlib.blake2b(repr(found.values).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _held(trials: list[int]) -> tuple[dict[Key, list[Flag]], set[tuple[int, str]]]:
    """The flags of rules by trial, rule and facts, dismissed ones first; and which rules were written of by hand."""
    held: dict[Key, list[Flag]] = {}
    by_hand: set[tuple[int, str]] = set()
    for flag in Flag.objects.filter(trial__in=trials).order_by("-dismissed", "pk"):
        if flag.origin == FlagOrigin.HAND:
            by_hand.add((flag.trial_id, flag.rule))
        else:
            held.setdefault((flag.trial_id, flag.rule, flag.facts), []).append(flag)
    return held, by_hand


def _write(wanted: Mapping[Key, bulk.Row], held: Mapping[Key, list[Flag]]) -> set[int]:
    # Two trials that became one may bring the same flag twice.
    gone = [flag for key, flags in held.items() for flag in (flags[1:] if key in wanted else flags)]
    changed = {flags[0].pk: row for key, flags in held.items() if (row := wanted.get(key)) and _differs(flags[0], row)}
    fresh = [row for key, row in wanted.items() if key not in held]
    if gone:
        _note_lapsed(gone)
        Flag.objects.filter(pk__in=[flag.pk for flag in gone]).delete()
    bulk.update(Flag, [(pk, {name: row[name] for name in _COMPARED}) for pk, row in changed.items()])
    bulk.add(Flag, fresh)
    return {flag.trial_id for flag in gone} | {row["trial_id"] for row in (*changed.values(), *fresh)}


def _differs(flag: Flag, row: bulk.Row) -> bool:
    return any(getattr(flag, name) != row[name] for name in _COMPARED)


def _note_lapsed(gone: Iterable[Flag]) -> None:
    """Leaves dismissals that end in the trial's history."""
    Edit.objects.bulk_create(
        Edit(trial_id=flag.trial_id, name="flags", kind=EditKind.LAPSED, old=[words_of(flag)], new=[])
        for flag in gone
        if flag.dismissed
    )


def words_of(flag: Flag) -> dict[str, str]:
    """A flag as the history of edits holds it."""
    names: Iterator[str] = iter(("rule", "sentence", "dismissed"))
    return {name: value for name in names if (value := getattr(flag, name))}
