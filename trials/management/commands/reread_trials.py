"""`manage.py reread_trials`: products, doses, the rest of the plan, conditions and sites, anew from stored records."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from trials.intake.interpreting import Interpreter
from trials.intake.rereading import Tally, reread
from trials.intake.staleness import readable, waiting
from trials.management.progress import Progress
from trials.models import Trial
from trials.phrases import count
from trials.registries.readers import READERS
from trials.search.live import save_now


class Command(BaseCommand):
    help = (
        "Reads products, doses, the rest of the plan, sites and contacts anew from the stored records of trials, and "
        "maps their words for conditions. What an editor owns or has reviewed stays. May be stopped and run again at "
        "any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stale",
            action="store_true",
            help="Only trials that were never read, by older readers, or before a word of the vocabularies changed.",
        )
        parser.add_argument("--trial", nargs="+", metavar="SLUG", help="Only these trials, by address or number.")

    def handle(self, *args: Any, **options: Any) -> None:
        trials = self._chosen(options)
        total = trials.count()
        progress, started = Progress(self.stderr), time.monotonic()

        def told(tally: Tally) -> None:
            done = tally.read + len(tally.failed)
            progress.show(done, f"{done:,} of {count(total, 'trial')}", done / max(total, 1))

        try:
            tally = reread(trials, Interpreter(READERS), told)
        except KeyboardInterrupt:
            raise CommandError("Interrupted. What was read stays; run it again for the rest.", returncode=2) from None
        finally:
            progress.clear()
        save_now()
        self._report(tally, time.monotonic() - started)
        if tally.failed:
            raise SystemExit(1)

    def _chosen(self, options: dict[str, Any]) -> QuerySet[Trial]:
        trials = waiting() if options["stale"] else readable()
        if not options["trial"]:
            return trials
        named = {name: Trial.objects.named(name) for name in options["trial"]}
        if unknown := [name for name, trial in named.items() if trial is None]:
            raise CommandError(f"No trial has the address or number {unknown[0]}.")
        return trials.filter(pk__in=[trial.pk for trial in named.values() if trial is not None])

    def _report(self, tally: Tally, seconds: float) -> None:
        rows = (("read", tally.read), ("changed", tally.changed), ("unchanged", tally.unchanged))
        for name, number in (*rows, ("left to editors, in part or whole", tally.left)):
            self.stdout.write(f"{name:<34} {number:>9,}")
        for line in tally.failed[:20]:
            self.stdout.write(f"  could not be read: {line}")
        if len(tally.failed) > 20:
            self.stdout.write(f"  … and {len(tally.failed) - 20:,} more.")
        self.stdout.write(f"{count(tally.read, 'trial')} in {seconds:.1f} s.")
