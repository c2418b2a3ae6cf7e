"""`manage.py fetch_trials ctgov --query …`: records of a registry from its live service."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from trials.intake.sources import Fault, Piece, received
from trials.management.imports import ImportCommand
from trials.records import PartialDate
from trials.registries.download import Client, DownloadError, Manners
from trials.registries.fetching import Fetch, Kept
from trials.registries.services import SERVICES, Found, Question, Service

# Longer than any single request, or any single wait for the service, may take.
LEASE = dt.timedelta(minutes=10)
# Fewer than from files: a trial of EU CTIS takes seconds to come, and should soon be in the catalogue.
BATCH = 20


class Command(ImportCommand):
    help = (
        "Asks a registry's live service for records and imports them as they come. What was received is kept under "
        "DATA_DIR/fetched: the same command, run again within half a day, goes on where it stopped and asks for "
        "nothing twice; later it asks anew. WHO ICTRP has no such service: use import_trials. Exit status: 0 if all "
        "went well, 1 if anything was set aside or could not be had, 2 if it could not begin or not end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("registry", choices=list(SERVICES))
        parser.add_argument("--query", default="", metavar="WORDS", help="What the registry's own search is asked for.")
        parser.add_argument(
            "--since", type=_day, metavar="YYYY-MM-DD", help="Only trials that it updated on this day or later."
        )
        parser.add_argument("--restart", action="store_true", help="Ask anew for everything.")
        parser.add_argument(
            "--page-size", type=int, default=100, metavar="N", help="Trials per page of the listing (100)."
        )
        parser.add_argument(
            "--pause",
            type=_seconds,
            default=Manners.pause,
            metavar="SECONDS",
            help=f"Least time between two requests ({Manners.pause}).",
        )
        parser.add_argument(
            "--base-url", metavar="URL", help="Address of the service in place of CTGOV_URL or CTIS_URL."
        )
        super().add_arguments(parser)
        parser.set_defaults(batch=BATCH)

    def handle(self, *args: Any, **options: Any) -> None:
        service = SERVICES[options["registry"]]
        question = _question(service, options)
        address = options["base_url"] or getattr(settings, f"{service.source}_URL")
        self.fetch: Fetch | None = None
        try:
            with (
                Client(
                    address,
                    settings.FETCH_CONTACT,
                    Manners(pause=options["pause"]),
                    say=lambda line: self.progress.say(line),
                    alive=lambda: self.held.renew(LEASE),
                ) as client,
                closing(self._pieces(service, question, client, address, options["restart"])) as pieces,
            ):
                self.run_import(service.source, _in_words(question), pieces, options, self._share)
        except (DownloadError, OSError) as error:
            kept = " What was received is kept; the same command goes on from there." if self.fetch else ""
            raise CommandError(f"{error}{kept}", returncode=2) from error

    def _pieces(
        self, service: Service, question: Question, client: Client, address: str, restart: bool
    ) -> Generator[Piece, None, None]:
        """What the service answers, as pieces of the import. Runs while the lease is held, so that no other import
        touches the kept files."""
        asks = {
            "address": address,
            "query": question.query,
            "since": str(question.since or ""),
            "page size": str(question.page_size),
        }
        kept = Kept(settings.DATA_DIR / "fetched" / service.source.lower(), asks, restart)
        self.progress.say(_beginning(client.host, kept))
        self.fetch = Fetch(service, client, question, kept, self.progress.say, self._note)
        for found in self.fetch.records():
            yield _piece(service.source, found, self.fetch.read + 1)

    def _note(self, line: str) -> None:
        """Says what an administrator should know also later, in the list of imports."""
        self.progress.say(line)
        self.held.note(line)

    def _share(self) -> float | None:
        if self.fetch is None or not self.fetch.total:
            return None
        return self.fetch.read / self.fetch.total


def _day(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day: write 2026-01-31.") from None


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 60:
        raise ArgumentTypeError("write a number of seconds from 0 to 60.")
    return number


def _question(service: Service, options: dict[str, Any]) -> Question:
    question = Question(options["query"].strip(), options["since"], options["page_size"])
    if not 1 <= question.page_size <= service.largest_page:
        raise CommandError(f"{service.name} gives pages of 1 to {service.largest_page} trials.", returncode=2)
    if service.needs_narrowing and not question.query and not question.since:
        raise CommandError(
            f"{service.name} holds half a million records. Name words with --query or a day with --since; for "
            "everything, import its bulk download with import_trials.",
            returncode=2,
        )
    return question


def _in_words(question: Question) -> str:
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
