"""What the two live services are asked, and how their pages are taken apart.

ClinicalTrials.gov documents its API v2. EU CTIS documents nothing: this is what its own portal sends, and what others
have measured of it. Pages count from 1 there (page 0 answers every question with no trials), a listing ends after
10,000 trials without a word, unknown addresses answer 200 with a web page, and no criterion asks for what changed
since a day: the date of each row tells.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from trials.registries import ctis
from trials.registries.download import Client, DownloadError
from trials.registries.values import Unreadable

Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Question:
    """Which trials are wanted: those with all these words, updated on this day or later; in pages of this size."""

    query: str = ""
    since: dt.date | None = None
    page_size: int = 100


@dataclass(frozen=True)
class Page:
    """A part of a listing: rows of JSON as received, what leads to the next part ("": nothing), trials in all."""

    rows: tuple[bytes, ...]
    next: str
    total: int | None


@dataclass(frozen=True)
class Copy:
    """What a service answered, as received, and the day of that."""

    raw: bytes
    day: dt.date


@dataclass(frozen=True)
class Found:
    """A record in the form that the registry's reader takes, or, where `raw` is empty, why it could not be had.

    `number` is its own number where it was asked for by that, `copied` the day of the answer.
    """

    raw: bytes
    copied: dt.date
    number: str = ""
    why: str = ""


class Missing(Exception):  # noqa: N818 (says what the trial is)
    """A trial that is listed and cannot be had. The message says why."""


Retrieve = Callable[[str], Copy]


class Service(Protocol):
    """A registry's live service. `first` leads to the first page; no listing goes beyond `most` trials.

    `needs_narrowing`: it holds far more than one should list without words or a day to narrow it down.
    """

    source: str
    name: str
    first: str
    largest_page: int
    most: int
    needs_narrowing: bool

    def ask(self, client: Client, question: Question, place: str) -> bytes:
        """The page at `place`, as received."""

    def read(self, raw: bytes, question: Question, place: str) -> Page:
        """Takes a page apart; DownloadError where it has another shape than expected."""

    def records(self, page: Page, day: dt.date, question: Question, trial: Retrieve) -> Iterator[Found]:
        """The records behind a page of that day. `trial` gives what `retrieve` answers, or raises Missing."""

    def retrieve(self, client: Client, number: str) -> bytes:
        """One trial, as received."""


class _Studies(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    next_page_token: str | None = None
    total_count: int | None = None


class ClinicalTrialsGov:
    """ClinicalTrials.gov API v2. Its last page may be empty: a full page always names a next one."""

    source = "CTGOV"
    name = "ClinicalTrials.gov"
    first = "start"
    largest_page = 1000
    most = sys.maxsize
    needs_narrowing = True

    def ask(self, client: Client, question: Question, place: str) -> bytes:
        params = {"pageSize": str(question.page_size), "countTotal": "true"}
        if question.query:
            params["query.term"] = question.query
        if question.since:
            params["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{question.since},MAX]"
        if place != self.first:
            params["pageToken"] = place
        return client.get("/api/v2/studies", params)

    def read(self, raw: bytes, question: Question, place: str) -> Page:
        found = _decoded(self.name, raw, _Studies)
        return Page(_bytes(found.studies), found.next_page_token or "", found.total_count)

    def records(self, page: Page, day: dt.date, question: Question, trial: Retrieve) -> Iterator[Found]:
        for row in page.rows:
            yield Found(row, day)

    def retrieve(self, client: Client, number: str) -> bytes:
        return client.get(f"/api/v2/studies/{number}")


class _Pagination(msgspec.Struct, rename="camel"):
    total_records: int | None = None
    current_page: int | None = None
    next_page: bool | None = None


class _Search(msgspec.Struct):
    data: list[msgspec.Raw]
    pagination: _Pagination


class EuCtis:
    """EU CTIS: a search lists trials in short, with their public status; each trial is then asked for by itself."""

    source = "CTIS"
    name = "EU CTIS"
    first = "1"
    largest_page = 100
    most = 10_000
    needs_narrowing = False

    def ask(self, client: Client, question: Question, place: str) -> bytes:
        body = {
            "pagination": {"page": int(place), "size": question.page_size},
            # Newest first: what is decided while the pages are read moves trials to later pages, never to earlier ones.
            "sort": {"property": "decisionDate", "direction": "DESC"},
            "searchCriteria": {"containAll": question.query or None},
        }
        return client.post("/ctis-public-api/search", body)

    def read(self, raw: bytes, question: Question, place: str) -> Page:
        found = _decoded(self.name, raw, _Search)
        paging, page = found.pagination, int(place)
        if paging.current_page not in (None, page):
            raise DownloadError(f"{self.name} was asked for page {page} and gave page {paging.current_page}.")
        is_last = paging.next_page is False or page * question.page_size >= self.most
        return Page(_bytes(found.data), "" if is_last else str(page + 1), paging.total_records)

    def records(self, page: Page, day: dt.date, question: Question, trial: Retrieve) -> Iterator[Found]:
        for row in page.rows:
            try:
                overview = ctis.parse_overview(row)
            except Unreadable as error:
                yield Found(b"", day, why=f"it is listed in a way that cannot be read: {error}")
                continue
            if not _is_wanted(overview, question.since):
                continue
            try:
                copy = trial(overview.number)
                yield Found(_joined(copy.raw, row), copy.day, overview.number)
            except Missing as error:
                yield Found(b"", day, overview.number, str(error))

    def retrieve(self, client: Client, number: str) -> bytes:
        return client.get(f"/ctis-public-api/retrieve/{number}")


def _is_wanted(overview: ctis.Overview, since: dt.date | None) -> bool:
    """Whether a trial changed since that day, or may have: a date that is missing hides nothing."""
    dates = [date.last_day for date in (overview.updated, overview.published) if date]
    return since is None or not dates or max(dates) >= since


def _joined(raw: bytes, row: bytes) -> bytes:
    """The answer with its overview; alone, for the intake to judge, where they are not of one trial."""
    try:
        return ctis.join(raw, row)
    except Unreadable:
        return raw


def _decoded(name: str, raw: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DownloadError(f"{name} answers in another form than it used to: {error}.") from error


def _bytes(rows: Sequence[msgspec.Raw]) -> tuple[bytes, ...]:
    # Each row is copied, so that a page is not kept in memory by one of its records.
    return tuple(bytes(row) for row in rows)


SERVICES: dict[str, Service] = {"ctgov": ClinicalTrialsGov(), "ctis": EuCtis()}
