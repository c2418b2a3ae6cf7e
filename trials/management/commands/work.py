"""`manage.py work`: does what was uploaded and scheduled in the admin, one thing at a time."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connections

from trials.accounts.tidying import tidy_accounts
from trials.intake.working import Working
from trials.search.live import save_now

# Seconds between two looks, and the longest while the database is away.
PAUSE, LONGEST = 2.0, 60.0


class Command(BaseCommand):
    help = (
        "Checks and imports the files that were uploaded in the admin, and asks the registries' services when a "
        "scheduled fetch is due; one thing at a time, until it is stopped. SIGTERM and Ctrl-C end it after the batch "
        "that it is at; what it was doing is gone on with by the next one, also after it was killed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what there is to do now, and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        working = Working(self._say, stop, chores=(tidy_accounts,))
        try:
            if options["once"]:
                while working.round():
                    save_now()
            else:
                self._go_on(working, stop)
        finally:
            _quietly(working)

    def _go_on(self, working: Working, stop: Event) -> None:
        self._say("The worker waits for uploads and scheduled fetches.")
        pause = PAUSE
        while not stop.is_set():
            close_old_connections()
            try:
                if working.round():
                    # A new web process, or one that nobody asked meanwhile, need not follow a whole import by itself.
                    save_now()
                    pause = 0.0
                else:
                    pause = PAUSE
            except DatabaseError as error:
                self._say(f"The database cannot be used now: {str(error).splitlines()[0] if str(error) else error!r}")
                connections.close_all()
                pause = min(max(PAUSE, pause * 2), LONGEST)
            stop.wait(pause)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _quietly(working: Working) -> None:
    try:
        working.leave()
    except DatabaseError:
        connections.close_all()
