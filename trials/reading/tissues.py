"""The tissue that the cells were taken from, per product."""

from __future__ import annotations

import re

from trials.reading.attaching import STRONG, Scope, described, is_of, is_own
from trials.reading.cells import origin_of
from trials.reading.denying import is_denied, is_still_denied
from trials.reading.facts import INFERRED, Fact
from trials.reading.lexicon import CELL_TYPE, TISSUE, Match
from trials.reading.marked import Marked
from trials.reading.mentions import LOOKALIKE, SURROUNDING
from trials.reading.sections import DETAIL, EXCLUSION, INCLUSION, KEYWORD, NAME, SUMMARY

_TIERS = (STRONG, (SUMMARY, KEYWORD), (DETAIL,), (INCLUSION, EXCLUSION))
# Cells that come from no other tissue. Terms by their slugs; the words are the catalogue's.
_IMPLIED = {
    "chondrocyte": "cartilage",
    "fat-graft-svf": "adipose",
    "pancreatic-islet": "pancreas",
    "hepatocyte": "liver",
    "myoblast": "skeletal-muscle",
    "limbal-epithelial": "limbus",
    "oral-mucosal-epithelial": "oral-mucosa",
    "keratinocyte": "skin",
    "melanocyte": "skin",
    "til": "tumour",
    "tumour-cells": "tumour",
    "ipsc-esc-derived": "ipsc-esc-line",
    "cardiac-progenitor": "heart",
    "thymus-tissue": "thymus",
}
# Cells that circulate, and so may be collected by apheresis.
_OF_BLOOD = ("t-cells", "nk", "myeloid", "b-cells", "donor-lymphocytes", "lymphokine-activated-killer")
_BLOOD = "peripheral-blood"
_DENIED_WITHIN = 25
_FRACTION = "mononuclear"  # “dendritic cells made from PBMC”: a source, not the product
# What may stand between a tissue and its cells, before and behind them. No word begins or ends with a hyphen: a drawn
# line of them could be parted in more ways than there is time for.
_JOINS = re.compile(
    r"[\s(,-]*(?:(?!(?:after|before|during|following|by|in)\b)[\w+'’]+(?:-+[\w+'’]+)*[\s),/-]+){0,5}[(]?", re.IGNORECASE
)
_TAKEN_FROM = re.compile(
    r"[\s,)]*(?:[(][^()]{0,30}[)]\s*)?(?:[\w-]+\s+){0,4}(?:from|of|derived)\s+(?:[\w'’-]+\s+){0,5}", re.IGNORECASE
)


def read_tissues(scope: Scope) -> tuple[Fact, ...]:
    """The tissues of a product: stated where a text joins it to the cells, else inferred by a named rule."""
    for kinds in scope.tiers(*_TIERS):
        facts: dict[str, Fact] = {}
        for one in scope.of(kinds):
            for match in one.matches.of(TISSUE):
                if match.slug not in facts and _is_meant(one, match, scope):
                    facts[match.slug] = Fact(match.slug, one.at(match), origin=origin_of(one))
        if facts:
            return tuple(facts[slug] for slug in scope.lexicon.most_exact(TISSUE, facts))
    return _inferred(scope)


def _is_meant(marked: Marked, match: Match, scope: Scope) -> bool:
    """Whether a text joins a tissue to the product's cells: “adipose-derived MSC”, “MSC from bone marrow”."""
    if is_still_denied(marked, match):
        return False
    without = (_FRACTION,) if _is_of_blood(scope) else ()
    cells = described(marked, match, scope.lexicon, without)
    if cells is not None:
        is_ours = is_of(cells, scope.product, scope.lexicon) and cells.void not in (SURROUNDING, LOOKALIKE)
        if is_ours and _is_joined(marked, match, cells.match):
            return True
    if is_own(marked, scope.product):
        return (cells is None and marked.section.kind == NAME) or _is_taken(marked, match)
    if marked.section.kind not in (SUMMARY, DETAIL) or scope.others:
        return False
    studied = marked.matches.before(match.start, 60, "STUDIED")
    return any(_TAKEN_FROM.fullmatch(marked.section.text, cue.end, match.start) for cue in studied)


def _is_taken(marked: Marked, match: Match) -> bool:
    """Whether the tissue is said to be taken: “60 ml of bone marrow are aspirated”."""
    taken = marked.matches.before(match.start, 40, "TAKEN") + marked.matches.after(match.end, 40, "TAKEN")
    return bool(taken)


def _is_joined(marked: Marked, match: Match, cells: Match) -> bool:
    if match.start < cells.end and cells.start < match.end:
        return True
    text = marked.section.text
    if match.end <= cells.start:
        return bool(_JOINS.fullmatch(text, match.end, cells.start))
    return bool(_TAKEN_FROM.fullmatch(text, cells.end, match.start))


def _is_of_blood(scope: Scope) -> bool:
    return any(scope.lexicon.is_within(CELL_TYPE, slug, blood) for slug in scope.product.slugs for blood in _OF_BLOOD)


def _inferred(scope: Scope) -> tuple[Fact, ...]:
    found: dict[str, Fact] = {}
    for mention in scope.product.mentions:
        if mention.match.kind != CELL_TYPE:
            for slug in scope.lexicon.products[mention.slug].tissues:
                found.setdefault(slug, Fact(slug, mention.marked.at(mention.match), INFERRED, "known-product"))
    if not found and _is_of_blood(scope) and not {"til", "ipsc-esc-derived"} & scope.product.slugs:
        found = _by_apheresis(scope)
    for fact in scope.product.cell_types:
        if not found and fact.value in _IMPLIED:
            slug = _IMPLIED[fact.value]
            found[slug] = Fact(slug, fact.passage, INFERRED, "cell-type-implies-tissue")
    return tuple(found.values())


def _by_apheresis(scope: Scope) -> dict[str, Fact]:
    """Cells of the blood in a trial that collects cells by apheresis, wherever it says so.

    Exclusions count: “radiotherapy within 2 weeks before leukapheresis” tells of the collection that is planned.
    """
    for one in scope.all_texts:
        for match in one.matches.of("APHERESIS"):
            if is_denied(one, match, _DENIED_WITHIN):
                continue
            return {_BLOOD: Fact(_BLOOD, one.at(match), INFERRED, "collected-by-apheresis")}
    return {}
