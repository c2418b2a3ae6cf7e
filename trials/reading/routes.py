"""How the cells are given, per product: several routes, each local or systemic by its place in the vocabulary."""

from __future__ import annotations

import re

from trials.reading.attaching import STRONG, STUDIED, Scope, is_own
from trials.reading.cells import Product, origin_of
from trials.reading.denying import is_denied_behind
from trials.reading.facts import Fact
from trials.reading.lexicon import CELL_TYPE, ROUTE, Match
from trials.reading.marked import Marked
from trials.reading.mentions import BLOOD_STEM, GIVEN, LOOKALIKE, NEGATION, PRIOR
from trials.reading.sections import ARM, DETAIL, INCLUSION, KEYWORD, NAME, PRODUCT, SUMMARY, TITLE
from trials.records import ArmRecord, InterventionRecord, TrialRecord

_TIERS = (STRONG, (SUMMARY, KEYWORD), (DETAIL,))
# What says only that cells are put somewhere; a route that says where takes its place.
_ROOTS = ("local", "systemic")
_INTO_A_CAVITY = ("intracerebral", "intraventricular", "intrapleural")
_VAGUE = ("implanted", "local-injection", "local", "systemic")
# Stem cells of the blood are not given under the skin: what mobilises them is.
_UNDER_THE_SKIN = "subcutaneous"
_CODE = re.compile(r"[A-Z]{2}-[A-Z]{2}")
_REACH = 120
# Cues: words that begin the names of treatments and say nothing about which.
COMMON_WORD = "COMMON_WORD"
_CUT = re.compile(r"[;:]\s|,\s(?:followed|and|then|with|on)\b|\bfollowed by\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]\s|\bfollowed by\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|or|plus)\b|[,/+]", re.IGNORECASE)
# “intravenous allogeneic MSC”, “intravenous (IV) infusion of MSC”
_DIRECT = re.compile(
    r"[\s()-]*(?:(?:[\w()]+[\s-]+){1,2}of\s+)?"
    r"(?:(?!(?:and|or|to|with|for|from|by|on|in|at|until|before|after|when|while|daily)\b)[\w()+’'-]+\s+){0,3}[(]?",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*(?:\w+\s+)?of\b", re.IGNORECASE)
_HAS_VERB = re.compile(r"\b(?:is|are|was|were|be|been|being)\b", re.IGNORECASE)
# “cells loaded with antigen and administered subcutaneously”
_AND_GIVEN = re.compile(
    r"^[^,/+]*\band\s+(?:then\s+)?(?:administered|given|injected|infused|delivered|transplanted|implanted)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# “PBSC are infused and then G-CSF may be given …”: another subject before the next verb.
_NEXT_CLAUSE = re.compile(
    r"\b(?:and|while)\s+(?:then\s+)?((?!(?:then|is|are|was|were|be|will|may|can)\b)[\w()-]+(?:\s[\w()-]+){0,3}?)"
    r"\s(?:is|are|was|were|will|may|can)\b",
    re.IGNORECASE,
)
_TO = re.compile(r"(?:[(]s[)])?\s*(?:\w+\s+)?(?:of|with)\b|[\s-]*$|[\s-]*[(]?(?:[\w()]+[\s-]+){0,7}$", re.IGNORECASE)
_WAY = re.compile(r"\s+routes?\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}|[A-Za-z]+-?[0-9]+")


def read_routes(scope: Scope, record: TrialRecord) -> tuple[Fact, ...]:
    """The routes of a product, from the first kind of text that has any."""
    strangers = _other_treatments(scope.product, record, scope.lexicon.phrases(COMMON_WORD))
    found: dict[str, Fact] = {}
    for kinds in _TIERS:
        for one in scope.of(kinds):
            for match in one.matches.of(ROUTE):
                if match.slug not in found and _is_meant(one, match, scope, record, strangers):
                    found[match.slug] = Fact(match.slug, one.at(match), origin=origin_of(one))
        if any(slug not in _VAGUE for slug in found):
            break
    if found and all(slug in _VAGUE for slug in found):
        found |= _from_criteria(scope)
    exact = [slug for slug in found if slug not in _VAGUE]
    return tuple(found[slug] for slug in scope.lexicon.most_exact(ROUTE, exact or found))


def _from_criteria(scope: Scope) -> dict[str, Fact]:
    """Where cells are given “locally” into what the patient must have, such as a reservoir."""
    found: dict[str, Fact] = {}
    for one in scope.of((INCLUSION,)):
        for match in one.matches.of(ROUTE):
            if match.slug in _INTO_A_CAVITY:
                found.setdefault(match.slug, Fact(match.slug, one.at(match)))
    return found


def _is_meant(marked: Marked, match: Match, scope: Scope, record: TrialRecord, strangers: set[str]) -> bool:
    section, product = marked.section, scope.product
    if match.slug == _UNDER_THE_SKIN and product.slugs == {BLOOD_STEM}:
        return False
    if _is_other_word(marked, match) or marked.matches.before(match.start, 12, NEGATION, PRIOR):
        return False
    if is_denied_behind(marked, match):
        return False
    if section.kind in (NAME, PRODUCT) and is_own(marked, product):
        return True
    start, end = marked.sentence(match.start)
    near = [m.match for m in scope.cells(marked) if start <= m.match.start < end and m.void != LOOKALIKE]
    near += _named_otherwise(section.text[start:end], start, scope, record, strangers)
    if section.kind == TITLE:
        return bool(near) or set(range(len(record.interventions))) <= set(product.interventions)
    distance = min((_distance(m, match) for m in near), default=None)
    if _nearer_stranger(section.text, start, end, match, strangers, distance):
        return False
    if is_own(marked, product) or section.kind == KEYWORD:
        return True
    if section.kind == ARM and section.arm in product.arms and _is_only_of(record.arms[section.arm or 0], product):
        return True
    if not scope.others and not strangers and not near and _names_a_way(section.text, match):
        return not marked.matches.of("DRUG")
    if not scope.others:
        near += [cue for cue in marked.matches.of(STUDIED) if start <= cue.start < end]
    return any(_goes_with(marked, match, cells, start) for cells in near)


def _names_a_way(text: str, match: Match) -> bool:
    """Whether it is called a way of giving: “the intraperitoneal route of administration”."""
    return bool(_WAY.match(text, match.end))


def _is_only_of(arm: ArmRecord, product: Product) -> bool:
    """Whether an arm is given nothing but the product."""
    return set(arm.interventions) <= set(product.interventions)


def _goes_with(marked: Marked, match: Match, cells: Match, start: int) -> bool:
    """Whether a sentence gives these cells by this route.

    “intravenous infusion of MSC”, “MSC by intravenous infusion”, “MSC will be infused intravenously”; but not
    “melphalan IV and stem cell rescue”, nor “a vaccine is given by intramuscular injection, with MSC”.
    """
    text = marked.section.text
    first, second = sorted((match, cells))
    between = text[first.end : second.start]
    if len(between) > _REACH or _CUT.search(between):
        return False
    if cells.start < match.start:
        if match.slug in _ROOTS:  # “made locally”
            return False
        if _begins_another(marked, cells.end, match.start):
            return False
        return not _AND.search(between) or bool(_HAS_VERB.search(between) or _AND_GIVEN.search(between))
    if _DIRECT.fullmatch(between):
        return True
    if _is_passive(marked, _clause_start(text, start, match.start), match.start):
        return False
    if marked.matches.after(match.end, 2, GIVEN) or _OF.match(between):
        return True
    # “systemic and local CAR-T”, but not “melphalan IV and CAR-T”
    is_and = _AND.search(between) and not marked.matches.after(match.end, len(between), ROUTE)
    return not is_and and bool(_TO.match(between))


def _clause_start(text: str, start: int, end: int) -> int:
    """Where the last clause before `end` begins; the nearest words are looked at first."""
    for floor in (max(start, end - 200), start):
        if cuts := [cut.end() for cut in _CLAUSE.finditer(text, floor, end)]:
            return cuts[-1]
    return start


def _begins_another(marked: Marked, start: int, end: int) -> bool:
    """Whether a clause about something else begins between the cells and the route."""
    return any(
        not marked.matches.after(clause.start(1), len(clause[1]), STUDIED, CELL_TYPE)
        for clause in _NEXT_CLAUSE.finditer(marked.section.text, start, end)
    )


def _is_passive(marked: Marked, start: int, end: int) -> bool:
    """Whether something is said to be given before the route: “a vaccine is given by intramuscular injection”."""
    return any(
        any(cue.end + 2 < end for cue in marked.matches.after(verb.end(), 14, GIVEN))
        for verb in _HAS_VERB.finditer(marked.section.text, start, end)
    )


def _named_otherwise(sentence: str, start: int, scope: Scope, record: TrialRecord, strangers: set[str]) -> list[Match]:
    """Where a sentence calls the product by a word of its own name: a code, “the vaccine”."""
    names = [name for place in scope.product.interventions for name in _names(record.interventions[place])]
    words = {word.lower() for name in names for word in _WORD.findall(name)}
    words -= scope.lexicon.phrases(COMMON_WORD) | strangers
    low = sentence.lower()
    return [
        Match(start + low.find(word), start + low.find(word) + len(word), "", word) for word in words if word in low
    ]


def _names(item: InterventionRecord) -> tuple[str, ...]:
    return (item.name, *item.other_names)


def _is_other_word(marked: Marked, match: Match) -> bool:
    """Whether an abbreviation counts, begins a code (“SC-ABC1”), or repeats words (“intratumoral (IT)”)."""
    text = marked.section.text
    if _CODE.match(text, match.start, match.end + 3):
        return True
    repeats = text[max(0, match.start - 2) : match.start] == " (" and marked.matches.before(match.start, 2, ROUTE)
    return bool(repeats) or _is_numeral(text, match)


def _is_numeral(text: str, match: Match) -> bool:
    """Whether “IV” counts: the fourth of a list of objectives, a stage behind one."""
    words = text[match.start : match.end]
    if words != "IV":
        return False
    behind = text[match.end : match.end + 2]
    before = text[max(0, match.start - 5) : match.start]
    return (behind == ". " and bool(re.search(r"[.:]\s*$|^$|\n$", before))) or bool(
        re.search(r"I{1,3}\W{1,3}$", before)
    )


def _distance(one: Match, other: Match) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _other_treatments(product: Product, record: TrialRecord, common: frozenset[str]) -> set[str]:
    """The first words of the other interventions' names: a route beside one of them is theirs."""
    found = set()
    for place, item in enumerate(record.interventions):
        if place not in product.interventions:
            for name in _names(item):
                word = _WORD.search(name)
                if word:
                    found.add(word[0].lower())
    own = " ".join(record.interventions[place].name.lower() for place in product.interventions)
    return {word for word in found if word not in own and word not in common}


def _nearer_stranger(text: str, start: int, end: int, match: Match, strangers: set[str], distance: int | None) -> bool:
    """Whether another treatment of the trial stands nearer to the route than the cells do."""
    if not strangers:
        return False
    sentence = text[start:end].lower()
    place = match.start - start
    for word in strangers:
        at = sentence.find(word)
        while at >= 0:
            if at < match.end - start and place < at + len(word):  # named by its route: “intravenous injection”
                break
            away = max(at - (match.end - start), place - at - len(word), 0)
            if (distance is None or away < distance) and away < 60:
                return True
            at = sentence.find(word, at + 1)
    return False
