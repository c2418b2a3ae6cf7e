"""`manage.py prepare`: everything between installing the catalogue and serving it, as one command to repeat at will."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from trials.accounts.roles import settle_roles
from trials.accounts.tidying import tidy_accounts
from trials.fixtures import FixtureError, load_fixtures
from trials.intake.late import publish_late
from trials.intake.rechecking import due, is_behind, recheck, recheck_all
from trials.intake.remapping import remap
from trials.intake.staleness import waiting
from trials.management.progress import Progress
from trials.phrases import count
from trials.search import saved
from trials.search.live import save_now
from trials.search.publishing import needs_all, publish_all

# Any number will do, as long as nothing else in the same database asks for it.
_LOCK_NUMBER = 7_264_110_300
_MOST_NOTES = 20
_ROWS_BETWEEN_LINES = 25_000


class Command(BaseCommand):
    help = (
        "Makes the catalogue ready to serve: database tables, fixtures, search, static files. Does only what is left "
        "to do, and may be run at any time and twice at once."
    )
    # The tables that checks would ask for may not be there yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"DATA_DIR cannot be written: {error}") from error
        with self._alone():
            self._migrate()
            self._load_fixtures()
            self._map_words()
            self._prepare_search()
            self._tell_of_readings()
            self._collect_static_files()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lets one `prepare` run at a time on this folder and on this database; a second one waits."""
        with (settings.DATA_DIR / "prepare.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._say("Waiting for another prepare to finish.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            # Only now: two first connections to a new SQLite file would both turn it to WAL, and one would fail.
            self._connect()
            if connection.vendor != "postgresql":
                yield
                return
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_NUMBER])
                if not cursor.fetchone()[0]:
                    self._say("Waiting for another prepare to finish.")
                    cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_NUMBER])
            try:
                yield
            finally:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_NUMBER])

    def _connect(self) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached (check DATABASE_URL): {error}") from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        # Also when none waits: it makes the permissions, should the last one have been stopped before it came to them.
        call_command("migrate", interactive=False, verbosity=0)
        settle_roles()
        tidy_accounts()
        self._say(f"Database: {waiting} migrations applied." if waiting else "Database: up to date.")

    def _load_fixtures(self) -> None:
        progress = Progress(self.stderr, step=_ROWS_BETWEEN_LINES)

        def told(done: int, rows: int) -> None:
            progress.show(done, f"Fixtures: {done:,} of {rows:,} rows", done / rows)

        try:
            reports = load_fixtures(Path(settings.FIXTURE_DIRS[0]), demo=settings.DEMO, told=told)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        finally:
            progress.clear()
        for report in reports:
            self._say(f"Fixtures: {report}.")
            for note in report.notes[:_MOST_NOTES]:
                self._say(f"  - {note}")
            if len(report.notes) > _MOST_NOTES:
                self._say(f"  … and {len(report.notes) - _MOST_NOTES:,} more notes.")
        if not reports:
            self._say("Fixtures: unchanged.")

    def _map_words(self) -> None:
        """Always: a prepare or an import that was stopped, or an editor's save with many trials, may have left some."""
        if changed := remap().changed:
            self._say(f"Conditions: those of {count(changed, 'trial')} were mapped anew.")

    def _prepare_search(self) -> None:
        """Mends cards and words that were written past the catalogue, and saves the index for new workers to load."""
        if late := publish_late():
            self._say(f"Search: {count(late, 'card')} written that waited for the new name of an organisation.")
        is_all = needs_all()
        if is_all:
            progress = Progress(self.stderr, step=_ROWS_BETWEEN_LINES)

            def told(done: int, trials: int) -> None:
                progress.show(done, f"Search: {done:,} of {trials:,} trials", done / trials)

            publish_all(told)
            progress.clear()
        self._check_records(is_all)
        before = saved.revision()
        index = save_now()
        fresh = before != index.state.revision
        self._say(f"Search: {len(index.public):,} trials indexed." if fresh else "Search: unchanged.")

    def _check_records(self, is_all: bool) -> None:
        """Lets the quality rules look at all trials after an upgrade, or else at those that time has moved on for."""
        progress = Progress(self.stderr, step=_ROWS_BETWEEN_LINES)

        def told(done: int, changed: int) -> None:
            progress.show(done, f"Records: {count(done, 'trial')} checked")

        is_all = is_all or is_behind()
        changed = recheck_all(told) if is_all else recheck(due(), told)
        progress.clear()
        if changed:
            why = "all were checked" if is_all else "time moved on"
            self._say(f"Records: {why}; what does not fit changed in {count(changed, 'trial')}.")

    def _tell_of_readings(self) -> None:
        """Reading a large catalogue anew takes a while, so it is told, not done."""
        trials = waiting().count()
        if trials:
            self._say(
                f"Readings: {count(trials, 'trial')} to be read anew. Run `manage.py reread_trials --stale`; pages go "
                "on answering meanwhile."
            )

    def _collect_static_files(self) -> None:
        folder, kept = Path(settings.STATIC_ROOT), settings.DATA_DIR / "static.sha256"
        noted = kept.read_text(encoding="utf-8").split() if kept.is_file() else []
        sources, collected = _digest_of_sources(), _digest_of_folder(folder)
        if noted == [sources, collected]:
            self._say("Static files: unchanged.")
            return
        # Files of the last release stay for pages that are open; files that are not as they were left all go.
        intact = noted[1:] == [collected]
        call_command("collectstatic", interactive=False, verbosity=0, clear=not intact)
        kept.write_text(f"{sources} {_digest_of_folder(folder)}", encoding="utf-8")
        self._say("Static files: collected and compressed.")


def _digest_of_sources() -> str:
    """SHA-256 of all static files of the project and its packages, and of what turns them into what is served."""
    own = (settings.STORAGES["staticfiles"], settings.STATIC_URL, settings.WHITENOISE_KEEP_ONLY_HASHED_FILES)
    total = sha256(repr((django.__version__, version("whitenoise"), *own)).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                total.update(path.encode() + b"\0" + sha256(file.read()).digest())
    return total.hexdigest()


def _digest_of_folder(folder: Path) -> str:
    """SHA-256 of the files below `folder`, names and contents."""
    total = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(str(path.relative_to(folder)).encode() + b"\0" + sha256(path.read_bytes()).digest())
    return total.hexdigest()
