"""Other trials: those that a source names, and those of this catalogue that share something, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from trials.models import CellProduct, RelatedRecord, Sponsorship, Trial, TrialCondition
from trials.models.choices import AbsenceReason, Phase, RelatedKind, State, Status
from trials.models.trial import numbers_meant
from trials.phrases import either
from trials.search.cards import status_kind
from trials.search.kin import kin
from trials.search.live import reading
from trials.views._record.evidence import Support
from trials.views._record.lineage import Held, Mention, held_of, mentions_of
from trials.views._record.links import registry_url
from trials.views._record.namers import Namer, namers_of
from trials.views._record.source import Section, Source

SHOWN = 6


@dataclass(frozen=True)
class Named:
    """A trial that a source names. `url` is our page where the catalogue holds it, else the registry's.

    `standing` says how it stands to this one, `where` in which field its number was found, and `passage` with which
    words; `where` is empty for a row of the source's own list.
    """

    number: str
    title: str
    url: str
    is_here: bool
    status: str
    phase: str
    kind: str
    reason: str
    standing: str = ""
    where: str = ""
    passage: str = ""


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
    line: tuple[Named, ...]
    named: tuple[Named, ...]
    named_empty: str
    kin: tuple[Kin, ...]
    support: Support


def related_section(source: Source) -> Section:
    trial = source.trial
    rows, mentions = list(trial.relatedrecords.all()), mentions_of(trial)
    held = held_of(trial, {row.number for row in rows} | {mention.number for mention in mentions})
    namers = namers_of(trial)
    line, named = lined_up(rows, mentions, held, namers)
    besides = {row.related_id for row in rows if row.related_id is not None} | {one.pk for one in held}
    besides |= {one.trial.pk for one in namers}
    body = Related(
        line=line,
        named=named,
        named_empty=_none_named(source, rows),
        kin=kin_of(trial, besides),
        support=source.ledger.support("related_records"),
    )
    nothing = not (body.line or body.named or body.kin or body.named_empty)
    empty = "No source names another trial, and none here shares a condition, cell type or sponsor." if nothing else ""
    return Section("related", "Related trials", "trials/_record_related.html", None if nothing else body, empty)


def _none_named(source: Source, rows: list[RelatedRecord]) -> str:
    """Why no source names another trial, where a reason is known."""
    if rows or not source.gaps.has("related_records"):
        return ""
    why = source.gaps.why_empty("related_records")
    return "The source names no other trial." if why == f"{AbsenceReason.NOT_STATED.label}." else f"Others: {why}"


def lined_up(
    rows: Iterable[RelatedRecord], mentions: Iterable[Mention], held: Iterable[Held], namers: Iterable[Namer] = ()
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The trials of the line, earlier ones first, and those that the source lists without a reason."""
    by_number = {number: one for one in held if one.number for number in numbers_meant(one.number)}
    said = {mention.number: mention for mention in mentions}
    found = [_of_row(row, by_number.get(row.number.upper()), said.pop(row.number.upper(), None)) for row in rows]
    found += [_of_mention(mention, by_number.get(mention.number)) for mention in said.values()]
    for more in ([_of_naming(one) for one in held if one.kind], map(_of_namer, namers)):
        known = {one.url for one in found}
        found += [named for named in more if named.url not in known]
    line = sorted((one for one in found if one.standing), key=lambda one: _STANDINGS.index(one.standing))
    return tuple(line), tuple(one for one in found if not one.standing)


_EARLIER, _LATER, _MENTIONED, _NAMES_IT = "Earlier trial", "Later trial", "Named in its text", "Names this trial"
_STANDINGS = (_EARLIER, _LATER, _MENTIONED, _NAMES_IT)
_OF_KIND: dict[str, str] = {RelatedKind.PREDECESSOR: _EARLIER, RelatedKind.SUCCESSOR: _LATER, "": _MENTIONED}
# What a trial is to one that it calls its earlier or later trial.
_TURNED: dict[str, str] = {RelatedKind.PREDECESSOR: _LATER, RelatedKind.SUCCESSOR: _EARLIER}


def _of_row(row: RelatedRecord, held: Held | None, mention: Mention | None) -> Named:
    here = row.related is not None and row.related.state == State.PUBLISHED
    ours = row.related.get_absolute_url() if here and row.related else held.url if held else ""
    kind = mention.kind if mention and mention.kind and row.kind == RelatedKind.LISTED else row.kind
    return Named(
        number=row.number,
        title=row.title or (held.title if held else ""),
        url=ours or registry_url(row.number),
        is_here=bool(ours),
        status=row.status_raw,
        phase=row.phase_raw,
        kind=row.get_kind_display(),
        reason=row.reason,
        standing=_OF_KIND.get(kind, ""),
        where=mention.where if mention else "",
        passage=mention.passage if mention else "",
    )


def _of_mention(mention: Mention, held: Held | None) -> Named:
    return Named(
        number=mention.number,
        url=held.url if held else registry_url(mention.number),
        kind="",
        reason="",
        standing=_OF_KIND[mention.kind],
        where=mention.where,
        passage=mention.passage,
        **_shown(held),
    )


def _of_naming(held: Held) -> Named:
    return Named(
        number=held.slug.upper(),
        url=held.url,
        kind="",
        reason="",
        standing=_TURNED.get(held.kind, _NAMES_IT),
        where="its own record, which names this trial",
        **_shown(held),
    )


def _of_namer(namer: Namer) -> Named:
    trial, mention = namer.trial, namer.mention
    return Named(
        number=trial.slug.upper(),
        title=trial.display_title or trial.title,
        url=trial.get_absolute_url(),
        is_here=True,
        status=trial.get_status_display() if trial.status else "",
        phase=trial.get_phase_display() if trial.phase else "",
        kind="",
        reason="",
        standing=_TURNED.get(mention.kind, _NAMES_IT),
        where=f"{mention.where} of that trial",
        passage=mention.passage,
    )


def _shown(held: Held | None) -> dict[str, Any]:
    """What the catalogue says of a trial that it holds."""
    if held is None:
        return {"title": "", "is_here": False, "status": "", "phase": ""}
    status = Status(held.status).label if held.status else ""
    phase = Phase(held.phase).label if held.phase else ""
    return {"title": held.title, "is_here": True, "status": status, "phase": phase}


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
