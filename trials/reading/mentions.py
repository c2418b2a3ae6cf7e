"""Where a record speaks of cells, and whether it says that they are given.

A mention counts unless the words around it say otherwise: what is made by cells (exosomes), what acts on them
(antibodies, growth factors), cells that are counted, refused or were given before, a transplant that only surrounds
the treatment under study (“rifaximin after stem cell transplantation”).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trials.reading.lexicon import CELL_TYPE, PRODUCT, Lexicon, Match
from trials.reading.marked import Marked

LOOKALIKE, NEGATION, PRIOR, MEASURED, SOURCE_ONLY, SURROUNDING, SURROUNDED, GIVEN = (
    "LOOKALIKE", "NEGATION", "PRIOR", "MEASURED", "SOURCE_ONLY", "SURROUNDING", "SURROUNDED", "GIVEN",
)  # fmt: skip
# The term of the cell types that a transplant surrounding another treatment is of.
BLOOD_STEM = "hematopoietic-stem-progenitor"
# Cells that others are made from: “CD34-derived NK cells”, “monocyte-derived dendritic cells”.
_SOURCES = (BLOOD_STEM, "mononuclear", "monocyte")
_DERIVED = re.compile(r"[\s)+-]*(?:cells?|[(][^()]{1,12}[)])?[\s-]*derived\b", re.IGNORECASE)
# “conditioning in haploidentical transplantation”
_IN = re.compile(r"\bin\s+(?!vitro)(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_NAMES = frozenset((CELL_TYPE, PRODUCT))
# How far, in characters, a phrase reaches.
_SURROUNDS, _NEAR, _TOUCHES = 70, 40, 14
# What may stand between cells and what is made of them: “MSC-derived exosomes”, “exosomes from allogeneic MSC”.
_MADE_OF_THEM = re.compile(r"[\s'’()-]*(?:s?cells?[\s'’-]*)?(?:(?:derived|based)[\s-]*(?:\w+[\s-]+)?)?", re.IGNORECASE)
_FROM_THEM = re.compile(r"\W*(?:derived\s+)?(?:from|of|produced by|secreted by)\s+(?:[\w'’-]+\s+){0,5}", re.IGNORECASE)
_COMPARED = re.compile(r"\s*(?:cells?\s*)?(?:counts?\s*)?(?:[<>≥≤=/]|/\s*(?:mm|[uµ]l))", re.IGNORECASE)
_COMMA_OR_END = re.compile(r"[,;:.?!]\s")
_EITHER = re.compile(r"\b(?:with|and)(?:\s+or\s+|/)$", re.IGNORECASE)  # “with or without”
_ABBREVIATED = re.compile(r"\s*[(]\s*")
_OF = re.compile(r"\s+(?:of|with)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[;:.?!]\s|\b(?:versus|vs|combined with|plus|followed by|with or without|using|by|via)\b",
    re.IGNORECASE,
)
# “after cleaning the wound, paint the cells on it”: behind the comma begins what is done to the cells.
_NEXT_CLAUSE = re.compile(
    r",\s+(?:(?!and\b|or\b)[a-z]+\s+){0,3}(?:the|these|this|an?|will|is|are|was|were)\s", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Cells named at a place: by a term of the cell types, or by a product that is known by name."""

    marked: Marked
    match: Match
    void: str = ""  # why it does not count: a kind of cue; empty where it counts

    @property
    def slug(self) -> str:
        return self.match.slug

    @property
    def words(self) -> str:
        return self.marked.section.text[self.match.start : self.match.end]


def mentions(marked: Marked, lexicon: Lexicon) -> list[Mention]:
    """Every place at which a text names cells. A known product takes the place of the types that its name holds."""
    if marked.cells is None:
        marked.cells = list(_mentions(marked, lexicon)) if marked.matches.has(_NAMES) else []
    return marked.cells


def _mentions(marked: Marked, lexicon: Lexicon) -> Iterator[Mention]:
    products = [match for match in marked.matches.of(PRODUCT) if lexicon.products[match.slug].cell_types]
    before: Mention | None = None
    for match in marked.matches.of(CELL_TYPE):
        if not any(match.start < other.end and other.start < match.end for other in products):
            void = why_void(marked, match)
            if (
                before
                and before.void == LOOKALIKE
                and _ABBREVIATED.fullmatch(marked.section.text, before.match.end, match.start)
            ):
                void = LOOKALIKE  # “exosomes of mesenchymal stem cells (MSC)”
            before = Mention(marked, match, void)
            yield before
    for match in products:
        yield Mention(marked, match, why_void(marked, match))


def why_void(marked: Marked, match: Match) -> str:
    """The kind of cue by which a mention does not count; empty where it counts."""
    text, found = marked.section.text, marked.matches
    if _COMPARED.match(text, match.end):
        return MEASURED
    if _is_of_cells(marked, match):
        return LOOKALIKE
    if match.slug in _SOURCES and _DERIVED.match(text, match.end):
        return SOURCE_ONLY
    reach = _SURROUNDS if match.slug != BLOOD_STEM else 2 * _SURROUNDS
    if _reached(marked, match, SURROUNDING, reach) and not _is_gift_of(marked, match):
        return SURROUNDING
    if match.slug in (BLOOD_STEM, "other") and _IN.search(text, max(0, match.start - _NEAR), match.start):
        return SURROUNDING
    behind = text[match.end : match.end + 2]
    if behind[:1] in (" ", "-", "/", ")") and found.after(match.end, 2, SURROUNDED):
        return SURROUNDING
    for kind in (NEGATION, MEASURED, SOURCE_ONLY):
        if _reached(marked, match, kind, _NEAR if kind != NEGATION else _TOUCHES):
            return kind
    return MEASURED if found.after(match.end, 2, MEASURED) else ""


def _is_of_cells(marked: Marked, match: Match) -> bool:
    """Whether the name goes on, or begins, as that of something made by the cells or acting on them."""
    lookalikes = marked.matches.of(LOOKALIKE)
    if not lookalikes:
        return False
    text = marked.section.text
    for cue in lookalikes:
        if match.end <= cue.start <= match.end + _NEAR and _MADE_OF_THEM.fullmatch(text, match.end, cue.start):
            return True
        if cue.end <= match.start <= cue.end + 60:
            between = text[cue.end : match.start]
            if not between.strip(" -") or _FROM_THEM.fullmatch(between):
                return True
        if cue.start < match.start and match.end < cue.end:
            return True
    return False


def _is_gift_of(marked: Marked, match: Match) -> bool:
    """“safety after intravenous transplantation of” these cells: the trial's own treatment, not one before it."""
    if match.slug == BLOOD_STEM:
        return False
    text = marked.section.text
    return any(_OF.match(text, cue.end) for cue in marked.matches.before(match.start, _NEAR + 20, GIVEN))


def _reached(marked: Marked, match: Match, kind: str, reach: int) -> bool:
    """Whether a phrase of this kind stands before, within reach and in the same clause."""
    cues = marked.matches.before(match.start, reach, kind)
    if not cues:
        return False
    text = marked.section.text
    end = _COMMA_OR_END if kind == NEGATION else _CLAUSE_END
    is_other_clause = kind == SURROUNDING and match.slug != BLOOD_STEM
    return any(
        not end.search(text, cue.end, match.start)
        and not (is_other_clause and _NEXT_CLAUSE.search(text, cue.end, match.start))
        and not (kind == NEGATION and _EITHER.search(text, max(0, cue.start - 20), cue.start))
        for cue in cues
    )
