"""An editor's word on two registry numbers, and what it does to the trials at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from trials.intake.editing import wait_for_import
from trials.intake.history import Snapshot, look, record, record_end
from trials.intake.interpreting import Interpreter
from trials.intake.matching import from_records, register_of
from trials.intake.regrouping import regroup
from trials.models import MatchDecision, MatchSuggestion, Registration, Trial
from trials.models.choices import MomentKind
from trials.registries.readers import READERS
from trials.search.publishing import publishing


class Unknown(ValueError):  # noqa: N818 (says what is wrong with the numbers)
    """A decision that cannot be made. The message says why and what to do."""


def decide(first: str, second: str, same: bool, by: Any, reason: str = "") -> MatchDecision:
    """Notes that two numbers are, or are not, one trial, and brings trials together or apart accordingly.

    `by` is a user or None. The word outweighs what the records say, now and at every later import; a later word on the
    same two numbers replaces it. Suggestions about the two are answered by it. All in one transaction; Unknown if the
    numbers are one and the same, if the catalogue holds no registration of one of them, or if the word cannot be kept.
    """
    # PostgreSQL cannot even be asked for a NUL.
    low, high = sorted(number.replace("\0", "").strip() for number in (first, second))
    if low == high:
        raise Unknown(f"“{low}” stands on both sides. Name two different numbers.")
    with publishing():
        held = _wait_for_others((low, high))
        before = _around((low, high))
        for number in (low, high):
            if number not in held:
                raise Unknown(
                    f"The catalogue has no registration “{number}”. Write the number as its record page shows it."
                )
        decision, _ = MatchDecision.objects.update_or_create(
            first=low, second=high, defaults={"same": same, "by": by, "reason": reason[:300]}
        )
        MatchSuggestion.objects.filter(
            Q(first__number=low, second__number=high) | Q(first__number=high, second__number=low)
        ).delete()
        _regroup((low, high))
        if _are_together(low, high) != same:
            outcome = "could not be joined" if same else "still stand on one trial"
            raise Unknown(
                f"{low} and {high} {outcome}: another decision, or a document that an editor entered, says otherwise. "
                "Change that first. Nothing was saved."
            )
        _record(before, (low, high), by, reason)
    return decision


def take_back(decision: MatchDecision, by: Any = None) -> None:
    """Forgets an editor's word; the trials are again what the records say of them. In one transaction."""
    numbers = (decision.first, decision.second)
    with publishing():
        _wait_for_others(numbers)
        before = _around(numbers)
        decision.delete()
        _regroup(numbers)
        _record(before, numbers, by, "The decision was taken back.")


def _around(numbers: Iterable[str]) -> dict[int, Snapshot]:
    """The trials of these numbers with all their rows."""
    trials = Registration.objects.filter(number__in=numbers).order_by("trial").values_list("trial", flat=True)
    return look(list(trials.distinct()))


def _record(before: Mapping[int, Snapshot], numbers: Iterable[str], by: Any, why: str) -> None:
    """Keeps in the history of each trial what the decision did to it: it changed, it began, or it is no more."""
    standing = set(Trial.objects.filter(pk__in=before).values_list("pk", flat=True))
    after = look(sorted(standing)) | _around(numbers)
    record({trial: before.get(trial, {}) for trial in after}, after, by, MomentKind.MATCHED, why)
    record_end({trial: whole for trial, whole in before.items() if trial not in after}, by, MomentKind.JOINED, why)


def _wait_for_others(numbers: Iterable[str]) -> set[str]:
    """Holds up the batches of a running import, and other editors' words on these numbers, until this one is done.

    Returns those of the numbers that are held.
    """
    wait_for_import()
    rows = Registration.objects.select_for_update().filter(number__in=numbers)
    return {row.number for row in rows.order_by("pk")}


def _are_together(first: str, second: str) -> bool:
    return Registration.objects.filter(number=first, trial__registrations__number=second).exists()


def _regroup(numbers: Iterable[str]) -> None:
    rows = from_records().filter(number__in=numbers).values_list("registry", "number", "publisher")
    found = [(register_of(registry, number, publisher), number) for registry, number, publisher in rows]
    regroup(Interpreter(READERS), found, unlinked=found)
