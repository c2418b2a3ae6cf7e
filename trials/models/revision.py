"""The log of what changed for searching, and the name of the catalogue's present state."""

from __future__ import annotations

from django.db import models


class CatalogueState(models.Model):
    """One row: which catalogue this is, and the number and token of the newest row of its log.

    Two databases never share `catalogue`, and two logs that went apart (a restored backup) never share a token, so
    what was worked out from one state is never taken for another's. `form` is the way in which cards, words
    and names were last written as a whole; a release that writes them otherwise writes all anew. `rules` is the version
    of the quality rules that all trials were last checked by.
    """

    catalogue = models.CharField(max_length=32)
    revision = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=32)
    form = models.PositiveIntegerField(default=0)
    rules = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.catalogue} at {self.revision}"


class Revision(models.Model):
    """One change, numbered in the order in which changes became visible: a trial's, or the vocabulary's.

    `trial` is the trial's id, plain because the log outlives the trial; without one, terms changed.
    """

    number = models.PositiveBigIntegerField(unique=True)
    trial = models.PositiveBigIntegerField(null=True)
    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.number}: {f'trial {self.trial}' if self.trial else 'terms'}"
