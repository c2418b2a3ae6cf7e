"""The versions of a registration: kept as received, in the registry's own order, with what changed between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import msgspec

from trials.intake.merging import differences, merged, plain
from trials.models import Change, RawRecord, bulk
from trials.models.choices import Verdict
from trials.records import PartialDate, TrialRecord
from trials.registries.ahead import pack

Reader = Callable[[bytes], TrialRecord]


@dataclass(frozen=True)
class Incoming:
    """A record as it was received: the format it is in, its bytes, and for people where it stood.

    `copied` is when it was copied, for records that do not say so themselves.
    """

    source: str
    body: bytes
    place: str = ""
    copied: PartialDate | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: the same however a JSON record is laid out, its letters escaped and
        the names in it ordered.
        """
        return self._measured[0]

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return self._measured[1]

    @cached_property
    def packed(self) -> bytes:
        """As it is stored."""
        return pack(self.body)

    def came_packed(self, packed: bytes) -> None:
        """Takes what `packed` would work out."""
        vars(self)["packed"] = packed

    @cached_property
    def _measured(self) -> tuple[str, int]:
        try:
            content = msgspec.json.encode(msgspec.json.decode(self.body), order="sorted")
        except (ValueError, OverflowError, RecursionError):
            content = self.body
        return hashlib.sha256(content).hexdigest(), len(content)


@dataclass
class Version:
    """A kept version of a registration. Its record is read when it is first asked for."""

    row: RawRecord
    readers: Mapping[str, Reader]
    _record: TrialRecord | None = None

    @property
    def record(self) -> TrialRecord:
        if self._record is None:
            incoming = Incoming(self.row.source, self.row.text, copied=self.row.copied)
            self._record = read_record(incoming, self.readers)
        return self._record


def read_record(incoming: Incoming, readers: Mapping[str, Reader]) -> TrialRecord:
    """Reads a record, and dates the copy where it bears no date itself."""
    return dated(readers[incoming.source](incoming.body), incoming)


def dated(record: TrialRecord, incoming: Incoming) -> TrialRecord:
    return record if record.copied else replace(record, copied=incoming.copied)


def place_of(record: TrialRecord, incoming: Incoming) -> tuple[str, str, int, str]:
    """Sorts versions of one record as `RawRecord.place` does."""
    row = RawRecord(updated=record.updated, copied=record.copied, size=incoming.size, digest=incoming.digest)
    return row.place


def raw_row(incoming: Incoming, record: TrialRecord | None, verdict: Verdict, **columns: object) -> bulk.Row:
    """The columns of a received record; without a record it could not be read."""
    copied = record.copied if record else incoming.copied
    row = {
        "source": incoming.source,
        "digest": incoming.digest,
        "size": incoming.size,
        "body": incoming.packed,
        "number": record.number[:60] if record else "",
        "updated": str(record.updated) if record and record.updated else None,
        "copied": str(copied) if copied else None,
        "verdict": str(verdict),
        "problems": [plain(problem) for problem in record.problems] if record else [],
    }
    return row | columns


def versions_of(
    registrations: Iterable[int], readers: Mapping[str, Reader], known: Mapping[str, TrialRecord] | None = None
) -> dict[int, list[Version]]:
    """The kept versions of registrations, oldest first. `known` are records by digest that were read already."""
    found: dict[int, list[Version]] = {pk: [] for pk in registrations}
    rows = RawRecord.objects.filter(registration__in=list(found), verdict=Verdict.KEPT).order_by()
    for row in rows.defer("problems", "reason"):
        version = Version(row, readers, known.get(row.digest) if known else None)
        found[row.registration_id].append(version)  # type: ignore[index]
    for versions in found.values():
        versions.sort(key=lambda version: version.row.place)
    return found


def state_of(versions: Sequence[Version]) -> TrialRecord:
    """What a registration says after all its versions."""
    newest = versions[-1].record
    return merged([version.record for version in versions]) if newest.not_kept else newest


def record_history(added: Iterable[tuple[Sequence[Version], int]]) -> None:
    """Writes what new versions change between their neighbours; the steps that they split go.

    Given are the versions of registrations, of each registration once, with the number of the one that was added.
    """
    split: list[tuple[int, int]] = []
    rows: list[bulk.Row] = []
    for versions, pk in added:
        place = next(place for place, version in enumerate(versions) if version.row.pk == pk)
        around = versions[max(0, place - 1) : place + 2]
        if len(around) == 3:
            split.append((around[0].row.pk, around[2].row.pk))
        for before, after in pairwise(around):
            rows += _changes(before, after)
    if split:
        Change.objects.filter(before__in=[pk for pk, _ in split], after__in=[pk for _, pk in split]).delete()
    bulk.add(Change, rows)


def record_steps(steps: Iterable[tuple[Version, Version]]) -> None:
    """Writes what changed between versions that follow each other, of registrations without any history."""
    bulk.add(Change, [row for before, after in steps for row in _changes(before, after)])


def _changes(before: Version, after: Version) -> list[bulk.Row]:
    step = {"registration_id": before.row.registration_id, "before_id": before.row.pk, "after_id": after.row.pk}
    return [
        step | {"field": found.field, "old": found.old, "new": found.new, "kept": found.kept}
        for found in differences(before.record, after.record)
    ]
