"""Records into the catalogue, batch by batch: each batch in one transaction, and only a bad record set aside.

A batch that the database refuses, or that cannot be published, is repeated record by record.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction

from trials.intake.adding import Read, add_trials, add_versions
from trials.intake.content import Row
from trials.intake.interpreting import Interpreter
from trials.intake.keeping import RULE, is_cell_therapy
from trials.intake.matching import Number, from_records, register_of
from trials.intake.reading import ReadTexts
from trials.intake.regrouping import regroup
from trials.intake.versions import Incoming, Reader, place_of, raw_row, read_record
from trials.models import RawRecord, bulk
from trials.models.choices import Verdict
from trials.records import TrialRecord
from trials.search.publishing import publishing

# What one record can do wrong, a stored version whose bytes are damaged among it.
FAULTS = (DatabaseError, ValueError, LookupError, ArithmeticError, TypeError, AttributeError, zlib.error)

# Why a further version of a record is not kept; no rule, and no import of everything, brings back what people deleted.
DELETED = "deleted by an editor"


@dataclass(frozen=True)
class SetAside:
    """A record that could not be kept, by its number or else its place, and why."""

    number: str
    reason: str


@dataclass
class Fate:
    """What became of one record: a value of `Became`. `incoming` is None for what held no record.

    `differs` is what a changed one states differently, where somebody asks for it (see `checking`).
    """

    became: str
    incoming: Incoming | None
    number: str = ""
    title: str = ""
    place: str = ""
    why: str = ""
    differs: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Result:
    """What became of the records of an import, counted, and one by one in the order in which they were dealt with."""

    counts: Counter[str] = field(default_factory=Counter)
    aside: list[SetAside] = field(default_factory=list)
    problems: int = 0
    fates: list[Fate] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.counts += other.counts
        self.aside += other.aside
        self.problems += other.problems
        self.fates += other.fates

    def note(self, became: str, incoming: Incoming, number: str = "", title: str = "", why: str = "") -> None:
        """Counts a record."""
        self.counts[became] += 1
        self.fates.append(Fate(became, incoming, number, title, incoming.place, why))


class Saver:
    """Saves batches of one import: sorts out what is known, skips or sets aside what is not kept, writes the rest.

    `read` is as `Interpreter` takes it.
    """

    def __init__(self, readers: Mapping[str, Reader], keep_all: bool = False, read: ReadTexts | None = None) -> None:
        self.interpreter = Interpreter(readers, read)
        self.keep_all = keep_all
        self.rule = "all" if keep_all else RULE

    def save(self, batch: Sequence[Incoming], first: Callable[[], None] = lambda: None) -> Result:
        """Keeps, skips or sets aside every record of a batch; nothing of a record is half saved.

        `first` is called at the beginning of every transaction. Called outside of any, so that what cannot be published
        is a fault of its record, too.
        """
        try:
            with publishing():
                first()
                return self._save(batch)
        except FAULTS:
            self.interpreter.forget()
        outcome = Result()
        for incoming in batch:
            outcome.add(self._save_alone(incoming, first))
        return outcome

    def _save_alone(self, incoming: Incoming, first: Callable[[], None]) -> Result:
        try:
            with publishing():
                first()
                return self._save([incoming])
        except FAULTS as error:
            self.interpreter.forget()
            reason = f"could not be saved: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            with transaction.atomic():
                first()
                return self._set_aside(incoming, reason, self._record_or_none(incoming), None)

    def _record_or_none(self, incoming: Incoming) -> TrialRecord | None:
        try:
            return read_record(incoming, self.interpreter.readers)
        except ValueError:
            return None

    def _save(self, batch: Sequence[Incoming]) -> Result:
        outcome = Result()
        self.interpreter.begin()
        for group in _one_version_each(self._judged(self._unknown(batch, outcome), outcome)):
            outcome.add(self._keep(group))
        return outcome

    def unknown(self, batch: Sequence[Incoming]) -> list[Incoming]:
        """The records that would have to be read if the batch were saved now."""
        return [incoming for incoming, _ in self._unknown(batch, Result())]

    def _unknown(self, batch: Sequence[Incoming], outcome: Result) -> list[tuple[Incoming, int | None]]:
        """The records that are neither kept already nor skipped by today's rule, each with its row if it has one."""
        by_digest: dict[str, Incoming] = {}
        for incoming in batch:
            if by_digest.setdefault(incoming.digest, incoming) is not incoming:
                outcome.note("unchanged", incoming)
        noted = _noted(batch)
        found: list[tuple[Incoming, int | None]] = []
        for digest, incoming in by_digest.items():
            pk, verdict, rule, number, why = noted.get(digest, (None, "", "", "", ""))
            if verdict == Verdict.KEPT:
                outcome.note("unchanged", incoming, number)
            elif verdict == Verdict.SKIPPED and rule == self.rule:
                outcome.note("skipped", incoming, number, why=why)
            else:
                found.append((incoming, pk))
        return found

    def _judged(self, unknown: Iterable[tuple[Incoming, int | None]], outcome: Result) -> list[Read]:
        """Those of the records that are to be kept; the others are noted, with their reasons."""
        kept: list[Read] = []
        skipped: list[Row] = []
        for incoming, pk in unknown:
            try:
                record = self.interpreter.record_of(incoming)
            except ValueError as error:
                outcome.add(self._set_aside(incoming, str(error), None, pk))
                continue
            is_kept, why = True, "everything is kept"
            if not self.keep_all:
                is_kept, why = is_cell_therapy(self.interpreter.reading_of(record))
            if is_kept:
                kept.append(Read(incoming, record, pk))
                continue
            outcome.note("skipped", incoming, record.number, record.title, why)
            row = self._skipped(incoming, record, why)
            if pk is None:
                skipped.append(row)
            else:
                self._note(row, pk)
        bulk.add(RawRecord, skipped)
        return kept

    def _set_aside(self, incoming: Incoming, reason: str, record: TrialRecord | None, pk: int | None) -> Result:
        if pk is None:
            known = RawRecord.objects.filter(source=incoming.source, digest=incoming.digest)
            pk = known.values_list("pk", flat=True).first()
        self._note(raw_row(incoming, record, Verdict.SET_ASIDE, reason=reason[:500], rule=self.rule), pk)
        number = record.number if record else ""
        outcome = Result(aside=[SetAside(number or incoming.place, reason)])
        outcome.note("set_aside", incoming, number, record.title if record else "", reason)
        return outcome

    def _skipped(self, incoming: Incoming, record: TrialRecord, why: str) -> Row:
        return raw_row(incoming, record, Verdict.SKIPPED, reason=why[:500], rule=self.rule)

    def _note(self, row: Row, pk: int | None) -> int:
        """Writes a received record, over what was noted of it before."""
        if pk is not None:
            held = RawRecord.objects.filter(pk=pk).values(*row).get()
            if any(held[name] != value for name, value in row.items() if name != "body"):
                RawRecord.objects.filter(pk=pk).update(**row)
            return pk
        return RawRecord.objects.create(**row).pk

    def _keep(self, reads: Sequence[Read]) -> Result:
        held = {
            (register_of(registry, number, publisher), number): pk
            for pk, registry, number, publisher in from_records()
            .filter(number__in=[read.record.number for read in reads])
            .values_list("pk", "registry", "number", "publisher")
        }
        new = [read for read in reads if read.number not in held]
        deleted = _deleted_by_editors([read.record.number for read in new])
        fresh = [read for read in new if read.record.number not in deleted]
        known = [read for read in reads if read.number in held]
        outcome = Result(problems=sum(len(read.record.problems) for read in reads))
        for read in reads:
            gone = read.number not in held and read.record.number in deleted
            became = "changed" if read.number in held else "skipped" if gone else "new"
            outcome.note(became, read.incoming, read.record.number, read.record.title, DELETED if gone else "")
        self.interpreter.learn([read.record for read in (*fresh, *known)])
        add_trials(self.interpreter, fresh)
        titles = add_versions(self.interpreter, known, [held[read.number] for read in known])
        for read in new:
            if read.record.number in deleted:
                self._note(self._skipped(read.incoming, read.record, DELETED), read.earlier)
        regroup(self.interpreter, [read.number for read in (*fresh, *known)], titles=titles)
        return outcome


def _noted(batch: Sequence[Incoming]) -> dict[str, Any]:
    """The row, verdict, rule, number and reason of those records that were received before, by digest."""
    rows = RawRecord.objects.filter(
        source__in={incoming.source for incoming in batch}, digest__in=[incoming.digest for incoming in batch]
    )
    found = rows.values_list("digest", "pk", "verdict", "rule", "number", "reason")
    return {digest: noted for digest, *noted in found}


def _deleted_by_editors(numbers: Sequence[str]) -> set[str]:
    """Those of these numbers that the catalogue kept once, and whose registration somebody took away."""
    rows = RawRecord.objects.filter(number__in=numbers, verdict=Verdict.KEPT, registration=None)
    return set(rows.order_by().values_list("number", flat=True))


def _one_version_each(reads: Iterable[Read]) -> list[list[Read]]:
    """Splits reads into groups in which no registration occurs twice, older versions first."""
    groups: list[list[Read]] = []
    seen: Counter[Number] = Counter()
    for read in sorted(reads, key=lambda read: place_of(read.record, read.incoming)):
        place = seen[read.number]
        seen[read.number] += 1
        if place == len(groups):
            groups.append([])
        groups[place].append(read)
    return groups
