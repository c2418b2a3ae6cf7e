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
from trials.registries.services import Copy, Found, Missing, Page, Question, Service

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

    def page(self, number: int) -> Copy | None:
        """The page of that number, from 1, if it is kept."""
        return _read(self._page_file(number)) if number <= self.state.pages else None

    def new(self, raw: bytes) -> Copy:
        """What has just been received."""
        return Copy(raw, self._clock().date())

    def add_page(self, number: int, page: Copy, following: str) -> None:
        """Keeps a page and what leads to the one after it."""
        _write(self._page_file(number), page.raw)
        self._save(State(self.state.asks, self._clock(), number, following))

    def trial(self, number: str) -> Copy | None:
        """The answer for one trial, if it is kept."""
        return _read(self._trial_file(number))

    def add_trial(self, number: str, trial: Copy) -> None:
        """Keeps the answer for one trial."""
        _write(self._trial_file(number), trial.raw)

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
    """One question to one service. `say` is told how it goes, `note` what whoever asked must know of the answer.

    `listed` trials stand on the pages read so far, of `total` if the service tells; `read` of them have been given.
    """

    def __init__(
        self,
        service: Service,
        client: Client,
        question: Question,
        kept: Kept,
        say: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        self.service = service
        self.client = client
        self.question = question
        self.kept = kept
        self.say = say
        self.note = note
        self.listed = 0
        self.read = 0
        self.total: int | None = None
        self._place = service.first
        self._failed_in_a_row = 0

    def records(self) -> Iterator[Found]:
        """Every record that answers the question. DownloadError if the service cannot be used: what came until then
        is kept, and the same run goes on from there."""
        for page, day in self._pages():
            before = self.read
            for found in self.service.records(page, day, self.question, self._trial):
                yield found
                self.read += 1
            # Rows that are not wanted give no record.
            self.read = before + len(page.rows)

    def _trial(self, number: str) -> Copy:
        """What the service answers for one trial, kept or new; Missing where it lists the trial and fails on it."""
        if kept := self.kept.trial(number):
            return kept
        try:
            new = self.kept.new(self.service.retrieve(self.client, number))
        except (Refusal, Unavailable) as error:
            if error.status not in (200, 404) and (error.status or 0) < 500:
                raise
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= MOST_MISSING:
                raise DownloadError(f"{MOST_MISSING} trials in a row could not be had. The last: {error}") from error
            raise Missing(str(error)) from error
        self._failed_in_a_row = 0
        self.kept.add_trial(number, new)
        return new

    def _pages(self) -> Iterator[tuple[Page, dt.date]]:
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

    def _listing(self) -> Iterator[tuple[Page, dt.date]]:
        self._place, self.listed, self.read, number = self.service.first, 0, 0, 1
        places, digests = {self._place}, set[bytes]()
        while self._place:
            kept = self.kept.page(number)
            copy = kept or self.kept.new(self.service.ask(self.client, self.question, self._place))
            page = self.service.read(copy.raw, self.question, self._place)
            digest = hashlib.sha256(b"\n".join(page.rows)).digest()
            if page.rows and digest in digests:
                raise self._gone_round(f"page {number} repeats an earlier one")
            if not kept:
                self.kept.add_page(number, copy, page.next)
            if not page.rows:
                return
            self._count(page, number, is_new=not kept)
            yield page, copy.day
            if page.next in places:
                raise self._gone_round(f"page {number} names the place of an earlier page as the next one")
            places.add(page.next)
            digests.add(digest)
            self._place, number = page.next, number + 1

    def _count(self, page: Page, number: int, is_new: bool) -> None:
        self.listed += len(page.rows)
        self.total = page.total if page.total is not None else self.total
        if is_new:
            of_all = f" of {self.total:,}" if self.total is not None else ""
            self.say(f"Page {number}: {self.listed:,}{of_all} trials are listed.")

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


def _read(file: Path) -> Copy | None:
    try:
        day = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC).date()
        return Copy(file.read_bytes(), day)
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
