"""What the last fixture wrote, so that the next one knows what an editor has touched since."""

from __future__ import annotations

from django.db import models


class FixtureFile(models.Model):
    """A fixture file that was applied, with the SHA-256 of its bytes."""

    name = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class FixtureRow(models.Model):
    """One row that a fixture wrote: which database row it became, and the SHA-256 of its values then."""

    file = models.ForeignKey(FixtureFile, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=400, help_text="The row's natural key in the fixture, as JSON.")
    object_pk = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="fixturerow_key_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
