"""`manage.py recheck_trials`: what does not fit inside records, found anew by the quality rules."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.intake.rechecking import due, recheck, recheck_all
from trials.management.progress import Progress
from trials.models import Trial
from trials.phrases import count
from trials.search.live import save_now


class Command(BaseCommand):
    help = (
        "Lets the quality rules look at every trial again, after an upgrade of the rules (`prepare` does it too). "
        "Pages go on answering. What people dismissed stays dismissed. May be stopped and run again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--due",
            action="store_true",
            help="Only trials of which the calendar may have made something true: open past their completion, or not "
            "confirmed for two years. Quick; to be run once a day.",
        )
        parser.add_argument("--trial", nargs="+", metavar="SLUG", help="Only these trials, by address or number.")

    def handle(self, *args: Any, **options: Any) -> None:
        trials = due() if options["due"] else Trial.objects.all()
        if options["trial"]:
            named = {name: Trial.objects.named(name) for name in options["trial"]}
            if unknown := [name for name, trial in named.items() if trial is None]:
                raise CommandError(f"No trial has the address or number {unknown[0]}.")
            trials = trials.filter(pk__in=[trial.pk for trial in named.values() if trial])
        total = trials.count()
        progress, started = Progress(self.stderr), time.monotonic()

        def told(done: int, changed: int) -> None:
            progress.show(done, f"{done:,} of {count(total, 'trial')}", done / max(total, 1))

        is_all = not (options["due"] or options["trial"])
        try:
            changed = recheck_all(told) if is_all else recheck(trials, told)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was checked stays; run it again for the rest.", returncode=2
            ) from None
        finally:
            progress.clear()
        save_now()
        seconds = time.monotonic() - started
        self.stdout.write(f"{count(total, 'trial')} checked in {seconds:.1f} s; flags of {changed:,} changed.")
