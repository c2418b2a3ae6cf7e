"""The words of the catalogue's texts."""

from __future__ import annotations

from django.db import models


class Word(models.Model):
    """A folded word that stood in the text of a public trial, and the token that it is kept as.

    Several writers may add the same word at once: a constraint would make one wait for the other, so a word may stand
    here twice. Words of trials that are gone stay until all text is written anew.
    """

    word = models.CharField(max_length=64, db_index=True)
    stem = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.word
