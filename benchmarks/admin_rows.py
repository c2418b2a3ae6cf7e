"""What imports and editors leave beside trials, made up: as many rows of each kind as there are trials."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils import timezone

from trials import models
from trials.models import choices

CHUNK = 2_000
FIELDS = ("title", "status", "enrollment", "sites", "criteria")


def fill(size: int) -> None:
    """Makes what is missing of each kind; a catalogue that has grown gets the rest."""
    for model, rows in _KINDS.items():
        held = model._default_manager.count()
        each = islice(rows(), held, None)
        while chunk := list(islice(each, min(CHUNK, max(0, size - held)))):
            model._default_manager.bulk_create(chunk)
            held += len(chunk)


def _records() -> Iterator[Any]:
    verdicts = ("KEPT",) * 8 + ("SKIPPED", "SET_ASIDE")
    body = zlib.compress(b'{"protocolSection": {}}')
    for at, (pk, number) in enumerate(_registrations()):
        verdict = verdicts[at % len(verdicts)]
        reason = "" if verdict == "KEPT" else f"Made up, for reason {at % 7}"
        yield models.RawRecord(
            source=choices.Registry.CTGOV, number=number, digest=f"{at:064}", body=body, verdict=verdict,
            reason=reason, registration_id=pk,
        )  # fmt: skip


def _changes() -> Iterator[Any]:
    kept = models.RawRecord.objects.order_by("pk").values_list("pk", "registration").iterator(CHUNK)
    for at, (pk, registration) in enumerate(kept):
        yield models.Change(
            registration_id=registration, before_id=pk, after_id=pk, field=FIELDS[at % len(FIELDS)], old="a", new="b"
        )


def _locks() -> Iterator[Any]:
    for at, pk in enumerate(_trials()):
        yield models.Lock(trial_id=pk, name=FIELDS[at % len(FIELDS)])


def _edits() -> Iterator[Any]:
    kinds = choices.EditKind.values
    for at, pk in enumerate(_trials()):
        yield models.Edit(trial_id=pk, name=FIELDS[at % len(FIELDS)], kind=kinds[at % len(kinds)], old="a", new="b")


def _former_slugs() -> Iterator[Any]:
    for at, pk in enumerate(_trials()):
        yield models.FormerSlug(slug=f"former-{at}", trial_id=pk)


def _suggestions() -> Iterator[Any]:
    reasons, before = choices.MatchReason.values, None
    for at, (pk, _) in enumerate(_registrations()):
        if before is not None:
            yield models.MatchSuggestion(first_id=before, second_id=pk, why=reasons[at % len(reasons)])
        before = pk


def _flags() -> Iterator[Any]:
    for at, pk in enumerate(_trials()):
        severity = choices.Severity.values[at % len(choices.Severity.values)]
        yield models.Flag(trial_id=pk, order=900, rule=f"rule-{at % 9}", severity=severity, sentence="Made up.")


def _runs() -> Iterator[Any]:
    now = timezone.now()
    while True:
        yield models.ImportRun(source=choices.Registry.CTGOV, holder="made up", lease_until=now, ended=now)


def _trials() -> Iterator[int]:
    return models.Trial.objects.order_by("pk").values_list("pk", flat=True).iterator(CHUNK)


def _registrations() -> Iterator[Any]:
    return models.Registration.objects.order_by("pk").values_list("pk", "number").iterator(CHUNK)


_KINDS: dict[type[Any], Any] = {
    models.RawRecord: _records,
    models.Change: _changes,
    models.Lock: _locks,
    models.Edit: _edits,
    models.FormerSlug: _former_slugs,
    models.MatchSuggestion: _suggestions,
    models.Flag: _flags,
    models.ImportRun: _runs,
}
