"""A question to a registry's live service as pieces of an import; what was received is kept under DATA_DIR/fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.conf import settings

from trials.intake.sources import Fault, Piece, received
from trials.records import PartialDate
from trials.registries.download import Client, Manners
from trials.registries.fetching import Fetch, Kept
from trials.registries.services import Found, Question, Service

# Longer than any single request, or any single wait for the service, may take.
LEASE = dt.timedelta(minutes=10)
# Fewer than from files: a trial of EU CTIS takes seconds to come, and should soon be in the catalogue.
BATCH = 20


@dataclass
class Asked:
    """One question to one service. `say` is told how it goes, `note` what an administrator should know also later.

    `address` is that of the service, "" for the one in the settings. `restart` forgets what is kept; `reread` does so
    only where all had been answered, so that a run that was broken off goes on.
    """

    service: Service
    question: Question
    address: str = ""
    restart: bool = False
    manners: Manners = field(default_factory=Manners)
    say: Callable[[str], None] = lambda _: None
    note: Callable[[str], None] = lambda _: None
    fetch: Fetch | None = None
    reread: bool = False

    @contextmanager
    def pieces(self, alive: Callable[[], None]) -> Generator[Generator[Piece, None, None], None, None]:
        """What the service answers. `alive` is called before every request and every longer wait.

        DownloadError, here or while reading, says what went wrong. The folder of what is kept is opened when the first
        piece is asked for: do that while the lease is held, so that no other import touches it.
        """
        address = self.address or getattr(settings, f"{self.service.source}_URL")
        with Client(
            address, settings.FETCH_CONTACT, self.manners, say=lambda line: self.say(line), alive=alive
        ) as client:
            pieces = self._answers(client, address)
            try:
                yield pieces
            finally:
                pieces.close()

    def _answers(self, client: Client, address: str) -> Generator[Piece, None, None]:
        asks = {
            "address": address,
            "query": self.question.query,
            "since": str(self.question.since or ""),
            "page size": str(self.question.page_size),
        }
        root = settings.DATA_DIR / "fetched" / self.service.source.lower()
        kept = Kept(root, asks, self.restart)
        if self.reread and kept.state.finished:
            kept = Kept(root, asks, restart=True)
        self.say(_beginning(client.host, kept))
        self.fetch = Fetch(self.service, client, self.question, kept, self.say, self.note)
        for found in self.fetch.records():
            yield _piece(self.service.source, found, self.fetch.read + 1)

    @property
    def share(self) -> float | None:
        """How much of the listing was read, from 0 to 1; None while that is not known."""
        if self.fetch is None or not self.fetch.total:
            return None
        return self.fetch.read / self.fetch.total


def in_words(question: Question) -> str:
    """What is asked for, for people."""
    what = f"“{question.query}”" if question.query else "all trials"
    return f"{what}, updated since {question.since}" if question.since else what


def _beginning(host: str, kept: Kept) -> str:
    if not kept.is_resumed:
        return f"Asking {host}. What it answers is kept in {kept.folder}."
    if kept.state.finished:
        return f"All was asked less than half a day ago: reading {kept.folder}. Use --restart to ask anew."
    return f"Going on after page {kept.state.pages:,} in {kept.folder}. Use --restart to ask anew."


def _piece(source: str, found: Found, number: int) -> Piece:
    place = found.number or f"record {number} of the listing"
    if not found.raw:
        return Fault(place, found.why)
    return replace(received(source, found.raw, place), copied=PartialDate.parse(str(found.copied)))
