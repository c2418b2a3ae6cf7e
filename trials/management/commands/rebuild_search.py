"""`manage.py rebuild_search`: makes all that search works with anew from the trials."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trials.management.progress import Progress
from trials.phrases import count
from trials.search.live import save_now
from trials.search.publishing import publish_all
from trials.search.text import store


class Command(BaseCommand):
    help = (
        "Writes the cards and words of every trial anew, and saves the index. Needed only after somebody wrote to the "
        "database past the catalogue; pages go on answering meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr, step=5_000)
        publish_all(lambda done, trials: progress.show(done, f"{done:,} of {trials:,} trials", done / trials))
        progress.clear()
        store.tidy()
        index = save_now()
        self.stdout.write(f"{count(len(index.public), 'public trial')} can be found.")
