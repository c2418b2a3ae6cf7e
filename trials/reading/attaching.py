"""Which of several products a word belongs to: “autologous MSC after allogeneic transplantation” says two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from trials.reading.cells import Product
from trials.reading.judging import ANY_CELLS, CAR_MACROPHAGE, CAR_NK, CAR_T
from trials.reading.lexicon import CELL_TYPE, Lexicon, Match
from trials.reading.marked import Marked
from trials.reading.mentions import BLOOD_STEM, Mention, mentions
from trials.reading.sections import ARM, INTERVENTION, NAME, PRODUCT, TITLE

STUDIED = "STUDIED"
# “Autologous bone marrow stem cells” may mean any of these, of which another text says which.
WIDE = {"bone-marrow-cells", "stem-progenitor"}
OF_MARROW = {"mesenchymal-stromal", "mononuclear", "endothelial-progenitor", BLOOD_STEM}
# How far, in characters, a word may stand before or behind the cells that it describes.
_BEFORE, _BEHIND = 70, 60
_CUT = re.compile(r"[;.:?!]\s|\n|\bversus\b|\bvs\b", re.IGNORECASE)
# A chimeric antigen receptor stands for the cells that carry it.
RECEPTOR = "CAR"
WITH_RECEPTOR = {CAR_T, CAR_NK, CAR_MACROPHAGE}
STRONG = (NAME, PRODUCT, TITLE, ARM, INTERVENTION)
# The product's own intervention, before all else where there are several products.
OWN = ("OWN",)


def described(marked: Marked, match: Match, lexicon: Lexicon, without: tuple[str, ...] = ()) -> Mention | None:
    """The cells that a word describes: those it stands in, else the next behind it, else the last before it.

    Cells of the types `without` are passed over.
    """
    found = [m for m in mentions(marked, lexicon) if m.slug not in without]
    found += [
        Mention(marked, receptor)
        for receptor in marked.matches.of(RECEPTOR)
        if not any(m.match.start < receptor.end and receptor.start < m.match.end for m in found)
    ]
    found.sort(key=lambda m: m.match.start)
    text = marked.section.text
    behind = before = None
    for mention in found:
        start, end = mention.match.start, mention.match.end
        if start < match.end and match.start < end:
            return mention
        if start >= match.end:
            if behind is None and start - match.end <= _BEFORE and not _CUT.search(text, match.end, start):
                behind = mention
        elif match.start - end <= _BEHIND and not _CUT.search(text, end, match.start):
            before = mention
    return behind or before


def is_of(mention: Mention, product: Product, lexicon: Lexicon) -> bool:
    """Whether a mention may mean this product: by one of its types, or a wider or narrower term."""
    if mention.match.kind == RECEPTOR:
        return bool(product.slugs & WITH_RECEPTOR)
    known = lexicon.products.get(mention.slug) if mention.match.kind != CELL_TYPE else None
    types = known.cell_types if known else (mention.slug,)
    if ANY_CELLS in types or (WIDE & set(types) and product.slugs & OF_MARROW):
        return True
    return any(
        lexicon.is_within(CELL_TYPE, mine, slug) or lexicon.is_within(CELL_TYPE, slug, mine)
        for slug in types
        for mine in product.slugs
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """The texts that may speak of a product. `others` tells whether the trial gives other products too."""

    product: Product
    texts: tuple[Marked, ...]
    all_texts: tuple[Marked, ...]
    lexicon: Lexicon
    others: bool
    _cells: dict[int, list[Mention]] = field(default_factory=dict, repr=False)

    def tiers(self, *tiers: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Kinds of texts by how much they say; with several products the own intervention says most."""
        return (OWN, *tiers) if self.others else tiers

    def of(self, kinds: tuple[str, ...]) -> Iterator[Marked]:
        """The texts of these kinds; OWN means the product's own intervention."""
        if kinds == OWN:
            return iter([one for one in self.texts if is_own(one, self.product)])
        return iter([one for one in self.texts if one.section.kind in kinds])

    def cells(self, marked: Marked) -> list[Mention]:
        """Where a text names the product's cells."""
        found = self._cells.get(id(marked))
        if found is None:
            named = mentions(marked, self.lexicon)
            found = self._cells[id(marked)] = [m for m in named if is_of(m, self.product, self.lexicon)]
        return found


def scope_of(product: Product, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool) -> Scope:
    """All texts but those of another product's interventions and arms."""
    texts = []
    for one in marked:
        section = one.section
        if section.intervention is not None and product.interventions:
            if section.intervention not in product.interventions:
                continue
        elif section.arm is not None and product.arms and others and section.arm not in product.arms:
            continue
        texts.append(one)
    return Scope(product, tuple(texts), marked, lexicon, others)


def is_own(marked: Marked, product: Product) -> bool:
    """Whether a text is the name or description of the product's own intervention."""
    return marked.section.intervention is not None and marked.section.intervention in product.interventions


def stands_for_product(marked: Marked, match: Match, before: int, behind: int) -> bool:
    """Whether a noun that stands for the product under study is that near: “an autologous product”."""
    studied = marked.matches.after(match.end, behind, STUDIED) + marked.matches.before(match.start, before, STUDIED)
    text = marked.section.text
    return any(not _CUT.search(text, min(match.end, cue.end), max(match.start, cue.start)) for cue in studied)
