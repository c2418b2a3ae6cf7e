"""Which of the amounts that a record states are steps of their own: not said again, no total, no other study's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from trials.reading.clauses import matches_in
from trials.reading.counted import VOLUME_RULE, Counted
from trials.reading.facts import CONFLICTING
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
_NUMBERED = re.compile(r"(\D+)\d{1,2}")
_TOTAL = re.compile(
    r"\b(?:total|cumulative|altogether|in\sall)\b[^.;\d]{0,25}$|^[^.;\d]{0,40}\bin\stotal\b", re.IGNORECASE
)
# A total of more parts than this is a number that happens to be a multiple.
_MOST_PARTS = Decimal(60)
# What is told of patients to come is told of this study.
_WILL = re.compile(r"\b(?:will|shall|is to be|are to be)\b", re.IGNORECASE)


def own_steps(found: list[Counted]) -> list[Counted]:
    """`found` without totals, spans of steps, volumes and background; two that contradict each other are marked so."""
    kept = [one for one in found if not _is_echo(one, found)]
    known = {one.key for one in kept if one.marked.section.kind not in (TITLE, *_PROSE)}
    if not known:
        return kept
    kept = [
        one for one in kept if one.key in known or one.marked.section.kind == TITLE or _is_of_this_study(one, found)
    ]
    return _contradicting(kept, known)


# ------------------------------------------------------------------------------------------------------- echoes
def _is_echo(one: Counted, found: list[Counted]) -> bool:
    """Whether an amount only says others again: a product of a volume, a span of steps, a total, per kg in short."""
    if one.rule == VOLUME_RULE:
        return any(other.marked is one.marked and other.rule != VOLUME_RULE for other in found)
    if one.high is not None:
        singles = {other.low for other in found if other.basis == one.basis and other.high is None}
        return one.low in singles and one.high in singles
    if one.is_plain_cells and any(
        other.basis in (PER_KG, PER_M2) and (other.low, other.high) == (one.low, one.high) for other in found
    ):
        return True
    return _says_total(one) and any(_is_part(other, one) for other in found)


def _says_total(one: Counted) -> bool:
    text = one.marked.section.text
    return bool(_TOTAL.search(text[max(0, one.start - 60) : one.start]) or _TOTAL.match(text[one.end : one.end + 50]))


def _is_part(other: Counted, total: Counted) -> bool:
    """Whether a total is a small multiple of an amount stated in the same text."""
    if other.marked is not total.marked or other.basis != total.basis or other.rule == VOLUME_RULE:
        return False
    return other.low < total.low and total.low % other.low == 0 and total.low / other.low <= _MOST_PARTS


# --------------------------------------------------------------------------------------------------- background
def _is_of_this_study(one: Counted, found: list[Counted]) -> bool:
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
def step_label(one: Counted, found: Iterable[Counted]) -> str:
    """The name of a step as written before or right behind its amount: “second cohort”, “dose level 1”.

    Of a list that names its kind but once, each gets it: “dose levels 2 (…) and 3 (…)” are dose levels 2 and 3.
    """
    text = one.marked.section.text
    near = [other for other in found if other.marked is one.marked and other is not one]
    last = max((other for other in near if other.end <= one.start), key=lambda other: other.end, default=None)
    floor = last.end if last else 0
    before = [
        match
        for match in _LABEL.finditer(text, max(floor, one.start - 70), one.start)
        if "\n\n" not in text[match.end() : one.start]
    ]
    if before:
        return _MANY.sub("", " ".join(before[-1][0].split()))
    if last and (number := _NEXT_NUMBER.fullmatch(text, floor, one.start)):
        first = _NUMBERED.fullmatch(step_label(last, near))
        if first:
            return f"{first[1]}{number[1]}"
    limit = min((other.start for other in near if other.start >= one.end), default=len(text))
    after = _LABEL.match(text, one.end + len(re.match(r"[\s(,]*(?:for\s)?", text[one.end : limit])[0]))  # type: ignore[index]
    return _MANY.sub("", " ".join(after[0].split())) if after and after.end() <= limit else ""
