"""Whose cells they are: autologous, allogeneic and what lies below, per product."""

from __future__ import annotations

from dataclasses import replace

from trials.reading.attaching import STRONG, STUDIED, Scope, described, is_of, is_own, stands_for_product
from trials.reading.cells import origin_of
from trials.reading.clauses import matches_in
from trials.reading.denying import is_denied
from trials.reading.facts import CONFLICTING, INFERRED, Fact
from trials.reading.lexicon import DONOR, PRODUCT, TISSUE, Lexicon, Match
from trials.reading.marked import Marked
from trials.reading.mentions import LOOKALIKE, NEGATION, PRIOR, SURROUNDING
from trials.reading.sections import (
    ARM,
    DETAIL,
    EXCLUSION,
    INCLUSION,
    INTERVENTION,
    KEYWORD,
    NAME,
    SUMMARY,
    TITLE,
)
from trials.reading.tissues import read_tissues

# The first of these kinds of texts that states a donor is believed; a summary also tells what others did.
_TIERS = (STRONG, (SUMMARY, KEYWORD), (DETAIL,), (INCLUSION, EXCLUSION))
ANOTHER = "allogeneic"
_FRACTION = "mononuclear"
# Tissues of a birth: who gives them is not the patient.
_OF_BIRTH = {"perinatal", "umbilical-cord", "cord-blood", "placenta-amnion", "placenta", "amnion"}
_IMPLIED = {"donor-lymphocytes": ANOTHER}
_OPPOSED = (("autologous", "allogeneic"), ("autologous", "xenogeneic"), ("allogeneic", "xenogeneic"))


def read_donors(scope: Scope) -> tuple[Fact, ...]:
    """The donors of a product. Two that exclude each other, from two texts, are CONFLICTING; in one text both hold."""
    for kinds in scope.tiers(*_TIERS):
        facts = [
            _fact(one, match)
            for one in scope.of(kinds)
            for match in one.matches.of(DONOR)
            if _is_meant(one, match, scope)
        ]
        named = [fact for fact in facts if "otherNames" not in fact.passage.field]
        if facts:
            return _weighed(named or facts, scope.lexicon)
    return _inferred(scope)


def _fact(marked: Marked, match: Match) -> Fact:
    """Words that only say that there is a donor ("donor-derived") leave it to the reader that the donor is another."""
    passage = marked.at(match)
    if match.slug == ANOTHER and not passage.text.lower().startswith(ANOTHER[:4]):
        return Fact(match.slug, passage, INFERRED, "donor-is-another", origin_of(marked))
    return Fact(match.slug, passage, origin=origin_of(marked))


def _is_meant(marked: Marked, match: Match, scope: Scope) -> bool:
    kind, product = marked.section.kind, scope.product
    # “the patient's PBMC, of which dendritic cells are made”
    without = () if _FRACTION in product.slugs else (_FRACTION,)
    cells = described(marked, match, scope.lexicon, without)
    if cells is not None:
        return (
            is_of(cells, product, scope.lexicon)
            and cells.void not in (SURROUNDING, PRIOR, NEGATION, LOOKALIKE)
            and not marked.matches.before(match.start, 8, NEGATION)
        )
    if kind in (NAME, TITLE) or (kind in STRONG and is_own(marked, product)):
        return True
    if kind in (ARM, INTERVENTION, SUMMARY, DETAIL) and product.name:
        words = marked.section.text[match.end : match.end + len(product.name) + 2].strip().lower()
        if words.startswith(product.name.lower()):  # “autologous XY-123”
            return True
    return kind in (SUMMARY, DETAIL) and not scope.others and stands_for_product(marked, match, 0, 25)


def _weighed(facts: list[Fact], lexicon: Lexicon) -> tuple[Fact, ...]:
    """One fact per donor, the first that states it; CONFLICTING where texts exclude each other."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.value, fact)
    kept = lexicon.most_exact(DONOR, first)
    fields = {slug: {fact.passage.field for fact in facts if fact.value == slug} for slug in kept}
    opposed = {
        slug
        for one in kept
        for two in kept
        if _exclude(one, two, lexicon) and not fields[one] & fields[two] and not _in_two_arms(fields[one], fields[two])
        for slug in (one, two)
    }
    return tuple(replace(first[slug], state=CONFLICTING) if slug in opposed else first[slug] for slug in kept)


def _in_two_arms(one: set[str], two: set[str]) -> bool:
    """Whether one arm states the one and another arm the other: both hold."""
    mine, other = ({field.split(".")[0] for field in fields if field.startswith("armGroups")} for fields in (one, two))
    return bool(mine and other and not mine & other)


def _exclude(one: str, two: str, lexicon: Lexicon) -> bool:
    return any(
        lexicon.is_within(DONOR, one, mine) and lexicon.is_within(DONOR, two, other)
        for pair in _OPPOSED
        for mine, other in (pair, pair[::-1])
    )


def _inferred(scope: Scope) -> tuple[Fact, ...]:
    """What a name alone says (a known product, cells off the shelf), or the cells: donor lymphocytes are another's.

    Failing that, cells that are taken from the patient or given back, where no text speaks of any donor.
    """
    found: dict[str, Fact] = {}
    for one in scope.of(STRONG):
        for match in one.matches.of(PRODUCT):
            known = scope.lexicon.products[match.slug]
            if not known.cell_types or set(known.cell_types) & scope.product.slugs:
                for slug in known.donors:
                    found.setdefault(slug, Fact(slug, one.at(match), INFERRED, "known-product"))
    for fact in scope.product.cell_types:
        if not found and fact.value in _IMPLIED:
            slug = _IMPLIED[fact.value]
            found[slug] = Fact(slug, fact.passage, INFERRED, "cell-type-implies-donor")
    return tuple(found.values()) or _from_birth(scope) or _from_patient(scope)


def _from_birth(scope: Scope) -> tuple[Fact, ...]:
    """“The umbilical cords were donated by healthy donors”, in a sentence that names no cells of another kind."""
    tissues = {fact.value for fact in read_tissues(scope)} & _OF_BIRTH
    if scope.others or not tissues:
        return ()
    for one in scope.of((INTERVENTION, ARM, SUMMARY, DETAIL)):
        for match in one.matches.of(DONOR):
            if not scope.lexicon.is_within(DONOR, match.slug, ANOTHER) or is_denied(one, match, 25):
                continue
            named = {tissue.slug for tissue in matches_in(one.matches, *one.sentence(match.start), TISSUE)}
            if named & tissues and described(one, match, scope.lexicon) is None:
                return (Fact(match.slug, one.at(match), INFERRED, "donor-is-another", origin_of(one)),)
    return ()


def _from_patient(scope: Scope) -> tuple[Fact, ...]:
    if any(one.matches.of(DONOR) for one in scope.all_texts if one.section.kind != EXCLUSION):
        return ()
    for one in scope.of((*STRONG, SUMMARY, DETAIL)):
        for cue in one.matches.of("GIVEN_BACK"):
            if _is_given_back(one, cue, scope):
                return (Fact("autologous", one.at(cue), INFERRED, "given-back"),)
    if scope.others:
        return ()
    tissues = {fact.value for fact in read_tissues(scope)}
    for one in scope.of((INTERVENTION, ARM, SUMMARY, DETAIL)):
        for match in one.matches.of(TISSUE):
            if match.slug in tissues and _is_taken_from_patient(one, match):
                return (Fact("autologous", one.at(match), INFERRED, "taken-from-patient"),)
    return ()


def _is_given_back(marked: Marked, cue: Match, scope: Scope) -> bool:
    """“PBSC are reinfused”, “the cells are injected back”."""
    start, end = marked.sentence(cue.start)
    named = [m.match for m in scope.cells(marked)] + ([] if scope.others else marked.matches.of(STUDIED))
    return any(start <= match.start < end for match in named)


def _is_taken_from_patient(marked: Marked, match: Match) -> bool:
    """“Patients undergo leukapheresis”; in the description of the treatment the patient need not be named."""
    taken = marked.matches.of("HARVEST", "APHERESIS")
    if not any(cue.start < match.end and match.start < cue.end for cue in taken) or is_denied(marked, match, 25):
        return False
    start, end = marked.sentence(match.start)
    return marked.section.kind in STRONG or bool(matches_in(marked.matches, start, end, "PATIENT"))
