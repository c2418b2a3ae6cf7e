"""Is this a trial in which living cells are given, and why? And which mentions of cells name what is given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from trials.reading.facts import Passage
from trials.reading.lexicon import CELL_TYPE, DONOR, Lexicon, Match
from trials.reading.lexicon import PRODUCT as PRODUCT_NAME
from trials.reading.marked import Marked
from trials.reading.mentions import BLOOD_STEM, GIVEN, LOOKALIKE, PRIOR, SURROUNDING, Mention, mentions, why_void
from trials.reading.sections import ARM, DETAIL, INTERVENTION, NAME, PRODUCT, SUMMARY, TITLE
from trials.records import TrialRecord

# Terms of the cell types that the rules know by name.
ANY_CELLS, T_CELLS, CAR_T, NK, CAR_NK, MACROPHAGE, CAR_MACROPHAGE = (
    "other", "t-cells", "car-t", "nk", "car-nk", "macrophage", "car-macrophage",
)  # fmt: skip
_WITH_RECEPTOR = {NK: CAR_NK, MACROPHAGE: CAR_MACROPHAGE, "monocyte": CAR_MACROPHAGE, T_CELLS: CAR_T}
# Beside these a receptor that is named alone still means T cells: “GD2-CAR virus-specific T cells”.
T_CELLS_TOO = ("virus-specific-t", "nkt", "gamma-delta-t", "memory-t")
# Registries' kinds of interventions under which cells stand; a drug or a device needs a text that says so.
_KINDS_OF_CELLS = ("", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT")
# Cells that are made, and so are never only measured.
_MADE = (CAR_T, CAR_NK, CAR_MACROPHAGE, "tcr-t")
_DRUGS = ("DRUG", "BIOLOGICAL", "RADIATION", "COMBINATION_PRODUCT")
# What is no drug that could act on the patient's own cells, and no test of them.
_NO_DRUGS = ("OTHER", "PROCEDURE", "DEVICE")
_NEAR = 60  # characters between a receptor and its cells
_LISTED = re.compile(r"[,;]")
# “XY-123 cells”, “XY-123 cell suspension”: a product that is named by a code, and cells.
_CODED_CELLS = re.compile(
    r"\W*(?P<cells>(?:[A-Z][\w/]*-)*(?=\w*[A-Z])(?=[\w-]*\d)(?!CD\d+\+?\s)[\w/-]+\s+cells?)"
    r"(?:\s+(?:for\s)?(?:products?|injection|infusion|suspension|treatment|therapy))?\W*"
)
_CODE = re.compile(r"(?=\w*[A-Z])(?=[\w-]*\d)[A-Za-z][\w-]{3,}")
# What goes on as something else than the name of what is given.
_NO_NAME = re.compile(
    r"[.;?!]\s+(?=[A-Z][a-z])|(?i:\b(?:a|an|the|for|in|with|without|of|to|on|after|before|against|from|by|and|or"
    r"|versus|vs|no|is|are|was|were|will|that|which|patients?|subjects?|participants?|people)\b)"
)
_WEIGHED = (NAME, PRODUCT, TITLE, INTERVENTION, ARM, SUMMARY, DETAIL)
_GIVES = ("", "INTERVENTIONAL", "EXPANDED_ACCESS")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`mentions` name what is given, those in names and titles before those in texts."""

    is_cell_therapy: bool
    why: str
    proof: Passage | None = None
    mentions: tuple[Mention, ...] = ()


def judge(record: TrialRecord, marked: Iterable[Marked], lexicon: Lexicon) -> Verdict:
    """Weighs where cells are named: an intervention's name, then titles, then texts that say that they are given."""
    if record.study_type not in _GIVES:
        return Verdict(False, f"the study type is {record.study_type.lower()}: nothing is given")
    by_kind: dict[str, list[Mention]] = {}
    for one in marked:
        if one.section.kind in _WEIGHED:
            by_kind.setdefault(one.section.kind, []).extend(with_receptor(one, lexicon))
    names = by_kind.get(NAME, []) + by_kind.get(PRODUCT, [])
    titles = by_kind.get(TITLE, [])
    texts = by_kind.get(INTERVENTION, []) + by_kind.get(ARM, [])
    may_be_cells = not record.interventions or any(item.type in _KINDS_OF_CELLS for item in record.interventions)
    names = _without_other_names(names)
    is_alone = all(
        item.type not in _DRUGS or _names_cells(place, names) for place, item in enumerate(record.interventions)
    )
    may_be_cells = may_be_cells or _is_described(titles, texts, record)
    named = _named(names, titles, texts + by_kind.get(SUMMARY, []), may_be_cells, is_alone, lexicon)
    if not named and not record.interventions:  # nothing but prose: what it says is given
        texts += by_kind.get(SUMMARY, []) + by_kind.get(DETAIL, [])
    if not named and not any(m.void for m in names + titles):
        prose = [m for kind in (INTERVENTION, ARM, SUMMARY, DETAIL) for m in by_kind.get(kind, [])]
        named = _named_by_code(prose, record)
    if not named and not any(m.void == LOOKALIKE for m in names + titles):
        named = _told(texts, names, record, lexicon)
    if not named:
        return _refused(names + titles, lexicon)
    first = named[0]
    return Verdict(True, f"{_place(first)} says “{first.words}”", first.marked.at(first.match), tuple(named))


def _named(
    names: list[Mention],
    titles: list[Mention],
    texts: list[Mention],
    may_be_cells: bool,
    is_alone: bool,
    lexicon: Lexicon,
) -> list[Mention]:
    """The mentions in names and titles that count, by these rules:

    - a transplant of blood stem cells counts in a name only if a title speaks of it as the treatment, or no title
      speaks of cells and no drug is given beside it;
    - what all titles speak of as surrounding the treatment does not count in a name either, unless nothing but cells
      is given ("new cells for patients who received others before");
    - a title alone counts only if it names cells that nobody has by nature (CAR-T), an intervention is of a kind that
      cells stand under, or a text says that they are given.
    """
    headline = [m for m in titles if not m.void]
    surrounding = {m.slug for m in titles if m.void == SURROUNDING and not (is_alone and _is_new(m))}
    surrounding -= {m.slug for m in headline}
    good_names = [m for m in names if not m.void and not _is_transplant(m, lexicon) and m.slug not in surrounding]
    transplants = [m for m in names if not m.void and _is_transplant(m, lexicon)]
    if any(_may_be_transplant(m, lexicon) for m in headline) or (is_alone and not (titles or good_names)):
        good_names += transplants
    if good_names:
        return good_names + headline
    is_made = any(m.match.kind == PRODUCT_NAME or m.slug in _MADE for m in headline)
    if headline and (is_made or may_be_cells or any(_is_given(m) for m in (*headline, *texts))):
        return headline
    return []


def _is_described(titles: list[Mention], texts: list[Mention], record: TrialRecord) -> bool:
    """Whether the description of what is no drug names the cells of the title: “paint the cells on the wound”."""
    slugs = {m.slug for m in titles if not m.void} - {ANY_CELLS}
    return any(
        not m.void
        and m.slug in slugs
        and m.marked.section.intervention is not None
        and record.interventions[m.marked.section.intervention].type in _NO_DRUGS
        for m in texts
    )


def _named_by_code(prose: list[Mention], record: TrialRecord) -> list[Mention]:
    """The cells that nobody has by nature, in sentences that name an intervention by its code: “XY-123, a CAR-T …”."""
    names = [item.name for item in record.interventions if item.type in _KINDS_OF_CELLS]
    codes = {code for name in names for code in _CODE.findall(name)}
    found = []
    for mention in prose:
        if mention.void or not (mention.match.kind == PRODUCT_NAME or mention.slug in _MADE):
            continue
        start, end = mention.marked.sentence(mention.match.start)
        sentence = mention.marked.section.text[start:end]
        if any(code in sentence for code in codes):
            found.append(mention)
    return found


def _told(texts: list[Mention], names: list[Mention], record: TrialRecord, lexicon: Lexicon) -> list[Mention]:
    """The mentions in texts that say that cells are given, but for transplants and what is told of one."""
    surrounding = {m.marked.section.intervention for m in names if _is_transplant(m, lexicon)} - {None}
    return [
        m
        for m in texts
        if _is_given_here(m)
        and not _is_transplant(m, lexicon)
        and m.marked.section.intervention not in surrounding
        and not _is_only_acted_on(m, record)
    ]


def _without_other_names(names: list[Mention]) -> list[Mention]:
    """Other names count where the name itself says nothing: registries list near kinds among them."""
    told = {m.marked.section.intervention for m in names if not m.void and m.marked.section.field.endswith("].name")}
    return [m for m in names if m.marked.section.intervention not in told or m.marked.section.field.endswith("].name")]


def _is_transplant(mention: Mention, lexicon: Lexicon) -> bool:
    product = lexicon.products.get(mention.slug)
    return product is None and lexicon.is_within(CELL_TYPE, mention.slug, BLOOD_STEM)


def _may_be_transplant(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether these are blood stem cells, or a wider term that may mean them: “stem cells”, “cells”."""
    wider = (*lexicon.ancestors(CELL_TYPE, BLOOD_STEM), ANY_CELLS)
    return _is_transplant(mention, lexicon) or mention.slug in wider


def _is_new(mention: Mention) -> bool:
    """Whether a title does not say that these cells were given earlier, as that of a long-term follow-up does."""
    return not mention.marked.matches.before(mention.match.start, 40, PRIOR)


def _names_cells(place: int, names: list[Mention]) -> bool:
    return any(m.marked.section.intervention == place for m in names)


def _is_given_here(mention: Mention) -> bool:
    """Whether the mention counts and the words next to it say that it is given, or it is what a text begins with."""
    if mention.void:
        return False
    if _begins(mention):
        return True
    match, found = mention.match, mention.marked.matches
    near = found.before(match.start, 50, GIVEN) + found.after(match.end, 50, GIVEN)
    return bool(near) and _is_given(mention)


def _begins(mention: Mention) -> bool:
    """Whether a description or an arm begins with the cells, as a name does: “XY-1: edited allogeneic CAR-T cells”."""
    text, start = mention.marked.section.text, mention.match.start
    return start <= _NEAR and not _NO_NAME.search(text, 0, start)


def _is_only_acted_on(mention: Mention, record: TrialRecord) -> bool:
    """Whether a drug's description may speak of the patient's cells that it acts on: nobody made them or gave them."""
    place = mention.marked.section.intervention
    if place is None or record.interventions[place].type in _KINDS_OF_CELLS:
        return False
    is_made = mention.match.kind == PRODUCT_NAME or mention.slug in _MADE
    return not is_made and mention.match.start > 30 and not mention.marked.matches.of(DONOR)


def _is_given(mention: Mention) -> bool:
    """Whether the mention counts and its sentence says that something is given."""
    if mention.void:
        return False
    start, end = mention.marked.sentence(mention.match.start)
    return any(start <= cue.start < end for cue in mention.marked.matches.of(GIVEN))


def with_receptor(marked: Marked, lexicon: Lexicon) -> list[Mention]:
    """The mentions of a text, those of cells that carry a chimeric antigen receptor named by it."""
    found = list(mentions(marked, lexicon))
    if not found and marked.section.kind == NAME and (coded := _CODED_CELLS.fullmatch(marked.section.text)):
        found = [Mention(marked, Match(*coded.span("cells"), CELL_TYPE, ANY_CELLS))]
    receptors = marked.matches.of("CAR")
    if not receptors:
        return found
    result = []
    for mention in found:
        slug = _WITH_RECEPTOR.get(mention.slug, "")
        if slug and _is_near(marked, mention.match, receptors):
            result.append(replace(mention, match=mention.match._replace(slug=slug)))
        else:
            result.append(mention)
    near = [mention for mention in result if _is_near(marked, mention.match, receptors)]
    if not near or (near[0].slug in T_CELLS_TOO and all(mention.slug in T_CELLS_TOO for mention in near)):
        alone = Match(receptors[0].start, receptors[0].end, CELL_TYPE, CAR_T)
        result.append(Mention(marked, alone, why_void(marked, alone)))
    return result


def _is_near(marked: Marked, match: Match, receptors: list[Match]) -> bool:
    """Whether a receptor stands near enough to be these cells'; behind a comma it is that of the next in a list."""
    text = marked.section.text
    return any(
        0 <= match.start - one.end < _NEAR
        or (one.start < match.end + _NEAR and one.end > match.start and not _LISTED.search(text, match.end, one.start))
        for one in receptors
    )


def _refused(found: list[Mention], lexicon: Lexicon) -> Verdict:
    """Why not: the look-alike or the surrounding transplant that a name or title speaks of."""
    for kind, why in (
        (LOOKALIKE, "what is made of cells or acts on them is no cell therapy"),
        (SURROUNDING, "cells only surround the treatment under study"),
    ):
        for mention in found:
            if mention.void == kind or (kind == SURROUNDING and not mention.void and _is_transplant(mention, lexicon)):
                return Verdict(
                    False, f"{_place(mention)} says “{mention.words}”: {why}", mention.marked.at(mention.match)
                )
    return Verdict(False, "no title, arm or intervention says that cells are given")


_PLACES = {
    NAME: "an intervention",
    PRODUCT: "a product",
    TITLE: "the title",
    INTERVENTION: "the description of an intervention",
    ARM: "an arm",
}


def _place(mention: Mention) -> str:
    return _PLACES.get(mention.marked.section.kind, "the text")
