"""`manage.py unlock_sign_in NAME`: lets somebody try again who was locked out."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trials.accounts.audit import note
from trials.accounts.lockout import unlock
from trials.models import AuditKind


class Command(BaseCommand):
    help = "Forgets the failed sign-ins that were counted for a user name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not unlock(options["name"]):
            self.stdout.write(f"No failed sign-ins are counted for “{options['name']}”.")
            return
        note(AuditKind.UNLOCKED, None, about=options["name"])
        self.stdout.write(f"“{options['name']}” may try again.")
