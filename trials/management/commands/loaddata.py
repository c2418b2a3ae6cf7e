"""Django's own `loaddata`, after which search and the quality rules know what was loaded."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.commands import loaddata

from trials.intake.rechecking import recheck_all
from trials.search.publishing import publish_all


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        super().loaddata(fixture_labels)
        if self.loaded_object_count:
            # Rows are written past everything that keeps cards, words, index and flags: all are written anew, in the
            # same transaction.
            publish_all()
            recheck_all()
