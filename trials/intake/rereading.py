"""Reads the texts of trials again, their condition words and their sites, from the stored records, batch by batch."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError
from django.db.models import QuerySet

from trials.intake.applying import FACTS, apply_lists
from trials.intake.conditions import CONDITION_LISTS
from trials.intake.editing import hold_up_saves, wait_for_fixtures
from trials.intake.fact_lists import Target
from trials.intake.interpreting import Interpreter
from trials.intake.refreshing import reread as reread_batch
from trials.intake.saving import FAULTS
from trials.intake.staleness import readable
from trials.models import Contact, Site, Trial
from trials.search.publishing import publishing

BATCH = 100


@dataclass
class Tally:
    """What became of the trials. `left`: trials of which something that texts say stays because an editor owns or
    reviewed it."""

    read: int = 0
    changed: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.read - self.changed

    def add(self, targets: Sequence[Target]) -> None:
        self.read += len(targets)
        self.changed += sum(target.changed for target in targets)
        self.left += sum(bool(target.reviewed or target.locked.intersection(FACTS.values())) for target in targets)


def reread(trials: QuerySet[Trial], interpreter: Interpreter, told: Callable[[Tally], None] = lambda _: None) -> Tally:
    """Reads these trials, each batch in a transaction of its own. A batch that fails is repeated trial by trial."""
    tally = Tally()
    for batch in _batches(trials):
        try:
            _add(tally, batch, _read(batch, interpreter))
        except FAULTS:
            for pk in batch:
                try:
                    _add(tally, [pk], _read([pk], interpreter))
                except FAULTS as error:
                    # One that was taken away meanwhile is no failure.
                    slugs = Trial.objects.filter(pk=pk).values_list("slug", flat=True)
                    tally.failed += [f"{slug}: {_reason(error)}" for slug in slugs]
        told(tally)
    return tally


def _add(tally: Tally, batch: Sequence[int], targets: Sequence[Target]) -> None:
    """Counts what was read, and names the trials on which the readers failed: what was read of them before stays."""
    tally.add(targets)
    if missing := set(batch) - {target.trial for target in targets}:
        slugs = readable().filter(pk__in=missing).order_by("pk").values_list("slug", flat=True)
        tally.failed += [f"{slug}: the readers failed on its texts; the log says why" for slug in slugs]


def _read(batch: Sequence[int], interpreter: Interpreter) -> list[Target]:
    with publishing():
        # A word that an editor or a fixture changes now marks these trials after this, or is among those read with.
        hold_up_saves()
        wait_for_fixtures()
        # Others may have written terms and organisations since the batch before.
        interpreter.forget()
        targets = reread_batch(interpreter, batch)
        # A release may map words by another rule, or know of one more town that the registry puts elsewhere. Targets of
        # their own: a list counts the rows that it wrote.
        mapped = [Target(target.trial, target.content, is_new=False, locked=target.locked) for target in targets]
        apply_lists(mapped, (*CONDITION_LISTS, Site, Contact))
        for target, again in zip(targets, mapped, strict=True):
            target.changed = target.changed or again.changed
        return targets


def _batches(trials: QuerySet[Trial]) -> Iterator[list[int]]:
    last = 0
    while batch := list(trials.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        yield batch


def _reason(error: BaseException) -> str:
    if isinstance(error, zlib.error):
        return "the stored record is damaged"
    if isinstance(error, DatabaseError):
        return f"the database refused it: {str(error).splitlines()[0]}"
    return f"{type(error).__name__}: {error}"
