"""Other trials: those that a source names, and those of this catalogue that share something, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from trials.models import CellProduct, RelatedRecord, Sponsorship, Trial, TrialCondition
from trials.models.choices import AbsenceReason, State
from trials.phrases import either
from trials.search.cards import status_kind
from trials.search.kin import kin
from trials.search.live import reading
from trials.views._record.evidence import Support
from trials.views._record.links import registry_url
from trials.views._record.source import Section, Source

SHOWN = 6


@dataclass(frozen=True)
class Named:
    """A trial that a source names. `url` is our page where the catalogue holds it, else the registry's."""

    number: str
    title: str
    url: str
    is_here: bool
    status: str
    phase: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Kin:
    """A trial of this catalogue with what it shares."""

    title: str
    url: str
    status: str
    status_kind: str
    phase: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    named: tuple[Named, ...]
    named_empty: str
    kin: tuple[Kin, ...]
    support: Support


def related_section(source: Source) -> Section:
    trial = source.trial
    rows = list(trial.relatedrecords.all())
    body = Related(
        named=tuple(_named(row) for row in rows),
        named_empty=_none_named(source, rows),
        kin=kin_of(trial, {row.related_id for row in rows if row.related_id is not None}),
        support=source.ledger.support("related_records"),
    )
    nothing = not (body.named or body.kin or body.named_empty)
    empty = "No source names another trial, and none here shares a condition, cell type or sponsor." if nothing else ""
    return Section("related", "Related trials", "trials/_record_related.html", None if nothing else body, empty)


def _none_named(source: Source, rows: list[RelatedRecord]) -> str:
    """Why no source names another trial, where a reason is known."""
    if rows or not source.gaps.has("related_records"):
        return ""
    why = source.gaps.why_empty("related_records")
    return "The source names no other trial." if why == f"{AbsenceReason.NOT_STATED.label}." else f"Others: {why}"


def _named(row: RelatedRecord) -> Named:
    here = row.related is not None and row.related.state == State.PUBLISHED
    return Named(
        number=row.number,
        title=row.title,
        url=row.related.get_absolute_url() if here and row.related else registry_url(row.number),
        is_here=here,
        status=row.status_raw,
        phase=row.phase_raw,
        kind=row.get_kind_display(),
        reason=row.reason,
    )


def kin_of(trial: Trial, besides: Iterable[int] = ()) -> tuple[Kin, ...]:
    """Up to six public trials with a condition, cell type or organisation in common, open ones first (see `kin`)."""
    conditions = {row.condition_id for row in trial.conditions.all() if row.condition_id is not None}
    cell_types = {term.pk for product in trial.products.all() for term in product.cell_types.all()}
    organisations = {row.organisation_id for row in trial.sponsorships.all()}
    with reading() as index:
        ids = kin(index, conditions, cell_types, organisations, {trial.pk, *besides}, SHOWN)
        rows = {
            row.pk: row
            for row in Trial.objects.public()
            .filter(pk__in=ids)
            .prefetch_related(
                Prefetch("conditions", TrialCondition.objects.select_related("condition")),
                Prefetch("products", CellProduct.objects.prefetch_related("cell_types")),
                Prefetch("sponsorships", Sponsorship.objects.select_related("organisation")),
            )
        }
    return tuple(_kin(rows[pk], conditions, cell_types, organisations) for pk in ids if pk in rows)


def _kin(trial: Trial, conditions: set[int], cell_types: set[int], organisations: set[int]) -> Kin:
    reasons = (
        (
            "condition",
            (row.condition.label for row in trial.conditions.all() if row.condition and row.condition_id in conditions),
        ),
        (
            "cell type",
            (
                term.label
                for product in trial.products.all()
                for term in product.cell_types.all()
                if term.pk in cell_types
            ),
        ),
        (
            "organisation",
            (row.organisation.name for row in trial.sponsorships.all() if row.organisation_id in organisations),
        ),
    )
    shared = ((name, list(dict.fromkeys(labels))) for name, labels in reasons)
    return Kin(
        title=trial.display_title or trial.title,
        url=trial.get_absolute_url(),
        status=trial.get_status_display() if trial.status else "Status not stated",
        status_kind=status_kind(trial.status),
        phase=trial.get_phase_display() if trial.phase else "",
        reasons=tuple(f"same {name}: {either(labels, 'and')}" for name, labels in shared if labels),
    )
