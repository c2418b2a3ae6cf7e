"""One import from its first record to its last: in batches, each saved in one transaction that holds the lease."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from trials.intake.in_advance import in_advance
from trials.intake.keeping import RULE
from trials.intake.late import publish_late
from trials.intake.remapping import remap
from trials.intake.runs import Lease
from trials.intake.saving import Fate, Saver
from trials.intake.sources import Fault, Piece
from trials.intake.versions import Incoming
from trials.long_work import long_work
from trials.models import RawRecord
from trials.models.choices import Verdict

BATCH = 200
# Bytes of one batch, so that long records do not add up.
MOST_BYTES = 16 << 20
_MOST_REASONS, _MOST_EXAMPLES = 40, 10
# What differs between two reasons of one kind: what is quoted, numbers, and words with figures in them.
_PARTICULAR = re.compile(r"“[^”]*”|\w*\d[\w.:-]*")


@dataclass
class Reason:
    """Why records were set aside: in the words used for the first of them, how many, and some of their numbers."""

    words: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Import:
    """Saves the records of one registry. `told` is called after every batch.

    With `apart` a second process may read records while this one saves those before them: then those of the next batch
    are taken from their source before a batch is saved, and the saver's readers must be the usual ones.
    """

    source: str
    lease: Lease
    saver: Saver
    batch: int = BATCH
    told: Callable[[Import], None] = lambda _: None
    apart: bool = False
    # What became of records of earlier runs that were looked at again.
    again: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    reasons: dict[str, Reason] = field(default_factory=dict)
    # What became of the records since `told` was called last, in the order of the file.
    fates: list[Fate] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """Records of this run by what became of them, and those of earlier runs that are kept now."""
        return self.lease.counts

    def run(self, pieces: Iterable[Piece]) -> None:
        """Looks again at what is waiting, then saves all records of `pieces`."""
        with long_work():
            self._run(pieces)

    def _run(self, pieces: Iterable[Piece]) -> None:
        for batch in self._batches(self._waiting()):
            result = self.saver.save(batch, self.lease.begin_batch)
            self.again += result.counts
            self.counts.update({name: result.counts[name] for name in ("new", "changed")})
        batches = self._batches(self._records(pieces))
        for batch in in_advance(batches, self.saver) if self.apart else batches:
            result = self.saver.save(batch, self.lease.begin_batch)
            self.counts.update(result.counts)
            self.problems += result.problems
            for aside in result.aside:
                self._set_aside(aside.number, aside.reason)
            places = {id(incoming): place for place, incoming in enumerate(batch)}
            self.fates += sorted(result.fates, key=lambda fate: places[id(fate.incoming)])
            self._tell()
        if self.fates:
            self._tell()
        self._finish()

    def _tell(self) -> None:
        self.told(self)
        self.fates.clear()

    def _finish(self) -> None:
        """Maps words that were met before their terms."""
        remap(self.lease.begin_batch)
        publish_late(self.lease.begin_batch)

    def _waiting(self) -> Iterator[Incoming]:
        """Records of earlier runs that were set aside, and those skipped by a rule that has changed since."""
        waiting = waiting_rows(self.source, self.saver.keep_all).order_by("pk")
        last = 0
        while numbers := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:1000]):
            last = numbers[-1]
            for number in numbers:
                row = RawRecord.objects.get(pk=number)
                place = row.number or "a record of an earlier run"
                try:
                    body = row.text
                except zlib.error:
                    # It goes on waiting; its page says that its bytes are damaged.
                    continue
                yield Incoming(row.source, body, place, row.copied)

    def _records(self, pieces: Iterable[Piece]) -> Iterator[Incoming]:
        for piece in pieces:
            if isinstance(piece, Fault):
                self.counts["set_aside"] += 1
                self._set_aside(piece.place, piece.reason)
                self.lease.note(f"{piece.place}: {piece.reason}")
                self.fates.append(Fate("set_aside", None, place=piece.place, why=piece.reason))
                if len(self.fates) >= self.batch:
                    # Faults fill no batch, and still must hold the lease, be told and be let go of.
                    self.lease.renew()
                    self._tell()
            else:
                yield piece

    def _batches(self, records: Iterable[Incoming]) -> Iterator[list[Incoming]]:
        batch: list[Incoming] = []
        size = 0
        for record in records:
            batch.append(record)
            size += len(record.body)
            if len(batch) >= self.batch or size >= MOST_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _set_aside(self, number: str, words: str) -> None:
        kind = _PARTICULAR.sub("…", words)
        if kind not in self.reasons and len(self.reasons) >= _MOST_REASONS:
            kind = words = "other reasons"
        reason = self.reasons.setdefault(kind, Reason(words))
        reason.count += 1
        if len(reason.examples) < _MOST_EXAMPLES:
            reason.examples.append(number)


def waiting_rows(source: str, keep_all: bool) -> QuerySet[RawRecord]:
    """What an import looks at again before its own records."""
    wanted = Q(verdict=Verdict.SET_ASIDE)
    if not keep_all:
        wanted |= Q(verdict=Verdict.SKIPPED) & ~Q(rule=RULE)
    return RawRecord.objects.filter(wanted, source=source)
