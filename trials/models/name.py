"""Names that public trials bear, for suggesting them while somebody types. Written with the trial."""

from __future__ import annotations

from django.db import models


class NameKind(models.TextChoices):
    """Whose name it is."""

    SPONSOR = "S", "Sponsor"
    INTERVENTION = "I", "Intervention"
    ACRONYM = "A", "Acronym"
    NUMBER = "N", "Registry number"


class TrialName(models.Model):
    """A name that a public trial bears, found by `key`: its folded words.

    A number's have no blanks between them, and it has another row from its figures on. `trial` is the trial's id, plain
    because a trial that is gone must still be counted off.
    """

    trial = models.PositiveBigIntegerField(db_index=True)
    kind = models.CharField(max_length=1, choices=NameKind.choices)
    key = models.CharField(max_length=200)
    label = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "trial"], name="trial_name_by_key")]

    def __str__(self) -> str:
        return self.label


class Name(models.Model):
    """One beginning of a sponsor's or an intervention's name: `start` is its `key` from one of its words on.

    `head` is the first two letters of that. `trials` counts the public trials that bear it, the same in each row of one
    name. `label` is how one of them writes it.
    """

    kind = models.CharField(max_length=1, choices=NameKind.choices)
    key = models.CharField(max_length=200)
    head = models.CharField(max_length=2)
    start = models.CharField(max_length=200)
    label = models.CharField(max_length=200)
    trials = models.PositiveIntegerField()

    class Meta:
        indexes = [
            # Few names begin so: all are ranked. Many do: the index on `trials` comes upon the first of them soon.
            models.Index(fields=["kind", "start", "trials"], name="name_by_start"),
            models.Index(fields=["kind", "head", "-trials", "start"], name="name_by_trials"),
            models.Index(fields=["kind", "key"], name="name_by_key"),
        ]

    def __str__(self) -> str:
        return self.label
