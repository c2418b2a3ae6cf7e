"""Rows of the past made to fit what stands today: what they name may be gone, joined with another, or have moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from trials.intake.history import LIST_OF, Snapshot, Values, key_of, numbers, targets_of
from trials.models import FormerName, Merged, Organisation
from trials.models.history import TRACKED
from trials.models.vocabulary import Term


def fit(
    wanted: Snapshot, changed: Collection[tuple[str, int]], words: Mapping[str, Mapping[int, str]]
) -> tuple[Snapshot, list[str]]:
    """The rows with all links leading somewhere, and sentences about what they lost.

    Only `changed` rows (list, number) may name what is outside of the trial and gone; rows of the trial itself may
    go with others. `words` are those for what the history's rows name, by model and number.
    """
    replaced = _replaced(wanted, changed, words)
    lost: list[str] = []
    fitted: Snapshot = {}
    for name, rows in wanted.items():
        fitted[name] = {}
        for number, row in rows.items():
            for column, model in targets_of(name):
                row = _fit_column(name, row, column, model, wanted, replaced, words, lost)
            fitted[name][number] = row
    return fitted, lost


def _fit_column(
    name: str,
    row: Values,
    column: str,
    model: type[models.Model],
    wanted: Snapshot,
    replaced: Mapping[type[models.Model], Mapping[int, int | None]],
    words: Mapping[str, Mapping[int, str]],
    lost: list[str],
) -> Values:
    """The row with one of its columns or links pointing only to what is there."""
    held = numbers(row[column])
    if model in LIST_OF:
        kept = [number for number in held if number in wanted[LIST_OF[model]]]
    else:
        moved = replaced.get(model, {})
        kept = [found for number in held if (found := moved.get(number, number)) is not None]
    if kept == held:
        return row
    if len(kept) < len(held) and model is not get_user_model():
        gone = [words.get(key_of(model), {}).get(number, "a row that is gone") for number in held if number not in kept]
        lost.append(f"“{'”, “'.join(gone)}” is no longer there; {_called(name)} stand without it.")
    if isinstance(row[column], list):
        return row | {column: sorted(set(kept))}
    return row | {column: kept[0] if kept else None}


def _called(name: str) -> str:
    return str(TRACKED[name]._meta.verbose_name_plural)


def _replaced(
    wanted: Snapshot, changed: Collection[tuple[str, int]], words: Mapping[str, Mapping[int, str]]
) -> dict[type[models.Model], dict[int, int | None]]:
    """For terms, organisations, accounts and other trials that are gone: what stands in their place, or nothing."""
    named: defaultdict[type[models.Model], set[int]] = defaultdict(set)
    for name, number in changed:
        for column, model in targets_of(name):
            if model not in LIST_OF:
                named[model].update(numbers(wanted[name][number][column]))
    found: dict[type[models.Model], dict[int, int | None]] = {}
    for model, keys in named.items():
        gone = keys - set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
        known = words.get(key_of(model), {})
        found[model] = {key: _instead(model, key, known.get(key, "")) for key in sorted(gone)}
        if model is Organisation:
            # No sponsorship can do without one: `revive` makes it again.
            found[model] = {key: new or key for key, new in found[model].items()}
    return found


def revive(wanted: Snapshot, words: Mapping[str, Mapping[int, str]]) -> None:
    """Makes organisations again that rows are to name and that are gone, under their numbers and names."""
    keys = {row["organisation_id"] for row in wanted["sponsorships"].values()}
    there = set(Organisation.objects.filter(pk__in=keys).values_list("pk", flat=True))
    known = words.get(key_of(Organisation), {})
    Organisation.objects.bulk_create(
        Organisation(pk=key, name=known.get(key, f"Organisation {key}, which was deleted")) for key in keys - there
    )


def _instead(model: type[models.Model], number: int, word: str) -> int | None:
    """The number of the term or organisation that one that is gone was merged into, or that bears its name."""
    merged = Merged.objects.filter(of=key_of(model), number=number).values_list("into", flat=True).first()
    if merged is not None and model._default_manager.filter(pk=merged).exists():
        return merged
    if model is Organisation:
        former = FormerName.objects.filter(name=word).values_list("organisation", flat=True)
        return former.first() or Organisation.objects.filter(name=word).values_list("pk", flat=True).first()
    if issubclass(model, Term) and word:
        return next(_terms_named(model, word), None)
    return None


def _terms_named(model: Any, word: str) -> Iterator[int]:
    """The terms of that label, then those that have it among their synonyms."""
    yield from model.objects.filter(label__iexact=word).values_list("pk", flat=True)
    for number, synonyms in model.objects.values_list("pk", "synonyms"):
        if word.lower() in (str(synonym).lower() for synonym in synonyms):
            yield number
