"""The end of the page: publications, and where everything on it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from trials.models import Reference, Trial
from trials.views._record.documents import Document
from trials.views._record.evidence import Place, Support
from trials.views._record.facts import Gap
from trials.views._record.links import doi_url, pubmed_url, web_url
from trials.views._record.source import Section, Source


@dataclass(frozen=True)
class Publication:
    kind: str
    citation: str
    label: str
    url: str
    pmid: str
    pmid_url: str
    doi: str
    doi_url: str


@dataclass(frozen=True)
class References:
    rows: tuple[Publication, ...]
    support: Support


@dataclass(frozen=True)
class Provenance:
    """`lead` is the document behind every value without a mark; `has_our_words` whether any text is reworded."""

    lead: Document | None
    documents: tuple[Document, ...]
    places: tuple[Place, ...]
    gaps: tuple[Gap, ...]
    has_our_words: bool
    updated: str


def references_section(source: Source) -> Section:
    rows = source.trial.references.all()
    if not rows:
        empty = source.gaps.why_empty("references")
        return Section("references", "Publications and links", "trials/_record_references.html", None, empty)
    body = References(tuple(_publication(row) for row in rows), source.ledger.support("references"))
    return Section("references", "Publications and links", "trials/_record_references.html", body)


def _publication(row: Reference) -> Publication:
    return Publication(
        kind=row.get_kind_display(),
        citation=row.citation,
        label=row.label,
        url=web_url(row.url),
        pmid=row.pmid,
        pmid_url=pubmed_url(row.pmid),
        doi=row.doi,
        doi_url=doi_url(row.doi),
    )


def provenance_section(source: Source) -> Section:
    """Made last: it lists the evidence that the other sections asked for, and the gaps that none has told."""
    trial, ledger = source.trial, source.ledger
    body = Provenance(
        lead=ledger.lead,
        documents=tuple(ledger.documents.values()),
        places=ledger.places(),
        gaps=source.gaps.rest(),
        has_our_words=has_our_words(trial),
        updated=f"{trial.updated.day} {trial.updated:%B %Y}",
    )
    return Section("sources", "Where this comes from", "trials/_record_sources.html", body)


def has_our_words(trial: Trial) -> bool:
    """Whether any text of the trial is in the catalogue's own words."""
    lists = (trial.arms.all(), trial.interventions.all(), trial.criteria.all(), trial.outcomes.all())
    return bool(trial.display_title or trial.our_wording) or any(row.our_wording for rows in lists for row in rows)
