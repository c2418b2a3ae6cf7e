"""Which of the numbers in a text are amounts of cells that are given. What is counted, kept or reported is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from trials.reading.clauses import matches_in, sentence_at
from trials.reading.facts import CONFLICTING, INFERRED, STATED
from trials.reading.lexicon import CELL_TYPE, Match
from trials.reading.marked import Marked
from trials.reading.numbers import (
    LETTER,
    LOST_SUPERSCRIPT,
    ODD_POWER,
    PLAIN,
    POWER,
    TEN_E,
    WORD,
    Amount,
    amounts,
    fold,
    may_hold_amounts,
)
from trials.reading.sections import ARM, INTERVENTION, NAME, PRODUCT, TITLE
from trials.reading.units import CELLS, FLAT, PER_BLOOD, PER_KG, PER_M2, PER_ML, PER_SITE, TOLERANCE, Unit, read_unit

_LEAST, _MOST = Decimal(1000), Decimal(10) ** 13
_LEAST_UNNAMED = Decimal(1_000_000)
UNITS_FOR_CELLS, TWO_VALUES = "units-for-cells", "two-values"
# How far behind a number its word for cells may stand, in characters.
_NOUN_WITHIN = {POWER: 90, WORD: 70, LETTER: 40, PLAIN: 40}
_DOSE_WITHIN, _NAME_LENGTH = 8, 60
_REACH_BACK, _REACH_ON = 140, 60
_CLAUSE_END = re.compile(r"[;\n]|[.?!](?=\s)")
_LIST = re.compile(
    r"\s?(?:\([^()]{0,30}\)\s?|\)\s?)?(?:,\s?and|,\s?or|,\s?then|and\sthen|then|,|;|and|or|to|/|&|\+|vs\.?|versus|#|\||-|→)\s?"
    r"(?:\S{0,3}\s|(?:[a-z]+\s){1,2}\()?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s?(?:-+|to|through(?:\sto)?|(?:but|and)\s?(?:≤|<|(?:no|not)\smore\sthan|less\sthan)|and\sup\sto|up\sto|or\sup\sto|to\sa?\s?max\w*\s(?:of\s)?)\s?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|ranging\sfrom|range\sof|from)\s$", re.IGNORECASE)
_AND = re.compile(r"\s?(?:and|to)\s?", re.IGNORECASE)
_MAXIMUM = re.compile(
    r"\W{0,3}(?:(?:and|or|with|but)\s)?(?:up\sto\s)?(?:a\s|the\s)?(?:no\smore\sthan|max\w*\W)(?:[a-z]+\W+){0,6}$",
    re.IGNORECASE,
)
_MINIMUM = re.compile(r"\bmin(?:imum|imal|\.)|at\sleast|≥|no\sless\sthan", re.IGNORECASE)
_UNITS = re.compile(r"\s?units?\b", re.IGNORECASE)
_OPEN, _CLOSE = re.compile(r"\s?[(\[]\s?"), re.compile(r"\s?[)\]]")
_IS = re.compile(r"\b(?:is|are|was|were|be|been)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_FRACTION = re.compile(
    r"\d\s?%\s?(?:\(|fraction|of\b[^.;,\d]{0,30}dose)?[^,.;%\d)]{0,12}[:(=]?\s*$|\bfraction\W{0,3}$", re.IGNORECASE
)
_PER_KG_BEFORE = re.compile(
    r"(?:cells?|\+|dos\w+)\s?\(?\)?\s?(?:/|per)\s?kg\b(?:[^.;\n]|\.(?=\d)){0,140}$", re.IGNORECASE
)
_VOLUME = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)\s?(?:mL|ml|cc)\b(?!\s?/|\s(?:per|each|in\seach))")


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
    def key(self) -> tuple[Decimal, Decimal | None, str]:
        return self.low.normalize(), self.high.normalize() if self.high is not None else None, self.basis


def counted(marked: Marked) -> list[Counted]:
    """The amounts of cells that a section says are given, in the order of the text."""
    text = fold(marked.section.text)
    if not may_hold_amounts(text):
        return []
    pairs = list(_ranges(text, _with_units(text, marked)))
    _pass_units_on(text, pairs)
    return [
        found
        for place, (amount, unit) in enumerate(pairs)
        if (found := _judge(text, marked, amount, unit, place, pairs))
    ]


def _with_units(text: str, marked: Marked) -> Iterator[tuple[Amount, Unit]]:
    found = list(_once(text, amounts(text)))
    for place, amount in enumerate(found):
        limit = found[place + 1].start if place + 1 < len(found) else len(text)
        whole = max(amount.end, amount.whole_end)
        if amount.end < amount.whole_end:  # "1, 2 and 4 million cells": what follows the list holds for each
            limit = next((later.start for later in found[place + 1 :] if later.start >= whole), len(text))
        yield amount, read_unit(text, marked.matches, whole, limit)


def _once(text: str, found: list[Amount]) -> Iterator[Amount]:
    """Without amounts that only say the one before them again: `1 x 10^6 (one million) cells`."""
    place = 0
    while place < len(found):
        amount = found[place]
        place += 1
        again = found[place] if place < len(found) else None
        if again is not None and (again.low, again.high) == (amount.low, amount.high):
            close = _CLOSE.match(text, again.end)
            if close is not None and _OPEN.fullmatch(text, amount.end, again.start):
                amount = replace(amount, end=close.end(), whole_end=close.end())
                place += 1
        elif again is not None and again.style != PLAIN and _OPEN.fullmatch(text, amount.end, again.start):
            if _CLOSE.match(text, again.end) and again.whole_end == again.end:
                # "2 x 10^6 (20 million) cells": both are kept, for nobody knows which is meant.
                amount = replace(amount, flags=(*amount.flags, TWO_VALUES))
                found[place] = replace(again, flags=(*again.flags, TWO_VALUES))
        yield amount


def _ranges(text: str, pairs: Iterator[tuple[Amount, Unit]]) -> Iterator[tuple[Amount, Unit]]:
    """Pairs of amounts that are the ends of one range: `5×10^4 /kg to 1×10^7 /kg`, `minimum … and maximum …`."""
    waiting: tuple[Amount, Unit] | None = None
    for amount, unit in pairs:
        if waiting is not None:
            joined = _range(text, *waiting, amount, unit)
            if joined is not None:
                yield joined
                waiting = None
                continue
            yield waiting
        waiting = amount, unit
    if waiting is not None:
        yield waiting


def _range(text: str, first: Amount, low: Unit, second: Amount, high: Unit) -> tuple[Amount, Unit] | None:
    if first.high is not None or second.high is not None or second.low <= first.low:
        return None
    if (low.basis and high.basis and low.basis != high.basis) or low.other or high.other:
        return None
    between = text[max(first.end, low.end) : second.start] if low.basis or low.noun else text[first.end : second.start]
    if tolerance := TOLERANCE.match(between):
        between = between[tolerance.end() :]
    head = text[max(0, first.start - 60) : first.start]
    is_range = (
        _RANGE.fullmatch(between)
        or (_BETWEEN.search(head) and _AND.fullmatch(between))
        or (_MINIMUM.search(head) and _MAXIMUM.fullmatch(between))
    )
    if not is_range:
        return None
    flags = tuple(dict.fromkeys(first.flags + second.flags))
    joined = Amount(first.low, first.start, second.end, first.style, second.low, flags)
    unit = high if high.basis or not low.basis else replace(low, end=second.end)
    return joined, replace(unit, noun=unit.noun or low.noun)


def _pass_units_on(text: str, pairs: list[tuple[Amount, Unit]]) -> None:
    """In a list one amount carries the unit: `1×10^6, 3×10^6 and 1×10^7 cells/kg`, or `1×10^6/kg, then 3×10^6`."""
    for place in range(len(pairs) - 2, -1, -1):
        amount, unit = pairs[place]
        following, theirs = pairs[place + 1]
        if unit.basis or unit.noun or unit.other or following.start < amount.whole_end:
            continue
        if _LIST.fullmatch(text, amount.end, following.start):
            pairs[place] = amount, replace(theirs, end=amount.end)
    for place in range(1, len(pairs)):
        amount, unit = pairs[place]
        before, theirs = pairs[place - 1]
        if theirs.basis in (PER_KG, PER_M2) and not (unit.basis or unit.noun or unit.other):
            if _LIST.fullmatch(text, max(before.end, theirs.end), amount.start):
                pairs[place] = amount, replace(theirs, end=amount.end)


# ---------------------------------------------------------------------------------------------------------- judging
def _judge(
    text: str, marked: Marked, amount: Amount, unit: Unit, place: int, pairs: list[tuple[Amount, Unit]]
) -> Counted | None:
    flags = amount.flags
    if unit.other and (units := _UNITS.match(text, amount.end)):
        # "MSC 30 million units": cells all the same, where cells are what was named just before.
        if matches_in(marked.matches, amount.whole_start - 14, amount.whole_start, *CELLS):
            unit, flags = read_unit(text, marked.matches, units.end(), units.end() + 40), (*flags, UNITS_FOR_CELLS)
            amount = replace(amount, flags=flags)
    if unit.other or unit.basis == PER_BLOOD:
        return None
    if not _LEAST <= amount.low <= _MOST:
        return None
    head_start = _clause_start(text, amount.whole_start)
    if not _says_cells(text, marked, amount, unit, head_start):
        return None
    if _is_elsewhere(text, marked, amount, unit, head_start):
        return None
    if _FRACTION.search(text, head_start, amount.whole_start):
        return None
    return _made(text, marked, amount, unit, head_start)


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
    if matches_in(marked.matches, amount.whole_start - _NAME_LENGTH, amount.whole_start, *CELLS):
        directly = marked.matches  # “MSCs (20,000,000)”, “LMSC 10 million”
        cells = matches_in(directly, amount.whole_start - _NAME_LENGTH, amount.whole_start, *CELLS)
        if amount.whole_start - cells[-1].end <= 3 and amount.low >= _LEAST_UNNAMED:
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


def _made(text: str, marked: Marked, amount: Amount, unit: Unit, head_start: int) -> Counted | None:
    start, end = amount.start, max(amount.end, unit.end if unit.end <= amount.end + 130 else amount.end)
    basis, state, rule = unit.basis, STATED, ""
    low, high = amount.low, amount.high
    if basis == PER_ML:
        volume = _volume(text, amount, head_start, end)
        if volume is None:
            return None
        low, high = low * volume, high * volume if high is not None else None
        basis, state, rule = FLAT, INFERRED, "volume times concentration"
    plain = not basis and (unit.noun is None or marked.section.kind == TITLE or _is_name(marked))
    if not basis and _PER_KG_BEFORE.search(text, head_start, amount.whole_start):
        basis, plain = PER_KG, False
    if {LOST_SUPERSCRIPT, ODD_POWER, TEN_E} & set(amount.flags):
        state, rule = INFERRED, rule or "power of ten"
    if TWO_VALUES in amount.flags:
        state, rule = CONFLICTING, ""
    written = marked.section.text[amount.start : max(amount.end, unit.end)]
    if amount.end < amount.whole_end:
        start, end = amount.whole_start, max(end, amount.whole_end)
        written = marked.section.text[start:end]
    return Counted(
        marked,
        low,
        high,
        basis or FLAT,
        start,
        end,
        written,
        unit.site,
        amount.flags,
        state,
        rule,
        sentence_at(text, amount.start),
        plain,
    )


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
