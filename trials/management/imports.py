"""What the commands that import have in common: options, the one import at a time, the closing table, the exit status.

Exit status: 0 if all went well, 1 if anything was set aside, 2 if the import could not begin or not end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from trials.intake.importing import BATCH, Import
from trials.intake.runs import COUNTS, Busy, Lease, LeaseLost, lease
from trials.intake.saving import Saver
from trials.intake.sources import Piece
from trials.management.progress import Progress
from trials.models import TrialCondition
from trials.registries.readers import READERS
from trials.search.live import save_now

_LABELS = {
    "new": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "skipped": "Skipped",
    "set_aside": "Set aside",
}


def add_options(parser: CommandParser) -> None:
    """The options of every importing command."""
    parser.add_argument(
        "--keep",
        choices=["cells", "all"],
        default="cells",
        help="Which records come into the catalogue: those that look like cell therapies (the default), or all.",
    )
    parser.add_argument(
        "--batch", type=_at_least_one, default=BATCH, metavar="N", help="Records per transaction (%(default)s)."
    )
    parser.add_argument("--json", action="store_true", help="End with the counts as one line of JSON.")


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class ImportCommand(BaseCommand):
    """A command that imports records of one registry. While `run_import` reads its pieces, `held` is its lease."""

    held: Lease
    progress: Progress

    def add_arguments(self, parser: CommandParser) -> None:
        add_options(parser)

    def run_import(
        self,
        registry: str,
        what: str,
        pieces: Iterable[Piece],
        options: dict[str, object],
        share: Callable[[], float | None] = lambda: None,
        apart: bool = False,
    ) -> None:
        """Imports `pieces` and prints what became of them. `registry` is a key of `READERS`.

        `share` tells how much of the work is done, from 0 to 1, or None while it does not know; with `apart` a second
        process may read records. Ends in SystemExit(1) if anything was set aside, in CommandError if another import
        runs or this one cannot go on.
        """
        self.progress = Progress(self.stderr)
        started = time.monotonic()

        def told(running: Import) -> None:
            self.progress.show(running.counts.total(), _in_a_line(running), share())

        try:
            with lease(registry, what) as self.held:
                saver = Saver(READERS, keep_all=options["keep"] == "all")
                running = Import(registry, self.held, saver, int(str(options["batch"])), told, apart)
                running.run(pieces)
        except (Busy, LeaseLost) as error:
            raise CommandError(str(error), returncode=2) from None
        except DatabaseError as error:
            raise CommandError(
                f"The database gave up: {error}. What was saved stays; run the import again for the rest.", returncode=2
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was saved stays; run the import again for the rest.", returncode=2
            ) from None
        finally:
            self.progress.clear()
        # A new worker, or one that nobody asked meanwhile, need not follow the whole import by itself.
        save_now()
        self._report(running, time.monotonic() - started)
        if options["json"]:
            self.stdout.write(json.dumps({name: running.counts[name] for name in COUNTS}))
        if running.counts["set_aside"]:
            raise SystemExit(1)

    def _report(self, running: Import, seconds: float) -> None:
        for name in COUNTS:
            self.stdout.write(f"{_LABELS[name]:<10} {running.counts[name]:>9,}")
        for reason in sorted(running.reasons.values(), key=lambda reason: -reason.count):
            self.stdout.write(f"  {reason.count:,} × {reason.words}")
            more = f" and {reason.count - len(reason.examples):,} more" if reason.count > len(reason.examples) else ""
            self.stdout.write(f"      {', '.join(reason.examples)}{more}")
        if running.problems:
            self.stdout.write(f"{running.problems:,} values in kept records could not be read as they should.")
        unmapped = TrialCondition.objects.filter(condition=None).values("wording").distinct().order_by().count()
        if unmapped:
            self.stdout.write(
                f"{unmapped:,} condition words of the catalogue mean no term yet; "
                "the admin lists them under “Conditions of a trial”."
            )
        if running.again:
            looked, kept = running.again.total(), running.again["new"] + running.again["changed"]
            self.stdout.write(
                f"Of {looked:,} records of earlier imports that were waiting, {kept:,} are kept now, "
                f"{running.again['skipped']:,} skipped and {running.again['set_aside']:,} still set aside."
            )
        total = running.counts.total()
        self.stdout.write(f"{_some(total)} in {seconds:.1f} s ({total / max(seconds, 0.001):,.0f} a second).")


def _in_a_line(running: Import) -> str:
    counted = ", ".join(f"{running.counts[name]:,} {_LABELS[name].lower()}" for name in COUNTS if running.counts[name])
    return f"{_some(running.counts.total())}: {counted}"


def _some(records: int) -> str:
    return f"{records:,} record{'s' if records != 1 else ''}"
