"""Kept records into the catalogue: those of new numbers as new trials, the others as further versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trials.intake.applying import Target
from trials.intake.editing import hold_all
from trials.intake.fact_lists import apply, with_terms
from trials.intake.interpreting import Interpreter
from trials.intake.matching import Number, node_of
from trials.intake.moving import note_moved
from trials.intake.refreshing import refresh_trials, reread
from trials.intake.registering import claim_rows, refresh_registrations, registration_row
from trials.intake.rows import free_slug
from trials.intake.versions import Incoming, raw_row, record_history, state_of, versions_of
from trials.models import CellProduct, Claim, FormerSlug, RawRecord, Registration, Trial, bulk
from trials.models.choices import State, Verdict
from trials.models.trial import RESERVED_SLUGS
from trials.records import TrialRecord
from trials.search.publishing import trials_made
from trials.search.rows import handed


@dataclass
class Read:
    """A received record that is to be kept; `earlier` is the row in which it was noted before."""

    incoming: Incoming
    record: TrialRecord
    earlier: int | None

    @property
    def number(self) -> Number:
        return node_of(self.record)


def add_trials(interpreter: Interpreter, reads: Sequence[Read]) -> None:
    """New registrations, each with a trial of its own for now."""
    if not reads:
        return
    trials = bulk.reserve(Trial, len(reads))
    registrations = bulk.reserve(Registration, len(reads))
    slugs = _free_slugs([read.record.number for read in reads])
    targets = []
    trial_rows, registration_rows, claims = [], [], []
    for read, trial, registration, slug in zip(reads, trials, registrations, slugs, strict=True):
        target = Target(trial, interpreter.content_of(read.record, registration), is_new=True)
        targets.append(target)
        trial_rows.append(target.content.columns | {"id": trial, "slug": slug, "state": State.PUBLISHED, "version": 1})
        registration_rows.append(
            {"id": registration, "trial_id": trial, "order": 1, "is_lead": True} | registration_row(read.record)
        )
        claims += claim_rows(registration, read.record)
    bulk.insert(Trial, trial_rows)
    bulk.insert(Registration, registration_rows)
    bulk.add(Claim, claims)
    _keep_raw(reads, registrations)
    apply(targets)
    trials_made(
        handed(trial, {**target.content.lists, CellProduct: with_terms(target), Registration: [registration]})
        for trial, target, registration in zip(trial_rows, targets, registration_rows, strict=True)
    )


def add_versions(interpreter: Interpreter, reads: Sequence[Read], registrations: Sequence[int]) -> set[str]:
    """Further versions of registrations: history, and the trials that they lead. Returns keys of former titles."""
    if not reads:
        return set()
    added = _keep_raw(reads, registrations)
    hold_all(Registration.objects.filter(pk__in=registrations).values("trial"))
    known = {read.incoming.digest: read.record for read in reads}
    versions = versions_of(registrations, interpreter.readers, known)
    record_history((versions[registration], pk) for registration, pk in zip(registrations, added, strict=True))
    records = {registration: state_of(own) for registration, own in versions.items()}
    note_moved(interpreter, versions, set(added))
    titles = refresh_registrations(records)
    led = dict(Registration.objects.filter(pk__in=registrations, is_lead=True).values_list("trial", "pk"))
    refresh_trials(interpreter, {trial: records[registration] for trial, registration in led.items()})
    others = Registration.objects.filter(pk__in=registrations).exclude(trial__in=list(led))
    reread(interpreter, others.values_list("trial", flat=True).distinct())
    return titles


def _keep_raw(reads: Sequence[Read], registrations: Sequence[int]) -> list[int]:
    """The numbers of the kept versions, in the order of `reads`."""
    rows = [
        raw_row(read.incoming, read.record, Verdict.KEPT, registration_id=registration, reason="")
        for read, registration in zip(reads, registrations, strict=True)
    ]
    bulk.add(RawRecord, [row for read, row in zip(reads, rows, strict=True) if not read.earlier])
    bulk.update(RawRecord, [(read.earlier, row) for read, row in zip(reads, rows, strict=True) if read.earlier])
    return [read.earlier or row["id"] for read, row in zip(reads, rows, strict=True)]


def _free_slugs(numbers: Sequence[str]) -> list[str]:
    """An address per number: the number itself unless a trial of another name stands there."""
    wanted = ["".join(mark if mark.isalnum() else "-" for mark in number.lower()) for number in numbers]
    taken = set(Trial.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    taken |= set(FormerSlug.objects.filter(slug__in=wanted).values_list("slug", flat=True)) | set(RESERVED_SLUGS)
    slugs: list[str] = []
    for slug, number in zip(wanted, numbers, strict=True):
        slugs.append(slug if slug not in taken else free_slug([number], "", taken))
        taken.add(slugs[-1])
    return slugs
