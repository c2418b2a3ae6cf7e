"""A question to a live service, answered page by page, and kept on disk so that a break loses nothing.

A run is a folder of its own: `state.json`, the pages as received (`page-0001.json` …) and, for EU CTIS, the answers
for single trials (`trials/<number>.json`). Every file is whole or absent. What is kept is read again and not asked for
again, whether the run had ended or was broken off; a run that nobody touched for half a day starts anew, as the
listing has moved on by then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from trials.registries.download import Client, DownloadError, Refusal, Unavailable
from trials.registries.services import Page, Question, Service

# Shorter than a day, so that a nightly job asks anew each night.
STALE = dt.timedelta(hours=12)
# Trials in a row that a service lists and cannot give, until it is taken to be out of order.
MOST_MISSING = 3


class State(msgspec.Struct):
    """Where a run stands. `next` leads to the page after the last one kept; `asks` is the question, for people."""

    asks: dict[str, str]
    touched: dt.datetime
    pages: int = 0
    next: str = ""
    finished: bool = False


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Kept:
    """The folder of one run below `root`, which is the registry's. It is emptied first if it is stale or unwanted."""

    def __init__(
        self,
        root: Path,
        asks: dict[str, str],
        restart: bool = False,
        clock: Callable[[], dt.datetime] = _utc_now,
    ) -> None:
        digest = hashlib.sha256(msgspec.json.encode(sorted(asks.items()))).hexdigest()[:12]
        words = re.sub(r"[^a-z0-9]+", "-", asks.get("query", "").lower()).strip("-")[:40]
        self.folder = root / "-".join(part for part in (words, digest) if part)
        self._clock = clock
        found = None if restart else self._found()
        self.is_resumed = found is not None
        if found is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.state = found or State(asks, clock())

    def _found(self) -> State | None:
        try:
            state = msgspec.json.decode(self._state_file.read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            return None
        return state if self._clock() - state.touched < STALE else None

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _page_file(self, number: int) -> Path:
        return self.folder / f"page-{number:04d}.json"

    def _trial_file(self, number: str) -> Path:
        return self.folder / "trials" / f"{number}.json"

    def page(self, number: int) -> bytes | None:
        """The page of that number, from 1, if it is kept."""
        return _read(self._page_file(number)) if number <= self.state.pages else None

    def add_page(self, number: int, raw: bytes, following: str) -> None:
        """Keeps a page and what leads to the one after it."""
        _write(self._page_file(number), raw)
        self._save(State(self.state.asks, self._clock(), number, following))

    def trial(self, number: str) -> bytes | None:
        """The answer for one trial, if it is kept."""
        return _read(self._trial_file(number))

    def add_trial(self, number: str, raw: bytes) -> None:
        """Keeps the answer for one trial."""
        _write(self._trial_file(number), raw)

    def finish(self) -> None:
        """Notes that the listing has ended."""
        if not self.state.finished:
            self._save(msgspec.structs.replace(self.state, touched=self._clock(), finished=True))

    def drop_pages(self) -> None:
        """Begins the listing anew; the answers for single trials stay."""
        self._save(State(self.state.asks, self._clock()))
        for file in self.folder.glob("page-*.json"):
            file.unlink()

    def _save(self, state: State) -> None:
        _write(self._state_file, msgspec.json.format(msgspec.json.encode(state)))
        self.state = state


class Fetch:
    """One question to one service. `say` is told how it goes; `notes` hold what should be known at the end.

    `listed` trials have been read from pages so far, of `total` if the service tells; `missing` are the numbers that
    it lists and cannot give.
    """

    def __init__(
        self, service: Service, client: Client, question: Question, kept: Kept, say: Callable[[str], None]
    ) -> None:
        self.service = service
        self.client = client
        self.question = question
        self.kept = kept
        self.say = say
        self.notes: list[str] = []
        self.missing: list[str] = []
        self.listed = 0
        self.total: int | None = None
        self._place = service.first
        self._failed_in_a_row = 0

    def records(self) -> Iterator[bytes]:
        """Every record that answers the question, in the form that the registry's reader takes. DownloadError if the
        service cannot be used; what came until then is kept, and the same run goes on from there."""
        for page in self._pages():
            yield from self.service.records(page.rows, self.question, self)

    def note(self, line: str) -> None:
        """Says a line now and again at the end."""
        self.notes.append(line)
        self.say(line)

    def trial(self, number: str) -> bytes | None:
        """What the service answers for one trial, kept or new; None, noted, where it lists a trial and fails on it."""
        raw = self.kept.trial(number)
        if raw is not None:
            return raw
        try:
            raw = self.service.retrieve(self.client, number)
        except (Refusal, Unavailable) as error:
            self._failed_in_a_row += 1
            if error.status not in (200, 404) and (error.status or 0) < 500:
                raise
            if self._failed_in_a_row >= MOST_MISSING:
                raise DownloadError(f"{MOST_MISSING} trials in a row could not be had. The last: {error}") from error
            self.missing.append(number)
            self.note(f"{number} could not be had: {error}")
            return None
        self._failed_in_a_row = 0
        self.kept.add_trial(number, raw)
        return raw

    def _pages(self) -> Iterator[Page]:
        try:
            yield from self._listing()
        except Refusal as error:
            # A page token lasts for a while only; the records that are read twice are unchanged the second time.
            if error.status != 400 or self._place == self.service.first:
                raise
            self.say(f"{self.service.name} no longer knows the place where the listing stopped. It is read anew.")
            self.kept.drop_pages()
            yield from self._listing()
        self._compare_with_total()
        self.kept.finish()

    def _listing(self) -> Iterator[Page]:
        self._place, self.listed, number = self.service.first, 0, 1
        places, digests = {self._place}, set[bytes]()
        while self._place:
            page, raw = self._page(number)
            digest = hashlib.sha256(b"\n".join(page.rows)).digest()
            if page.rows and digest in digests:
                raise self._gone_round(f"page {number} repeats an earlier one")
            if raw is not None:
                self.kept.add_page(number, raw, page.next)
            if not page.rows:
                return
            self.listed += len(page.rows)
            self.total = page.total if page.total is not None else self.total
            yield page
            if page.next in places:
                raise self._gone_round(f"page {number} names the place of an earlier page as the next one")
            places.add(page.next)
            digests.add(digest)
            self._place, number = page.next, number + 1

    def _page(self, number: int) -> tuple[Page, bytes | None]:
        """A page of the listing, with the bytes to keep if it is new."""
        kept = self.kept.page(number)
        raw = kept if kept is not None else self.service.ask(self.client, self.question, self._place)
        return self.service.read(raw, self.question, self._place), None if kept is not None else raw

    def _gone_round(self, what: str) -> DownloadError:
        self.kept.drop_pages()
        return DownloadError(
            f"The listing of {self.service.name} goes round: {what}. It was stopped after {self.listed:,} trials, "
            "which are kept. The next run begins anew."
        )

    def _compare_with_total(self) -> None:
        most, name = self.service.most, self.service.name
        if self.listed >= most:
            total = f" of {self.total:,}" if self.total and self.total > self.listed else ""
            self.note(
                f"{name} lists {most:,} trials{total} and then ends without a word: there may be more. Ask for fewer "
                "at a time with --query."
            )
        elif self.total is not None and self.listed < self.total:
            self.note(f"{name} spoke of {self.total:,} trials and listed {self.listed:,}. Run again with --restart.")


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _write(file: Path, content: bytes) -> None:
    """Writes a file whole or not at all, also if the machine stops."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.part")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
