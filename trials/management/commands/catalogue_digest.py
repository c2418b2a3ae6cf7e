"""`manage.py catalogue_digest`: one SHA-256 over what the catalogue holds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trials.intake.digest import catalogue_digest


class Command(BaseCommand):
    help = (
        "Prints one SHA-256 over trials, vocabulary, registrations with the digests of what was received, locks, "
        "editors' decisions and field history. Two catalogues with the same content have the same one, on either "
        "database; numbers of rows, clock times, logs of imports and accounts do not count."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(catalogue_digest())
