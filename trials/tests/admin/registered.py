"""The models that the admin shows, and an object of each."""

from __future__ import annotations

import zlib
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils import timezone

from trials import models
from trials.tests.admin.making import fill, trial

REGISTERED = [model for model in apps.get_app_config("trials").get_models() if admin.site.is_registered(model)]


def one_of_each() -> dict[type[Model], Any]:
    """One object of every registered model, by model."""
    made = trial("everything", state="PUBLISHED", acronym="ALL")
    fill(made, 1)
    models.FormerSlug.objects.create(slug="once", trial=made)
    models.DonorRelation.objects.create(slug="autologous", label="Autologous")
    models.Target.objects.create(slug="cd19", label="CD19")
    models.KnownProduct.objects.create(slug="a-cel", label="A-cel", modification="CAR")
    models.Cue.objects.create(kind="LOOKALIKE", phrase="exosom*")
    imported(made)
    return {model: model._default_manager.first() for model in REGISTERED}


def imported(of: models.Trial) -> None:
    """What an import leaves beside a trial."""
    record = of.registrations.get()
    text = zlib.compress(b'{"protocolSection": {}}')
    kept = {"source": "CTGOV", "number": record.number, "body": text, "verdict": "KEPT", "registration": record}
    versions = [models.RawRecord.objects.create(digest=digest, **kept) for digest in ("a", "b")]
    models.Change.objects.create(registration=record, before=versions[0], after=versions[1], field="title", old="A")
    models.ImportRun.objects.create(source="CTGOV", holder="1@here", lease_until=timezone.now(), notes=["A note"])
    models.MatchSuggestion.objects.create(first=record, second=record, why="TITLE")
    models.MatchDecision.objects.create(first="A", second="B", same=True)
    models.Lock.objects.create(trial=of, name="title")
    models.Job.objects.create(kind="UPLOAD", name="a.json", registry="CTGOV")
    models.ScheduledFetch.objects.create(registry="CTIS")
    models.AuditEntry.objects.create(kind="SIGNED_IN", by_name="ada")
    models.Edit.objects.create(trial=of, name="sites", kind="EDITED", old=[{"city": "Milan"}], new=[])
