"""Which of the amounts that a record states are steps of their own: not said again, no total, no other study's."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from trials.reading.clauses import matches_in
from trials.reading.counted import AT_MOST, PART, Counted
from trials.reading.facts import CONFLICTING
from trials.reading.neighbours import Amounts, Text
from trials.reading.sections import ARM, DETAIL, INTERVENTION, NAME, PRODUCT, SUMMARY, TITLE
from trials.reading.units import PER_KG, PER_M2

# Where doses are looked for, in the order in which a place is believed: never in criteria and outcomes.
RANKS = {ARM: 0, INTERVENTION: 1, NAME: 2, PRODUCT: 2, TITLE: 3, SUMMARY: 4, DETAIL: 5}
_PROSE = (SUMMARY, DETAIL)

_LABEL = re.compile(
    r"(?:\b(?:first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|low(?:est)?|mid(?:dle|dium)?|intermediate|high(?:est)?|starting|initial|"
    r"expansion)[\s-](?:dose[\s-])?(?:cohort|group|level|dose|tier|arm|part|stage|step|phase)\b"
    r"|\b(?:dos(?:e|age)\s)?(?:levels?|cohort|group|tier|step|arm|stage|part|DL|dose)\s?[-#]?\s?(?:-?\d{1,2}[A-Za-z]?|(?-i:[A-H]|I{1,3}|IV|V))(?![\w.]))",
    re.IGNORECASE,
)
# “levels 2” is the first of several, each of which is a level.
_MANY = re.compile(r"(?<=level)s(?=\s)", re.IGNORECASE)
_NEXT_NUMBER = re.compile(r"\s?\)?\s?(?:,\s?and|,|;|and|or)\s(\d{1,2})\s?[(:=]\s?")
# “< 50 kg: 1 x 10^8 cells; ≥ 50 kg: …”: whom a step is for.
_WEIGHTS = re.compile(
    r"(?:[<>≤≥]\s?=?|\b(?:less|more|greater|lighter|heavier)\sthan|\b(?:under|below|over|above|at\sleast|up\sto))\s?\d{2,3}\s?kgs?\b"
    r"|\b\d{1,3}\s?(?:-|–|to)\s?\d{2,3}\s?kgs?\b|\b\d{2,3}\s?kgs?\s(?:or|and)\s(?:more|less|over|above|under|below)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[\s(,]*(?:for\s)?")
_NUMBERED = re.compile(r"(\D+)\d{1,2}")
_TOTAL = re.compile(
    r"\b(?:total|cumulative|altogether|in\sall)\b[^.;\d]{0,25}$|^[^.;\d]{0,40}\bin\stotal\b", re.IGNORECASE
)
HAS_BOUND = {True: "has-maximum", False: "has-minimum"}
# A total of more parts than this is a number that happens to be a multiple.
_MOST_PARTS = Decimal(60)
# What is told of patients to come is told of this study.
_WILL = re.compile(r"\b(?:will|shall|is to be|are to be)\b", re.IGNORECASE)


def own_steps(found: Amounts) -> list[Counted]:
    """`found` without totals, spans of steps, volumes and background; two that contradict each other are marked so."""
    kept = [one for one in found.all if not _is_echo(one, found)]
    kept = _without_bounds(_without_parts(kept), found)
    known = {one.key for one in kept if one.marked.section.kind not in (TITLE, *_PROSE)}
    if not known:
        return kept
    kept = [
        one for one in kept if one.key in known or one.marked.section.kind == TITLE or _is_of_this_study(one, found)
    ]
    return _contradicting(kept, known)


# ------------------------------------------------------------------------------------------------------- echoes
def _is_echo(one: Counted, found: Amounts) -> bool:
    """Whether an amount only says others again: a product of a volume, a span of steps, a total, per kg in short."""
    if one.is_of_volume:
        return bool(found.beside(one).lows)
    if one.high is not None:
        singles = found.singles.get(one.basis, ())
        return one.low in singles and one.high in singles
    if one.is_plain_cells and (one.low, one.high) in found.by_size:
        return True
    return _says_total(one) and any(_is_part(low, one) for low in found.beside(one).lows.get(one.basis, ()))


def _without_parts(kept: list[Counted]) -> list[Counted]:
    """Without the parts of split doses, unless nothing else is stated."""
    wholes = [one for one in kept if PART not in one.flags]
    return wholes or kept


def _without_bounds(kept: list[Counted], found: Amounts) -> list[Counted]:
    """Without what is at most or at least given, where an amount says what is given.

    That is one before it in its sentence, or one per kg or per square metre where the bound is a number of cells. The
    amount in the sentence of a bound is told to have one, for there its words stand. A named step stays one.
    """
    stated = [one for one in kept if not one.is_bound]
    keys = {one.key for one in stated}
    first: dict[tuple[int, int], int] = {}  # where the first amount of a sentence stands
    for one in stated:
        place = (id(one.marked), one.sentence[0])
        first[place] = min(one.start, first.get(place, one.start))
    is_by_size = any(one.basis in (PER_KG, PER_M2) for one in stated)
    bounds: dict[tuple[int, int], str] = {}
    out: set[int] = set()
    for one in kept:
        place = (id(one.marked), one.sentence[0])
        is_aside = first.get(place, one.start) < one.start or (is_by_size and one.basis not in (PER_KG, PER_M2))
        if one.is_bound and is_aside and one.key not in keys and not step_label(one, found):
            bounds[place] = HAS_BOUND[AT_MOST in one.flags]
            out.add(id(one))
    return [_with_flag(one, bounds.get((id(one.marked), one.sentence[0]), "")) for one in kept if id(one) not in out]


def _with_flag(one: Counted, flag: str) -> Counted:
    return replace(one, flags=(*one.flags, flag)) if flag and not one.is_bound else one


def _says_total(one: Counted) -> bool:
    text = one.marked.section.text
    return bool(_TOTAL.search(text[max(0, one.start - 60) : one.start]) or _TOTAL.match(text[one.end : one.end + 50]))


def _is_part(low: Decimal, total: Counted) -> bool:
    """Whether a total is a small multiple of an amount."""
    return low < total.low and total.low % low == 0 and total.low / low <= _MOST_PARTS


# --------------------------------------------------------------------------------------------------- background
def _is_of_this_study(one: Counted, found: Amounts) -> bool:
    """Whether prose beside arms that state doses adds one: a named step, an escalation, what patients will receive.

    Whatever else a long description counts is of earlier studies, more often than not.
    """
    start, end = one.sentence
    if _says_total(one):
        return False
    if step_label(one, found) or matches_in(one.marked.matches, start, end, "ESCALATION"):
        return True
    text = one.marked.section.text
    return bool(_WILL.search(text, start, one.start)) and bool(
        matches_in(one.marked.matches, start, one.start, "DOSE_WORD")
    )


def _contradicting(kept: list[Counted], known: set[tuple[Decimal, Decimal | None, str]]) -> list[Counted]:
    """One dose in the arms and another one in prose, and no more: both are kept, neither wins."""
    added = {one.key for one in kept} - known
    if len(known) != 1 or len(added) != 1:
        return kept
    return [replace(one, state=CONFLICTING, rule="") for one in kept]


# ------------------------------------------------------------------------------------------------------- labels
def step_label(one: Counted, found: Amounts) -> str:
    """The name of a step as written before or right behind its amount: “second cohort”, “dose level 1”.

    Of a list that names its kind but once, each gets it: “dose levels 2 (…) and 3 (…)” are dose levels 2 and 3.
    """
    near = found.beside(one)
    if one.start not in near.labels:
        near.labels[one.start] = ""  # of overlapping amounts none waits for the other
        near.labels[one.start] = _step_label(one, near, found)
    return near.labels[one.start]


def _step_label(one: Counted, near: Text, found: Amounts) -> str:
    text = one.marked.section.text
    last = near.last_before(one.start)
    floor = last.end if last else 0
    before = [
        match
        for match in _LABEL.finditer(text, max(floor, one.start - 70), one.start)
        if "\n\n" not in text[match.end() : one.start]
    ]
    if before:
        return _MANY.sub("", " ".join(before[-1][0].split()))
    if last and (number := _NEXT_NUMBER.fullmatch(text, floor, one.start)):
        first = _NUMBERED.fullmatch(step_label(last, found))
        if first:
            return f"{first[1]}{number[1]}"
    if bands := list(_WEIGHTS.finditer(text, max(floor, one.start - 70), one.start)):
        return " ".join(bands[-1][0].split())
    limit = near.next_start(one.end)
    # The joint may be empty, so it is always there.
    after = _LABEL.match(text, one.end + len(_JOINT.match(text[one.end : limit])[0]))  # type: ignore[index]
    return _MANY.sub("", " ".join(after[0].split())) if after and after.end() <= limit else ""
