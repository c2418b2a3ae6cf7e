"""`manage.py export_fixture --facts-only`: the catalogue's facts as a fixture, such as the demo catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.fixtures.exporting import export_facts
from trials.fixtures.reading import DEMO_FILE


class Command(BaseCommand):
    help = (
        "Writes the public trials that say what is given as a fixture: numbers, titles, conditions, design, dates, "
        "arms, treatments, cities and sponsors, but no texts and no people. Trials of other fixtures stay out. The "
        "same catalogue gives the same bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--facts-only",
            action="store_true",
            required=True,
            help="Say so: texts are left out. There is no other way (manage.py dumpdata writes everything).",
        )
        default = Path(settings.FIXTURE_DIRS[0]) / DEMO_FILE
        parser.add_argument("--output", type=Path, default=default, metavar="FILE", help=f"Where to ({default.name}).")

    def handle(self, *args: Any, **options: Any) -> None:
        content, output = export_facts(), options["output"]
        beside = output.with_name(f"{output.name}.part")
        try:
            beside.write_bytes(content)
            beside.replace(output)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{output}: {len(content):,} bytes.")
