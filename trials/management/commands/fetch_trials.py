"""`manage.py fetch_trials ctgov --query …`: records of a registry from its live service."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser

from trials.intake.fetching import BATCH, LEASE, Asked, in_words
from trials.management.imports import ImportCommand
from trials.registries.download import DownloadError, Manners
from trials.registries.services import SERVICES, Question, Service


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
        asked = Asked(
            service,
            _question(service, options),
            options["base_url"] or "",
            options["restart"],
            Manners(pause=options["pause"]),
            say=lambda line: self.progress.say(line),
            note=self._note,
        )
        try:
            with asked.pieces(alive=lambda: self.held.renew(LEASE)) as pieces:
                self.run_import(service.source, in_words(asked.question), pieces, options, lambda: asked.share)
        except (DownloadError, OSError) as error:
            kept = " What was received is kept; the same command goes on from there." if asked.fetch else ""
            raise CommandError(f"{error}{kept}", returncode=2) from error

    def _note(self, line: str) -> None:
        """Says what an administrator should know also later, in the list of imports."""
        self.progress.say(line)
        self.held.note(line)


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
