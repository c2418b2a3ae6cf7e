"""`manage.py reset_second_factor NAME`: the way back in for somebody who lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.accounts.audit import note
from trials.accounts.lockout import unlock
from trials.accounts.second_factor import take_away
from trials.models import AuditKind


class Command(BaseCommand):
    help = "Takes somebody's second factor away; the next sign-in leads them to set up a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account called “{options['name']}”.")
        unlock(user.get_username())
        if not take_away(user):
            self.stdout.write(f"{user} had no second factor.")
            return
        note(AuditKind.DEVICE_RESET, None, about=user.get_username())
        self.stdout.write(f"{user} has no second factor any more.")
