"""Which of the numbers in a text are amounts of cells that are given. What is counted, kept or reported is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from trials.reading.clauses import matches_in, sentence_at
from trials.reading.facts import CONFLICTING, INFERRED, STATED
from trials.reading.lexicon import CELL_TYPE, Match
from trials.reading.marked import Marked
from trials.reading.notations import (
    LETTER,
    LOST_SIGN,
    LOST_SUPERSCRIPT,
    ODD_POWER,
    PLAIN,
    POWER,
    TEN_E,
    WORD,
    fold,
    may_hold_amounts,
)
from trials.reading.numbers import Amount
from trials.reading.pairing import TWO_VALUES, with_units
from trials.reading.sections import ARM, INTERVENTION, NAME, PRODUCT, TITLE
from trials.reading.units import CELLS, FLAT, PER_BLOOD, PER_KG, PER_M2, PER_ML, PER_SITE, Unit, read_unit

_LEAST, _MOST = Decimal(1000), Decimal(10) ** 13
# Bounds of ours: what lies above is far from every dose in the records looked at, and is told with a doubt.
_MOST_GIVEN, _MOST_PER_KG = Decimal(10) ** 12, Decimal(10) ** 9
_LEAST_UNNAMED = Decimal(1_000_000)
# Why an amount is inferred from two that are stated.
VOLUME_RULE = "volume times concentration"
IMPLAUSIBLE = "implausible"
UNITS_FOR_CELLS = "units-for-cells"
# The number is the most or the least that is given; a dose in parts; one such part where the whole is not stated.
AT_MOST, AT_LEAST, SPLIT, PART = "at-most", "at-least", "split-dose", "part-of-dose"
_BOUNDS = {"AT_MOST": AT_MOST, "AT_LEAST": AT_LEAST}
# What may stand between “at most” and its number.
_TO_NUMBER = re.compile(
    r"\W{0,3}(?:(?:of|is|was|to|a|an|the|be|total|single|cell|cells|dose|number|infused)\W{1,3}){0,5}", re.IGNORECASE
)
_SIGNS = ((re.compile(r"(?:>\s?=?|[≥≧])\s?$"), AT_LEAST), (re.compile(r"(?:<\s?=?|[≤≦])\s?$"), AT_MOST))
# How far behind a number its word for cells may stand, in characters.
_NOUN_WITHIN = {POWER: 90, WORD: 70, LETTER: 40, PLAIN: 40}
_DOSE_WITHIN, _UNITS_WITHIN, _NAME_LENGTH = 8, 14, 60
_REACH_BACK, _REACH_ON = 140, 60
_CLAUSE_END = re.compile(r"[;\n]|[.?!](?=\s)")
_UNITS = re.compile(r"\s?units?\b", re.IGNORECASE)
_IS = re.compile(r"\b(?:is|are|was|were|be|been)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_FRACTION = re.compile(
    r"\d\s?%\s?(?:\(|fraction|of\b[^.;,\d]{0,30}dose|on\sd(?:ay)?\s?\d{1,2}\s?\()?[^,.;%\d)]{0,12}[:(=]?\s*$|\bfraction\W{0,3}$",
    re.IGNORECASE,
)
_PER_KG_BEFORE = re.compile(r"(?:cells?|\+|dos\w+)\s?\(?\)?\s?(?:/|per)\s?kg\b", re.IGNORECASE)
_PER_SEVERAL_KG = re.compile(r"\s?(?:/|per)\s?\d+\s?kg\b", re.IGNORECASE)  # the dose of one child, as an example
_SAME_SENTENCE = re.compile(r"(?:[^.;\n]|\.(?=\d)){0,140}")
# What is at most given to a heavy patient is no amount per kg, whatever stands before it.
_CEILING = re.compile(r"\b(?:max\w*|total|exceed\w*|up\sto|(?:no|not)\smore\sthan|capped|ceiling|or)\b", re.IGNORECASE)
_VOLUME = re.compile(r"(?<![\d.,-])(\d+(?:\.\d+)?)\s?(?:mL|ml|cc)\b(?!\s?/|\s(?:per|each|in\seach|injection))")


_Pair = tuple[Amount, Unit]


@dataclass(frozen=True, slots=True)
class Counted:
    """An amount of cells as a text states it; `start`..`end` is its passage in the text of `marked`."""

    marked: Marked
    low: Decimal
    high: Decimal | None
    basis: str
    start: int
    end: int
    written: str
    site: str = ""
    flags: tuple[str, ...] = ()
    state: str = STATED
    rule: str = ""
    sentence: tuple[int, int] = (0, 0)
    is_plain_cells: bool = False  # no basis is written: cells, or cells per kg in short

    @property
    def is_bound(self) -> bool:
        """Whether it is only the most or the least that is given."""
        return AT_MOST in self.flags or AT_LEAST in self.flags

    @property
    def is_of_volume(self) -> bool:
        """Whether it was reckoned from a concentration and a volume."""
        return self.rule == VOLUME_RULE

    @property
    def key(self) -> tuple[Decimal, Decimal | None, str]:
        return self.low.normalize(), self.high.normalize() if self.high is not None else None, self.basis


def counted(marked: Marked) -> list[Counted]:
    """The amounts of cells that a section says are given, in the order of the text."""
    text = fold(marked.section.text)
    if not may_hold_amounts(text):
        return []
    pairs = with_units(text, marked.matches)
    per_kg = [(amount, unit) for amount, unit in pairs if unit.basis == PER_KG]
    return [found for amount, unit in pairs if (found := _judge(text, marked, amount, unit, per_kg))]


# ---------------------------------------------------------------------------------------------------------- judging
def _judge(text: str, marked: Marked, amount: Amount, unit: Unit, per_kg: list[_Pair]) -> Counted | None:
    if unit.other and (units := _UNITS.match(text, amount.end)) and _cells_before(marked, amount, _UNITS_WITHIN):
        # "MSC 30 million units": cells all the same, where cells are what was named just before.
        unit = read_unit(text, marked.matches, units.end(), units.end() + 40)
        amount = replace(amount, flags=(*amount.flags, UNITS_FOR_CELLS))
    if unit.other or unit.basis == PER_BLOOD or _PER_SEVERAL_KG.match(text, amount.end):
        return None
    if not _LEAST <= amount.low <= _MOST:
        return None
    head_start = _clause_start(text, amount.whole_start)
    if not _says_cells(text, marked, amount, unit, head_start):
        return None
    if _is_elsewhere(text, marked, amount, unit, head_start):
        return None
    if _FRACTION.search(text, head_start, amount.whole_start):
        amount = replace(amount, flags=(*amount.flags, PART))
    if not unit.basis and _is_under_per_kg(text, amount, unit, head_start, per_kg):
        unit = replace(unit, basis=PER_KG)
    return _made(text, marked, amount, unit, head_start)


def _cells_before(marked: Marked, amount: Amount, within: int) -> bool:
    """Whether cells are named right before an amount: “MSCs (20,000,000)”, “LMSC 10 million”."""
    start = amount.whole_start
    named = matches_in(marked.matches, start - _NAME_LENGTH, start, *CELLS)
    return bool(named) and start - named[-1].end <= within


def _clause_start(text: str, place: int) -> int:
    start = floor = max(0, place - _REACH_BACK)
    for end in _CLAUSE_END.finditer(text, floor, place):
        start = end.end()
    return start


def _says_cells(text: str, marked: Marked, amount: Amount, unit: Unit, head_start: int) -> bool:
    """Whether cells are counted: they are named behind the number, or a dose is spoken of and the number is a power."""
    if unit.noun is not None and unit.gap <= _NOUN_WITHIN[amount.style]:
        return True
    if UNITS_FOR_CELLS in amount.flags:
        return True
    if unit.basis and unit.basis not in (FLAT, PER_ML, PER_SITE):
        return True
    if amount.style == LETTER and text[amount.end - 1] in "BK" and unit.gap > 2:
        return False  # "Dose level 2B", "Part 1K"
    if _is_name(marked) and not marked.matches.of("NOT_A_DOSE"):
        is_large = amount.low >= _LEAST_UNNAMED
        return is_large and (
            amount.style != LETTER or bool(marked.matches.of(*CELLS)) or text.startswith(" of ", amount.end)
        )
    if amount.low >= _LEAST_UNNAMED and _cells_before(marked, amount, 3):
        return True
    if amount.style == PLAIN or (LOST_SUPERSCRIPT in amount.flags and amount.end - amount.start <= 4):
        return False
    lead = matches_in(marked.matches, head_start, amount.whole_start, "DOSE_WORD", "CELL_NOUN", CELL_TYPE)
    is_told = marked.section.kind in (NAME, PRODUCT, ARM, INTERVENTION)
    if amount.style == POWER:
        return bool(lead) or is_told
    if amount.low < _LEAST_UNNAMED:
        return False
    given = [match for match in lead if match.kind == "DOSE_WORD"]
    return bool(given) and (is_told or _names_a_dose(marked, amount, given[-1]))


def _names_a_dose(marked: Marked, amount: Amount, nearest: Match) -> bool:
    """Whether a dose is spoken of right before an amount in words, of cells named before: “dose: 10 million”."""
    start = amount.whole_start
    if not nearest.slug.startswith("dos") or start - nearest.end > _DOSE_WITHIN:
        return False
    return bool(matches_in(marked.matches, max(0, start - 400), start, *CELLS))


def _is_name(marked: Marked) -> bool:
    return marked.section.kind in (NAME, PRODUCT) or marked.section.field.endswith(".label")


def _is_elsewhere(text: str, marked: Marked, amount: Amount, unit: Unit, head_start: int) -> bool:
    """Whether the words nearest to the amount say that it is collected, kept, measured or from an earlier study."""
    matches = marked.matches
    start = amount.whole_start
    before = matches_in(matches, head_start, start, "DOSE_WORD", "COLLECTED", "COUNTED", "EARLIER_STUDY")
    before = [match for match in before if not _is_spent(text, match, start, unit)]
    end = max(amount.end, unit.end)
    stop = _CLAUSE_END.search(text, end, end + _REACH_ON)
    after = matches_in(
        matches, end, stop.start() if stop else end + _REACH_ON, "DOSE_WORD", "COLLECTED", "EARLIER_STUDY"
    )
    if any(match.kind == "EARLIER_STUDY" for match in (*before, *after)):
        return True
    given_after = bool(after) and after[0].kind == "DOSE_WORD"
    if before:
        nearer_after = given_after and after[0].start - end < start - before[-1].end
        return before[-1].kind != "DOSE_WORD" and not nearer_after
    if not after or given_after:
        return False
    return text[: after[0].end].endswith("ed") or bool(_IS.search(text, end, after[0].start))


def _is_spent(text: str, match: Match, start: int, unit: Unit) -> bool:
    """Whether a word before an amount says nothing of it: a harvest in a clause before, a count of cells per kg."""
    if match.kind == "COLLECTED":
        return ", " in text[match.end : start]
    return match.kind == "COUNTED" and unit.basis in (PER_KG, PER_M2, FLAT)


def _is_under_per_kg(text: str, amount: Amount, unit: Unit, head_start: int, per_kg: list[_Pair]) -> bool:
    """Whether “cells/kg” stands before an amount as its heading, or behind another one of the same list.

    `per_kg` are the amounts that have this unit themselves. They lend it to a bare number, or to one within their
    range, never to “cells” or a maximum.
    """
    start = amount.whole_start
    before = list(_PER_KG_BEFORE.finditer(text, head_start, start))
    if not before or not _SAME_SENTENCE.fullmatch(text, before[-1].end(), start):
        return False
    owner = next((one for one, its in per_kg if one.end <= before[-1].start() and before[-1].end() <= its.end), None)
    if owner is None:
        return True
    is_within = owner.high is not None and owner.low <= amount.low and (amount.high or amount.low) <= owner.high
    return (is_within or unit.noun is None) and not _CEILING.search(text, before[-1].end(), start)


def _made(text: str, marked: Marked, amount: Amount, unit: Unit, head_start: int) -> Counted | None:
    start, end = amount.start, max(amount.end, unit.end)
    if amount.end < amount.whole_end:  # of a list that shares its power the whole is the passage
        start, end = amount.whole_start, max(end, amount.whole_end)
    basis, (state, rule) = unit.basis, _surety(amount)
    low, high = amount.low, amount.high
    if basis == PER_ML:
        volume = _volume(text, amount, head_start, end)
        if not volume:
            return None
        low, high = low * volume, high * volume if high is not None else None
        basis, state, rule = FLAT, INFERRED, VOLUME_RULE
    flags, written_from = amount.flags, start
    if (high or low) > (_MOST_PER_KG if basis == PER_KG else _MOST_GIVEN):
        flags = (*flags, IMPLAUSIBLE)
    if bound := _bound(text, marked, amount, head_start):
        flags, written_from = (*flags, bound[0]), min(start, bound[1])
    sentence = sentence_at(text, amount.start)
    if PART not in flags and matches_in(marked.matches, *sentence, "SPLIT"):
        flags = (*flags, SPLIT)
    is_brief = unit.noun is None or marked.section.kind == TITLE or _is_name(marked)
    return Counted(
        marked, low, high, basis or FLAT, start, end, marked.section.text[written_from:end], unit.site, flags, state,
        rule, sentence, is_plain_cells=not basis and is_brief,
    )  # fmt: skip


def _bound(text: str, marked: Marked, amount: Amount, head_start: int) -> tuple[str, int] | None:
    """Whether a number is only the most or the least that is given, and where that is said; a range has its bounds."""
    if amount.high is not None:
        return None
    start = amount.whole_start
    for sign, flag in _SIGNS:
        if found := sign.search(text, max(0, start - 4), start):
            return flag, found.start()
    cues = matches_in(marked.matches, head_start, start, *_BOUNDS)
    if cues and _TO_NUMBER.fullmatch(text, cues[-1].end, start):
        return _BOUNDS[cues[-1].kind], cues[-1].start
    return None


def _surety(amount: Amount) -> tuple[str, str]:
    """How sure the number itself is, and the rule by which an odd writing was read."""
    if TWO_VALUES in amount.flags:
        return CONFLICTING, ""
    if {LOST_SUPERSCRIPT, LOST_SIGN, ODD_POWER, TEN_E} & set(amount.flags):
        return INFERRED, "power of ten"
    return STATED, ""


def _volume(text: str, amount: Amount, head_start: int, end: int) -> Decimal | None:
    """The one volume in ml that stands beside a concentration, if there is just one."""
    stop = _CLAUSE_END.search(text, end, end + 80)
    found = {
        match[1]
        for match in (
            *_VOLUME.finditer(text, head_start, amount.whole_start),
            *_VOLUME.finditer(text, end, stop.start() if stop else end + 80),
        )
    }
    return Decimal(found.pop()) if len(found) == 1 else None
