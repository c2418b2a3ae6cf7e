"""One import at a time: whoever holds the lease of the open run may write, and nobody else.

The lease is short and renewed with every batch, in the batch's own transaction. A run that died leaves its lease
behind; it is taken over when it has expired, or at once where the process is known to be gone.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from trials.intake.editing import wait_for_fixtures
from trials.models import ImportRun

# Far longer than any batch takes, so that only a dead or sleeping process ever loses its lease.
LEASE = dt.timedelta(seconds=90)
COUNTS = ("new", "changed", "unchanged", "skipped", "set_aside")
_MOST_NOTES = 200


class Busy(Exception):  # noqa: N818 (says how things are)
    """Another import holds the lease. The message says which, since when and until when."""


class LeaseLost(Exception):  # noqa: N818 (says what happened)
    """This import did not renew its lease in time, and another took over."""


@dataclass
class Lease:
    """The right to import, while it is renewed. What the run counts and notes is written with every renewal."""

    run: int
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keeps what the administrator should know of the run; after the first hundreds nothing more."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(text)

    def renew(self, length: dt.timedelta = LEASE) -> None:
        """Holds on for another `length`; LeaseLost if it is somebody else's now."""
        self._write(lease_until=timezone.now() + length)

    def begin_batch(self) -> None:
        """Called first in the transaction that writes a batch, so that nothing is written without a lease. Nor while
        fixtures are: the batch reads terms and words before it writes by them.
        """
        self.renew()
        wait_for_fixtures()

    def end(self) -> None:
        """Ends the run."""
        self._write(ended=timezone.now())

    def _write(self, **values: object) -> None:
        counted = {name: self.counts[name] for name in COUNTS}
        if not ImportRun.objects.filter(pk=self.run, ended=None).update(**counted, notes=self.notes, **values):
            raise LeaseLost(
                f"This import was silent for more than {LEASE.seconds} seconds, and another took over. "
                "What it saved stays; run it again for the rest."
            )


@contextmanager
def lease(source: str, what: str) -> Iterator[Lease]:
    """The lease of a new run, which ends with the block however that ends; Busy if another import runs."""
    held = Lease(_begin(source, what[:500]))
    try:
        yield held
    except BaseException as error:
        held.note(f"It was broken off by {type(error).__name__}: {str(error)[:300]}")
        with suppress(DatabaseError, LeaseLost):
            held.end()
        raise
    held.end()


def _begin(source: str, what: str) -> int:
    now = timezone.now()
    try:
        with transaction.atomic():
            _clear_the_way(now)
            run = ImportRun.objects.create(source=source, what=what, holder=holder(), lease_until=now + LEASE)
            return run.pk
    except IntegrityError:
        # Two began at once, and the other was first.
        other = ImportRun.objects.filter(ended=None).first()
        raise Busy(_in_words(other) if other else "Another import has just begun.") from None


def _clear_the_way(now: dt.datetime) -> None:
    """Ends the open run if it is dead; Busy if it lives."""
    other = ImportRun.objects.select_for_update().filter(ended=None).first()
    if other is None:
        return
    if other.lease_until > now and not is_gone(other.holder):
        raise Busy(_in_words(other))
    other.ended = now
    other.notes = [*other.notes, "It stopped without ending; the next import took over."]
    other.save(update_fields=["ended", "notes"])


def _in_words(run: ImportRun) -> str:
    started, until = (f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" for moment in (run.started, run.lease_until))
    return (
        f"Another import is running: {run.get_source_display()}, {run.what}; {run.holder}, since {started}. "
        f"Its lease lasts until {until} and is renewed while it works. Wait for it to end."
    )


def holder() -> str:
    """This process, so that another on the same computer can tell whether it still runs: `1234@host`.

    Containers may share a host name but do not see each other's processes: where the system tells, the number of the
    space of processes follows.
    """
    return f"{os.getpid()}@{socket.gethostname()[:150]}{_space()}"


def is_gone(holder: str) -> bool:
    """Whether a holder is a process of this computer that no longer exists. A doubt means no."""
    process, _, place = holder.partition("@")
    if place != f"{socket.gethostname()[:150]}{_space()}" or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _space() -> str:
    try:
        return f"/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""
