"""How the cells are made: targets, modification, generation and vector; expanded, fresh or frozen, passage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trials.reading.attaching import STRONG, Scope
from trials.reading.cells import origin_of
from trials.reading.denying import is_still_denied
from trials.reading.facts import INFERRED, Fact
from trials.reading.lexicon import CELL_TYPE, TARGET, KnownProduct, Match
from trials.reading.marked import Marked
from trials.reading.mentions import NEGATION
from trials.reading.notations import fold
from trials.reading.sections import DETAIL, NAME, PRODUCT, SUMMARY, TITLE

_RECEPTORS = {"car-t": "CAR", "car-nk": "CAR", "car-macrophage": "CAR", "tcr-t": "TCR"}
_ENGINEERED = {*_RECEPTORS, "synthetic-receptor-t"}
_TEXTS = (*STRONG, SUMMARY, DETAIL)
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_GENERATION = re.compile(
    r"\b(?:(first|second|third|fourth|fifth)|([1-5])(?:st|nd|rd|th))[\s-]+generation\b", re.IGNORECASE
)
_PASSAGE = re.compile(
    r"\b(?:at\s+|in\s+)?(?:passages?\s+(?:number\s+)?[0-9]{1,2}(?:\s*(?:-|–|to|or|and)\s*[0-9]{1,2})?"
    r"|P[0-9]{1,2}(?:\s*[-–]\s*P?[0-9]{1,2})?(?=\s+cells))\b",
    re.IGNORECASE,
)
_MAYBE_PASSAGE = re.compile("[Pp](?:[Aa][Ss]|[0-9])")  # a cheap look before the pattern
# “expressing CD90 and CD105”: what cells bear by nature, unless a receptor made for it is named.
_MARKER = re.compile(
    r"expressing\s+(?:the\s+)?(?:[a-z]+\s+)?(?:markers?\b|(?:CD[0-9]+|HLA|STRO)(?![^.;:]{0,40}(?:CAR\b|[Cc]himeric|[Rr]eceptor)))"
)
_OF_DISEASE = re.compile(r"\s*(?:\+|positive|[-\s]*positive|-?expressing)\b|\+", re.IGNORECASE)


def read_targets(scope: Scope) -> tuple[Fact, ...]:
    """What engineered cells recognise: from names and titles, then from sentences that speak of the cells."""
    if not scope.product.slugs & _ENGINEERED:
        return ()
    for kinds in scope.tiers((NAME, PRODUCT, TITLE), STRONG, (SUMMARY,), (DETAIL,)):
        found: dict[str, Fact] = {}
        for one in scope.of(kinds):
            for match in one.matches.of(TARGET):
                if match.slug not in found and _is_recognised(one, match, scope):
                    found[match.slug] = Fact(match.slug, one.at(match), origin=origin_of(one))
        if found:
            return tuple(found.values())
    return tuple(
        Fact(slug, one.at(match), INFERRED, "known-product")
        for one, match, known in _known(scope)
        for slug in known.targets
    )


def _is_recognised(marked: Marked, match: Match, scope: Scope) -> bool:
    """Whether a target is the cells', not a mark of the disease (“CD19+ leukaemia”)."""
    if _OF_DISEASE.match(marked.section.text, match.end):
        return False
    if marked.section.kind in (NAME, PRODUCT):
        return True
    return any(_gap(m.match, match) < 80 for m in scope.cells(marked))


def _gap(one: Match, other: Match) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _known(scope: Scope) -> Iterator[tuple[Marked, Match, KnownProduct]]:
    """The product's name where it is known, the first place that has it."""
    for mention in scope.product.mentions:
        if mention.match.kind != CELL_TYPE:
            yield mention.marked, mention.match, scope.lexicon.products[mention.slug]
            return


def read_modification(scope: Scope) -> Fact | None:
    """How the cells were changed: a receptor that their type names, else a gene edited or added."""
    for fact in scope.product.cell_types:
        if fact.value in _RECEPTORS:
            return Fact(_RECEPTORS[fact.value], fact.passage, fact.state, fact.rule, fact.origin)
    for one, match, known in _known(scope):
        if known.modification:
            return Fact(known.modification, one.at(match), INFERRED, "known-product")
    for kind in ("GENE_EDITED", "GENE_ADDED"):
        for one, match in _said_of(scope, kind, 60, STRONG):
            if not _MARKER.match(one.section.text, match.start):
                return Fact(kind, one.at(match), origin=origin_of(one))
    return None


def read_generation(scope: Scope) -> Fact | None:
    """The generation of a receptor, "1" to "5", where a text gives it."""
    if not scope.product.slugs & _RECEPTORS.keys():
        return None
    for one in scope.of(_TEXTS):
        if "eneration" in one.section.text:
            for match in _GENERATION.finditer(one.section.text):
                if any(abs(m.match.start - match.end()) < 60 for m in scope.cells(one)):
                    value = match[2] or _ORDINALS[fold(match[1]).lower()]
                    return Fact(value, one.passage(match.start(), match.end()), origin=origin_of(one))
    return None


def read_vector(scope: Scope, modification: Fact | None) -> Fact | None:
    """What carries the gene, as written; only for cells that are modified."""
    if modification is None:
        return None
    for one, match in _said_of(scope, "VECTOR", 120, _TEXTS):
        passage = one.at(match)
        return Fact(passage.text, passage, origin=origin_of(one))
    return None


def read_expanded(scope: Scope) -> Fact | None:
    """ "yes" where a text says that the cells were cultured or expanded, "no" where it says that they were not."""
    for kind, value in (("NOT_EXPANDED", "no"), ("EXPANDED", "yes")):
        for one, match in _said_of(scope, kind, 60, _TEXTS):
            return Fact(value, one.at(match), origin=origin_of(one))
    return None


def read_preservation(scope: Scope) -> Fact | None:
    """FROZEN or FRESH, the first where a text says both: what is frozen was fresh before."""
    for kind in ("FROZEN", "FRESH"):
        for one, match in _said_of(scope, kind, 50, _TEXTS):
            return Fact(kind, one.at(match), origin=origin_of(one))
    return None


def read_culture_passage(scope: Scope) -> Fact | None:
    """The passage in culture as written: “passage 3”, “P4 cells”."""
    for one in scope.of(_TEXTS):
        text = one.section.text
        if ("assage" in text or " P" in text) and _MAYBE_PASSAGE.search(text) and scope.cells(one):
            for match in _PASSAGE.finditer(text):
                passage = one.passage(match.start(), match.end())
                return Fact(passage.text, passage, origin=origin_of(one))
    return None


def _said_of(scope: Scope, kind: str, reach: int, kinds: tuple[str, ...]) -> Iterator[tuple[Marked, Match]]:
    """The cues of a kind within reach of the product's cells and not negated."""
    for one in scope.of(kinds):
        for cue in one.matches.of(kind):
            near = any(_gap(m.match, cue) <= reach for m in scope.cells(one))
            if near and not one.matches.before(cue.start, 6, NEGATION) and not is_still_denied(one, cue):
                yield one, cue
