"""How the cells are made: targets, modification, generation and vector; expanded, fresh or frozen, passage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trials.reading.attaching import STRONG, in_scope, is_of
from trials.reading.cells import Product, origin_of
from trials.reading.facts import INFERRED, Fact
from trials.reading.lexicon import CELL_TYPE, TARGET, Lexicon, Match
from trials.reading.marked import Marked
from trials.reading.mentions import NEGATION, mentions
from trials.reading.sections import DETAIL, NAME, PRODUCT, SUMMARY, TITLE

_RECEPTORS = {"car-t": "CAR", "car-nk": "CAR", "car-macrophage": "CAR", "tcr-t": "TCR"}
_MADE_BY = ("GENE_EDITED", "GENE_ADDED")
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_GENERATION = re.compile(
    r"\b(?:(first|second|third|fourth|fifth)|([1-5])(?:st|nd|rd|th))[\s-]+generation\b", re.IGNORECASE
)
_PASSAGE = re.compile(
    r"\b(?:at\s+|in\s+)?(?:passages?\s+(?:number\s+)?[0-9]{1,2}(?:\s*(?:-|–|to|or|and)\s*[0-9]{1,2})?"
    r"|P[0-9]{1,2}(?:\s*[-–]\s*P?[0-9]{1,2})?(?=\s+cells))\b",
    re.IGNORECASE,
)
_OF_DISEASE = re.compile(r"\s*(?:\+|positive|[-\s]*positive|-?expressing)\b|\+", re.IGNORECASE)


def read_targets(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> tuple[Fact, ...]:
    """What engineered cells recognise: from names and titles, then from sentences that speak of the cells."""
    if not product.slugs & _RECEPTORS.keys() and "synthetic-receptor-t" not in product.slugs:
        return ()
    scope = list(in_scope(marked, product, others))
    for kinds in ((NAME, PRODUCT, TITLE), STRONG, (SUMMARY,), (DETAIL,)):
        found: dict[str, Fact] = {}
        for one in scope:
            if one.section.kind in kinds:
                for match in one.matches.of(TARGET):
                    if match.slug not in found and _is_recognised(one, match, product, lexicon):
                        found[match.slug] = Fact(match.slug, one.at(match), origin=origin_of(one))
        if found:
            return tuple(found.values())
    return tuple(
        Fact(slug, mention.marked.at(mention.match), INFERRED, "known-product")
        for mention in product.mentions[:1]
        if mention.match.kind != CELL_TYPE
        for slug in lexicon.products[mention.slug].targets
    )


def _is_recognised(marked: Marked, match: Match, product: Product, lexicon: Lexicon) -> bool:
    """Whether a target is the cells', not a mark of the disease (“CD19+ leukaemia”)."""
    if _OF_DISEASE.match(marked.section.text, match.end):
        return False
    if marked.section.kind in (NAME, PRODUCT):
        return True
    return any(
        -80 < m.match.start - match.end < 80 or -80 < match.start - m.match.end < 80
        for m in mentions(marked, lexicon)
        if is_of(m, product, lexicon)
    )


def read_modification(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Fact | None:
    """How the cells were changed: a receptor that their type names, else a gene edited or added."""
    for fact in product.cell_types:
        if fact.value in _RECEPTORS:
            return Fact(_RECEPTORS[fact.value], fact.passage, fact.state, fact.rule, fact.origin)
    for mention in product.mentions:
        known = lexicon.products.get(mention.slug) if mention.match.kind != CELL_TYPE else None
        if known and known.modification:
            return Fact(known.modification, mention.marked.at(mention.match), INFERRED, "known-product")
    for kind in _MADE_BY:
        for one, match in _said_of(product, marked, lexicon, others, kind, 60, STRONG):
            return Fact(kind, one.at(match), origin=origin_of(one))
    return None


def read_generation(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Fact | None:
    """The generation of a receptor, "1" to "5", where a text gives it."""
    if not product.slugs & _RECEPTORS.keys():
        return None
    for one in in_scope(marked, product, others):
        if one.section.kind in (*STRONG, SUMMARY, DETAIL) and "eneration" in one.section.text:
            for match in _GENERATION.finditer(one.section.text):
                if any(abs(m.match.start - match.end()) < 60 for m in mentions(one, lexicon)):
                    value = match[2] or _ORDINALS[match[1].lower()]
                    return Fact(value, one.passage(match.start(), match.end()), origin=origin_of(one))
    return None


def read_vector(
    product: Product, modification: Fact | None, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool
) -> Fact | None:
    """What carries the gene, as written; only for cells that are modified."""
    if modification is None:
        return None
    for one, match in _said_of(product, marked, lexicon, others, "VECTOR", 120, (*STRONG, SUMMARY, DETAIL)):
        passage = one.at(match)
        return Fact(passage.text, passage, origin=origin_of(one))
    return None


def read_expanded(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Fact | None:
    """ "yes" where a text says that the cells were cultured or expanded, "no" where it says that they were not."""
    for kind, value in (("NOT_EXPANDED", "no"), ("EXPANDED", "yes")):
        for one, match in _said_of(product, marked, lexicon, others, kind, 60, (*STRONG, SUMMARY, DETAIL)):
            return Fact(value, one.at(match), origin=origin_of(one))
    return None


def read_preservation(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Fact | None:
    for kind in ("FROZEN", "FRESH"):
        for one, match in _said_of(product, marked, lexicon, others, kind, 50, (*STRONG, SUMMARY, DETAIL)):
            return Fact(kind, one.at(match), origin=origin_of(one))
    return None


def read_culture_passage(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Fact | None:
    """The passage in culture as written: “passage 3”, “P4”."""
    for one in in_scope(marked, product, others):
        if one.section.kind in (*STRONG, SUMMARY, DETAIL):
            for match in _PASSAGE.finditer(one.section.text):
                if any(is_of(m, product, lexicon) for m in mentions(one, lexicon)):
                    passage = one.passage(match.start(), match.end())
                    return Fact(passage.text, passage, origin=origin_of(one))
    return None


def _said_of(
    product: Product,
    marked: tuple[Marked, ...],
    lexicon: Lexicon,
    others: bool,
    kind: str,
    reach: int,
    kinds: tuple[str, ...],
) -> Iterator[tuple[Marked, Match]]:
    """The cues of a kind within reach of the product's cells and not negated."""
    for one in in_scope(marked, product, others):
        if one.section.kind not in kinds:
            continue
        for cue in one.matches.of(kind):
            near = any(
                cue.start - m.match.end <= reach and m.match.start - cue.end <= reach
                for m in mentions(one, lexicon)
                if is_of(m, product, lexicon)
            )
            if near and not one.matches.before(cue.start, 6, NEGATION):
                yield one, cue
