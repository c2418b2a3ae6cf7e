"""A dry run of an import: the import itself, batch by batch, each batch taken back as soon as it is known what it did.

So what is said is what the import would do, faults that only the database finds included. What earlier batches of the
file would have left behind is made up for: a record that they kept is known, and a further version of one of their
trials is saved on top of it (`_Shelf` keeps those records meanwhile, in a file).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from trials.intake.editing import hold_up_saves, wait_for_fixtures
from trials.intake.importing import Import
from trials.intake.runs import Lease
from trials.intake.saving import Fate, Result, Saver
from trials.intake.sources import Piece
from trials.intake.versions import Incoming
from trials.models import Change
from trials.models.choices import Became
from trials.records import PartialDate

_MOST_DIFFERENCES, _MOST_LETTERS = 30, 160


class _TakenBack(Exception):  # noqa: N818 (says what happens)
    """Ends a transaction without leaving anything behind."""


class NoLease(Lease):
    """Stands for the lease of an import where nothing is written. Keeps everybody else from writing during a batch, so
    that none waits for rows that will never have been there.
    """

    def __init__(self) -> None:
        super().__init__(run=0)

    def renew(self, *_: Any) -> None:
        """There is nothing to renew."""

    def begin_batch(self) -> None:
        hold_up_saves()
        wait_for_fixtures()

    def end(self) -> None:
        """There is nothing to end."""


class DryRun(Import):
    """An import that leaves nothing behind. Its saver is a `DrySaver`, which ends with it."""

    saver: DrySaver

    def run(self, pieces: Iterable[Piece]) -> None:
        try:
            super().run(pieces)
        finally:
            self.saver.close()

    def _finish(self) -> None:
        """Words are mapped after an import, which changes nothing of what became of its records."""


class DrySaver(Saver):
    """Saves a batch, looks at what became of it, and takes it back. `alive` is called before every batch."""

    def __init__(self, *args: Any, alive: Callable[[], None] = lambda: None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._alive = alive
        self._shelf = _Shelf()
        # Of records of earlier batches that would be kept or skipped by now: what they would be when met again.
        self._seen: dict[tuple[str, str], tuple[str, str, str]] = {}

    def save(self, batch: Sequence[Incoming], first: Callable[[], None] = lambda: None) -> Result:
        self._alive()
        known, fresh = Result(), []
        for incoming in batch:
            seen = self._seen.get(_key(incoming))
            if seen is None:
                fresh.append(incoming)
            else:
                became, number, why = seen
                known.note(became, incoming, number, why=why)
        result = self._tried(fresh, first)
        self._remember(result.fates)
        result.add(known)
        return result

    def close(self) -> None:
        """Lets go of the records of earlier batches."""
        self._shelf.close()

    def _tried(self, batch: Sequence[Incoming], first: Callable[[], None]) -> Result:
        """What becomes of records of which none was met before, on top of earlier versions of theirs."""
        result = self._once([], batch, first)
        numbers = {fate.number for fate in result.fates if self._shelf.holds(fate.number)}
        if numbers:
            before = [record for number in sorted(numbers) for record in self._shelf.of(number)]
            result = self._once(before, batch, first)
        return result

    def _once(self, before: Sequence[Incoming], batch: Sequence[Incoming], first: Callable[[], None]) -> Result:
        result = Result()
        with suppress(_TakenBack), transaction.atomic():
            first()
            if before:
                super().save(before)
            result = super().save(batch)
            add_differences(result.fates)
            raise _TakenBack
        # Terms and organisations that came with the batch are gone again.
        self.interpreter.forget()
        return result

    def _remember(self, fates: Sequence[Fate]) -> None:
        """Notes what a batch would leave behind: nothing of what it set aside, which every import tries anew."""
        met = [(fate, fate.incoming) for fate in fates if fate.incoming is not None]
        aside = {_key(incoming) for fate, incoming in met if fate.became == Became.SET_ASIDE}
        for fate, incoming in met:
            key = _key(incoming)
            if fate.became == Became.SKIPPED:
                self._seen[key] = (Became.SKIPPED, fate.number, fate.why)
            elif key not in aside:
                # Also a record that stands twice in the batch, of which the other one may be skipped.
                self._seen.setdefault(key, (Became.UNCHANGED, fate.number, ""))
            if fate.became in (Became.NEW, Became.CHANGED):
                self._shelf.put(fate.number, incoming)


def _key(incoming: Incoming) -> tuple[str, str]:
    return incoming.source, incoming.digest


class _Shelf:
    """Records by number, in a file that nobody else sees: a large upload holds more than should stay in memory."""

    def __init__(self) -> None:
        self._file: Any = None
        self._places: defaultdict[str, list[tuple[str, int, int, str]]] = defaultdict(list)

    def holds(self, number: str) -> bool:
        return number in self._places

    def put(self, number: str, incoming: Incoming) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115 (closed with the dry run)
        start = self._file.seek(0, 2)
        self._file.write(incoming.body)
        self._places[number].append((incoming.source, start, len(incoming.body), str(incoming.copied or "")))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def of(self, number: str) -> Iterator[Incoming]:
        for source, start, length, copied in self._places[number]:
            self._file.seek(start)
            yield Incoming(source, self._file.read(length), copied=PartialDate.parse(copied) if copied else None)


def _folder() -> Path | None:
    folder = Path(settings.DATA_DIR, "uploads")
    return folder if folder.is_dir() else None


def add_differences(fates: Sequence[Fate]) -> None:
    """Adds to changed records what they state otherwise than the version before them, shortened for reading."""
    changed = {_key(fate.incoming): fate for fate in fates if fate.became == Became.CHANGED and fate.incoming}
    sources, digests = {source for source, _ in changed}, [digest for _, digest in changed]
    found = Change.objects.filter(after__source__in=sources, after__digest__in=digests).order_by("pk")
    for row in found.values("after__source", "after__digest", "field", "old", "new", "kept"):
        fate = changed.get((row["after__source"], row["after__digest"]))
        if fate is not None and len(fate.differs) < _MOST_DIFFERENCES:
            old, new = ("" if row["kept"] and end == "new" else _shown(row[end]) for end in ("old", "new"))
            fate.differs.append({"field": row["field"], "old": old, "new": new})


def _shown(value: Any) -> str:
    """A stored value, as JSON has it, for reading: of a list how many rows."""
    if isinstance(value, list):
        return f"{len(value)} {'row' if len(value) == 1 else 'rows'}" if value else ""
    if isinstance(value, dict):
        return "; ".join(f"{_shown(part)}" for part in value.values())[:_MOST_LETTERS]
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"
