"""Django's own `loaddata`, after which search knows what was loaded."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.commands import loaddata

from trials.search.publishing import publish_all


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        super().loaddata(fixture_labels)
        if self.loaded_object_count:
            # Rows are written past everything that keeps cards, words and index: all are written anew, in the same
            # transaction.
            publish_all()
