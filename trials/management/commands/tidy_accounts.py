"""`manage.py tidy_accounts`: what is kept of sign-ins for a time only goes when that is over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trials.accounts.tidying import tidy_accounts
from trials.phrases import count


class Command(BaseCommand):
    help = "Removes old entries of the audit log, sessions that ended and failures that no longer count."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{count(tidy_accounts(), 'old entry', 'old entries')} of the audit log removed.")
