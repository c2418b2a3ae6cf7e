"""The versions of a registration: kept as received, in the registry's own order, with what changed between them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from trials.intake import bulk
from trials.intake.merging import differences, plain
from trials.models import Change, RawRecord
from trials.models.choices import Verdict
from trials.records import PartialDate, TrialRecord

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
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Version:
    """A kept version of a registration with its record."""

    pk: int
    order: tuple[str, str, int, str]
    record: TrialRecord


def read_record(incoming: Incoming, readers: Mapping[str, Reader]) -> TrialRecord:
    """Reads a record, and dates the copy where it bears no date itself."""
    record = readers[incoming.source](incoming.body)
    return record if record.copied else replace(record, copied=incoming.copied)


def order_of(record: TrialRecord, incoming: Incoming) -> tuple[str, str, int, str]:
    """Sorts versions, the newest last: by the registry's date, the date of the copy, then the fuller record."""
    updated, copied = record.updated, record.copied
    return (str(updated or ""), str(copied or ""), len(incoming.body), incoming.digest)


def raw_row(incoming: Incoming, record: TrialRecord | None, verdict: Verdict, **columns: object) -> bulk.Row:
    """The columns of a received record; without a record it could not be read."""
    copied = record.copied if record else incoming.copied
    row = {
        "source": incoming.source,
        "digest": incoming.digest,
        # Speed matters more than the last tenth of size: thousands are written at once.
        "body": zlib.compress(incoming.body, 1),
        "number": record.number[:60] if record else "",
        "updated": str(record.updated) if record and record.updated else None,
        "copied": str(copied) if copied else None,
        "verdict": str(verdict),
        "problems": [plain(problem) for problem in record.problems] if record else [],
    }
    return row | columns


def versions_of(registrations: Sequence[int], readers: Mapping[str, Reader]) -> dict[int, list[Version]]:
    """The kept versions of registrations, oldest first, read anew from what was received."""
    found: dict[int, list[Version]] = {pk: [] for pk in registrations}
    rows = RawRecord.objects.filter(registration__in=registrations, verdict=Verdict.KEPT)
    for row in rows.iterator(chunk_size=200):
        incoming = Incoming(row.source, row.text, copied=row.copied)
        record = read_record(incoming, readers)
        found[row.registration_id].append(Version(row.pk, order_of(record, incoming), record))  # type: ignore[index]
    for versions in found.values():
        versions.sort(key=lambda version: version.order)
    return found


def record_history(registration: int, versions: Sequence[Version], added: int) -> None:
    """Writes what the version `added` changes between its neighbours; the step that it splits goes."""
    place = next(place for place, version in enumerate(versions) if version.pk == added)
    before = versions[place - 1] if place else None
    after = versions[place + 1] if place + 1 < len(versions) else None
    if before and after:
        Change.objects.filter(before=before.pk, after=after.pk).delete()
    own = versions[place]
    for first, second in ((before, own), (own, after)):
        if first and second:
            Change.objects.bulk_create(
                Change(
                    registration_id=registration,
                    before_id=first.pk,
                    after_id=second.pk,
                    field=found.field,
                    old=found.old,
                    new=found.new,
                    kept=found.kept,
                )
                for found in differences(first.record, second.record)
            )
