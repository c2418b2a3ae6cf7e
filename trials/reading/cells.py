"""Which products of living cells a trial gives: their names, cell types, and the arms they stand in.

Two interventions are one product unless their names tell them apart (other cells, another tissue, another donor): low
and high dose of the same cells are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trials.reading.facts import FIELD, INFERRED, STATED, TEXT, Fact
from trials.reading.judging import ANY_CELLS, CAR_NK, CAR_T, NK, T_CELLS, T_CELLS_TOO, with_receptor
from trials.reading.lexicon import CELL_TYPE, DONOR, TARGET, TISSUE, Lexicon, fold
from trials.reading.marked import Marked
from trials.reading.mentions import BLOOD_STEM, Mention
from trials.reading.sections import ARM, DETAIL, INTERVENTION, KEYWORD, NAME, PRODUCT, SUMMARY
from trials.records import TrialRecord

# Terms so wide that another place may say more exactly what is meant.
_STEM = "stem-progenitor"
_OTHER_STEM_CELLS = {
    "mesenchymal-stromal",
    "mononuclear",
    "neural-stem",
    "endothelial-progenitor",
    "cardiac-progenitor",
}
_MARROW = "bone-marrow-cells"  # gives way to what else is named, whatever the branch
_WIDE = (ANY_CELLS, _MARROW, _STEM, T_CELLS, "myeloid", "tissue-cells", "islet-hepatocyte")
# What may join two names into one product: “GD2-CAR modified tri-virus-specific T cells”.
_JOINED = re.compile(r"[\s-]*(?:(?:modified|derived|engineered|expressing|transduced|cells?|specific)[\s-]*){0,3}[(]?")


_CODE = re.compile(r"\b[A-Z]{2,}-?[0-9]{2,}[A-Z0-9-]*\b")


@dataclass(slots=True)
class Product:
    """A product while it is read. `interventions` and `arms` are places in the record's lists."""

    mentions: list[Mention]
    cell_types: list[Fact]
    name: str = ""
    interventions: list[int] = field(default_factory=list)
    arms: list[int] = field(default_factory=list)

    @property
    def slugs(self) -> set[str]:
        return {fact.value for fact in self.cell_types}


def find_products(
    record: TrialRecord, marked: tuple[Marked, ...], named: tuple[Mention, ...], lexicon: Lexicon
) -> list[Product]:
    """The products that the accepted mentions name, in their order."""
    exact = _made_exact(list(named), marked, lexicon)
    products: list[Product] = []
    for group in _groups(exact, lexicon):
        products.append(Product(group, _types_of(group, lexicon)))
    for product in products:
        _place(product, record, lexicon)
    return _told_apart(products, record, lexicon)


def _types(mention: Mention, lexicon: Lexicon) -> tuple[str, ...]:
    product = lexicon.products.get(mention.slug) if mention.match.kind != CELL_TYPE else None
    return product.cell_types if product else (mention.slug,)


def _types_of(group: list[Mention], lexicon: Lexicon) -> list[Fact]:
    """A fact for each type, from the first mention that states it, or else from a known product's name."""
    facts: dict[str, Fact] = {}
    for mention in sorted(group, key=lambda m: m.match.kind != CELL_TYPE):
        is_known = mention.match.kind != CELL_TYPE
        for slug in _types(mention, lexicon):
            state, rule = (INFERRED, "known-product") if is_known else (STATED, "")
            facts.setdefault(slug, Fact(slug, mention.marked.at(mention.match), state, rule, origin_of(mention.marked)))
    return [facts[slug] for slug in lexicon.most_exact(CELL_TYPE, facts)]


def origin_of(marked: Marked) -> str:
    """Whether a text is a field that names a treatment, or prose."""
    return FIELD if marked.section.kind in (NAME, PRODUCT) else TEXT


def _made_exact(named: list[Mention], marked: tuple[Marked, ...], lexicon: Lexicon) -> list[Mention]:
    """The mentions without wide terms where a narrower one of the same branch is named, here or in the texts."""
    slugs = {slug for mention in named for slug in _types(mention, lexicon)}
    # Background often tells what else marrow holds, so its cells are never made exact from texts.
    wide = [slug for slug in slugs if slug in _WIDE and slug != _MARROW and not _narrower(slug, slugs, lexicon)]
    if wide:
        named = named + _from_texts(wide, slugs, marked, lexicon)
        slugs = {slug for mention in named for slug in _types(mention, lexicon)}
    kept = [m for m in named if not (m.slug in _WIDE and _narrower(m.slug, slugs, lexicon))]
    if slugs & _OTHER_STEM_CELLS:
        kept = [m for m in kept if not _is_any_transplant(m, lexicon)]
    return _without_parents(kept, lexicon)


def _is_any_transplant(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether blood stem cells are named by no more than “stem cell transplantation”, as other stem cells are too."""
    if mention.slug != BLOOD_STEM:
        return False
    words = fold(mention.words)
    return any(words.startswith(fold(name)[:-1]) for name in lexicon.entries[CELL_TYPE, _STEM].names)


def _narrower(wide: str, slugs: set[str], lexicon: Lexicon) -> set[str]:
    if wide == ANY_CELLS:
        return slugs - {ANY_CELLS}
    if wide == _MARROW:
        return slugs & (_OTHER_STEM_CELLS | {BLOOD_STEM})
    return {slug for slug in slugs if slug != wide and lexicon.is_within(CELL_TYPE, slug, wide)}


def _from_texts(wide: list[str], slugs: set[str], marked: tuple[Marked, ...], lexicon: Lexicon) -> list[Mention]:
    """The narrower terms of the first kind of text that has any."""
    for kinds in ((INTERVENTION, ARM), (SUMMARY, KEYWORD), (DETAIL,)):
        found = [
            mention
            for one in marked
            if one.section.kind in kinds
            for mention in with_receptor(one, lexicon)
            if not mention.void and any(_narrower(slug, {slug, *_types(mention, lexicon)}, lexicon) for slug in wide)
        ]
        if found:
            first = [m for m in found if m.slug not in _WIDE and m.slug != BLOOD_STEM] or found
            return first if ANY_CELLS not in wide or len(slugs) > 1 else _most_named(first)
    return []


def _most_named(found: list[Mention]) -> list[Mention]:
    """Of several kinds of cells that a text names where the title only says “cells”, the one it names most often."""
    counts: dict[str, int] = {}
    for mention in found:
        counts[mention.slug] = counts.get(mention.slug, 0) + 1
    best = max(counts, key=lambda slug: counts[slug])
    return [mention for mention in found if mention.slug == best]


def _without_parents(named: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Drops terms that stand above another one that is named, but for those that an intervention of its own names."""
    slugs = {slug for mention in named for slug in _types(mention, lexicon)}
    above = {upper for slug in slugs for upper in lexicon.ancestors(CELL_TYPE, slug)}
    own = {
        m.slug
        for m in named
        if m.slug == NK
        and m.marked.section.kind == NAME
        and m.match.start <= 1
        and m.slug in above
        and any(other.slug == CAR_NK and other.marked.section.kind == NAME for other in named)
    }
    return [m for m in named if m.slug not in above or m.slug in own]


def _groups(named: list[Mention], lexicon: Lexicon) -> list[list[Mention]]:
    """The mentions by product: those of equal types, and those whose names run into one another, belong together."""
    sets: list[set[str]] = []
    for mention in named:
        types = set(_types(mention, lexicon))
        for other in named:
            if other is not mention and _runs_into(mention, other):
                types |= set(_types(other, lexicon))
        touching = [one for one in sets if one & types]
        merged = types.union(*touching) if len(types) > 1 else types
        if len(types) == 1 and touching:
            continue
        sets = [one for one in sets if not (one & types)] + [merged]
    return [[m for m in named if set(_types(m, lexicon)) & types] for types in sets]


def _runs_into(one: Mention, other: Mention) -> bool:
    if one.marked is not other.marked:
        return False
    slugs = {one.slug, other.slug}
    if one.marked.section.kind == NAME and CAR_T in slugs and slugs & set(T_CELLS_TOO):
        return True  # “CAR.BiTE allogeneic γδ T cells”
    first, second = sorted((one.match, other.match))
    return bool(_JOINED.fullmatch(one.marked.section.text, first.end, max(first.end, second.start)))


def _place(product: Product, record: TrialRecord, lexicon: Lexicon) -> None:
    """Fills in the interventions and arms that a product stands in, and its name as the source has it."""
    places = [m.marked.section.intervention for m in product.mentions if m.marked.section.intervention is not None]
    places = places or _of_its_cells(product, record, lexicon)
    candidates = [place for place, item in enumerate(record.interventions) if item.type in ("BIOLOGICAL", "GENETIC")]
    if not places and len(candidates) != 1:
        candidates = _under_study(record)
    if not places and len(candidates) == 1:
        places = candidates
    if not places and len(record.interventions) == 1:
        places = [0]
    if not places:
        places = _named_in_title(record)
    product.interventions = sorted(set(places))
    product.arms = [
        place
        for place, arm in enumerate(record.arms)
        if set(arm.interventions) & set(product.interventions)
        or any(m.marked.section.arm == place for m in product.mentions)
    ]
    product.name = record.interventions[product.interventions[0]].name if product.interventions else ""
    product.name = product.name or product.mentions[0].words


def _of_its_cells(product: Product, record: TrialRecord, lexicon: Lexicon) -> list[int]:
    """The interventions whose names hold the product's cells, though a text had to say that they are given."""
    return [
        place
        for place, item in enumerate(record.interventions)
        if any(match.slug in product.slugs for match in lexicon.find(item.name).of(CELL_TYPE))
    ]


def _named_in_title(record: TrialRecord) -> list[int]:
    """The interventions whose code the title names, such as “ABC-12”."""
    title = f"{record.title} {record.official_title}".lower()
    return [
        place
        for place, item in enumerate(record.interventions)
        if any(code.lower() in title for code in _CODE.findall(item.name))
    ]


def _under_study(record: TrialRecord) -> list[int]:
    """The interventions of the arms under study that no other arm has."""
    studied = {place for arm in record.arms if arm.type in ("EXPERIMENTAL", "") for place in arm.interventions}
    compared = {place for arm in record.arms if arm.type not in ("EXPERIMENTAL", "") for place in arm.interventions}
    return sorted(studied - compared)


def _told_apart(products: list[Product], record: TrialRecord, lexicon: Lexicon) -> list[Product]:
    """Splits a product whose interventions' names differ in tissue, donor or target."""
    result: list[Product] = []
    for product in products:
        kinds: dict[tuple[frozenset[str], ...], list[int]] = {}
        for place in product.interventions:
            kinds.setdefault(_signature(record.interventions[place].name, lexicon), []).append(place)
        if len(kinds) < 2 or not _all_differ(list(kinds)):
            result.append(product)
            continue
        for places in kinds.values():
            own = [m for m in product.mentions if m.marked.section.intervention in (None, *places)]
            part = Product(own, product.cell_types, record.interventions[places[0]].name, places)
            part.arms = [n for n, arm in enumerate(record.arms) if set(arm.interventions) & set(places)]
            result.append(part)
    return result


def _signature(name: str, lexicon: Lexicon) -> tuple[frozenset[str], ...]:
    found = lexicon.find(name)
    return tuple(frozenset(match.slug for match in found.of(kind)) for kind in (DONOR, TISSUE, TARGET))


def _all_differ(signatures: list[tuple[frozenset[str], ...]]) -> bool:
    """Whether each two of them state different terms of one attribute: silence is no difference."""
    return all(
        any(mine and other and mine != other for mine, other in zip(one, two, strict=True))
        for place, one in enumerate(signatures)
        for two in signatures[place + 1 :]
    )
