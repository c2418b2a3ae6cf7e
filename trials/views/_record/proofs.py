"""The source's own words for a value, folded away beside it, and why a value was inferred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trials.models import Dose, Statement
from trials.models.choices import FindingState, Origin
from trials.models.finding import Finding
from trials.phrases import either
from trials.places import is_read, place_words, with_article
from trials.views._record.documents import Document
from trials.views._record.names import name_of


@dataclass(frozen=True)
class Rule:
    """Why a value was inferred; `about` names the value where others stand beside it."""

    about: str
    text: str


@dataclass(frozen=True)
class Proof:
    """The source's own words for a value, folded away beside it; `about` is the value, if there are several passages.

    Where this copy keeps no words, `url` leads to the document at the registry. `rules` say why values were inferred.
    """

    about: str
    passage: str
    where: str
    document: str
    url: str
    rules: tuple[Rule, ...]

    @property
    def place(self) -> str:
        """`the title`, `keyword 2`."""
        return with_article(self.where)


def proofs_of(findings: Collection[Finding], documents: Mapping[int, Document]) -> tuple[Proof, ...]:
    """The passages of what was read from texts, each of them once, with all that it proves."""
    found: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        document = documents.get(finding.registration_id or 0)
        is_link = is_read(finding.source_field) and document is not None and bool(document.url)
        if finding.origin != Origin.EDITOR and (finding.passage or is_link):
            short, url = (document.short, document.url) if document else ("", "")
            key = finding.passage, place_words(finding.source_field), short, "" if finding.passage else url
            found.setdefault(key, []).append(finding)
    return tuple(
        Proof(
            about=_all_named(proven) if len(found) > 1 else "",
            passage=passage,
            where=where,
            document=document,
            url=url,
            rules=_rules(proven, is_told=len({_named(one) for one in findings}) > 1),
        )
        for (passage, where, document, url), proven in found.items()
    )


def _all_named(findings: Iterable[Finding]) -> str:
    return either(dict.fromkeys(map(_named, findings)), "and")


def _rules(findings: Iterable[Finding], *, is_told: bool) -> tuple[Rule, ...]:
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.evidence_state == FindingState.INFERRED and finding.remark:
            by_rule[finding.remark].append(finding)
    return tuple(Rule(_all_named(inferred) if is_told else "", text) for text, inferred in by_rule.items())


def _named(finding: Finding) -> str:
    """What a passage proves, where there are several: a value of a product, or the part of a dose."""
    if isinstance(finding, Statement):
        return name_of(finding.field) if finding.dose_id else finding.value
    if isinstance(finding, Dose):
        return "dose" if finding.amount_low is not None else name_of("route")
    return str(finding)
