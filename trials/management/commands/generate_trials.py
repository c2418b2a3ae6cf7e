"""`manage.py generate_trials N --seed S`: a made-up catalogue to measure with."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from trials.generating.writing import MOST, NotOursError, generate
from trials.management.progress import Progress
from trials.search.publishing import publish_missing


class Command(BaseCommand):
    help = (
        "Makes up trials with the shape of real records, to measure with: the same N and seed give the same catalogue, "
        "and a larger N adds to it. Refuses a catalogue that holds any other trial. What was cut off goes on where it "
        "stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("total", type=_total, metavar="N", help="How many trials the catalogue is to hold.")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="Which trials (%(default)s).")

    def handle(self, *args: Any, **options: Any) -> None:
        total, progress, started = options["total"], Progress(self.stderr, step=10_000), time.monotonic()

        def told(done: int) -> None:
            progress.show(done, f"{done:,} of {total:,} trials", done / total)

        try:
            added = generate(total, options["seed"], told)
            # Counted from nothing again.
            published = Progress(self.stderr, step=10_000)
            publish_missing(lambda done, new: published.show(done, f"{done:,} of {new:,} published", done / new))
        except NotOursError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {error}. If it has no tables yet, run “manage.py migrate” first; otherwise run "
                "this again, it goes on where it stopped."
            ) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted. What was made stays; the same command makes the rest.") from None
        finally:
            progress.clear()
        self.stdout.write(f"{added:,} trials made in {time.monotonic() - started:.1f} s.")


def _total(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= MOST:
        raise ArgumentTypeError(f"“{text}” is no number of trials from 1 to {MOST:,}.")
    return number
