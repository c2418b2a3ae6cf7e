"""Which unit an amount has: its own, that of the range it ends, or that of the list it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trials.reading.lexicon import Matches
from trials.reading.notations import PLAIN
from trials.reading.numbers import Amount, amounts
from trials.reading.units import PER_KG, PER_M2, TOLERANCE, Unit, read_unit

# Two values are given for one dose: "2 x 10^6 (20 million) cells".
TWO_VALUES = "two-values"

_LIST = re.compile(
    r"\s?(?:\([^()]{0,30}\)\s?|\)\s?)?"
    r"(?:,\s?and|,\s?or|,\s?then|and\sthen|then|,|;|and|or|to|/|&|\+|vs\.?|versus|#|\||-|→)\s?"
    r"(?:\S{0,3}\s|(?:[a-z]+\s){1,2}\()?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s?(?:-+|to|through(?:\sto)?|(?:but|and)\s?(?:≤|<|(?:no|not)\smore\sthan|less\sthan)"
    r"|(?:and\s|or\s)?up\sto|to\sa?\s?max\w*\s(?:of\s)?)\s?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|ranging\sfrom|range\sof|from)\s$", re.IGNORECASE)
_AND = re.compile(r"\s?(?:and|to)\s?", re.IGNORECASE)
_MAXIMUM = re.compile(
    r"\W{0,3}(?:(?:and|or|with|but)\s)?(?:up\sto\s)?(?:a\s|the\s)?(?:no\smore\sthan|max\w*\W)(?:[a-z]+\W+){0,6}$",
    re.IGNORECASE,
)
_MINIMUM = re.compile(r"\bmin(?:imum|imal|\.)|at\sleast|≥|no\sless\sthan", re.IGNORECASE)
_OPEN, _CLOSE = re.compile(r"\s?[(\[]\s?"), re.compile(r"\s?[)\]]")


def with_units(text: str, matches: Matches) -> list[tuple[Amount, Unit]]:
    """The amounts of a folded text with their units: a range as one, each of a list with the unit that it shares."""
    pairs = list(_ranges(text, _with_own_units(text, matches)))
    _pass_units_on(text, pairs)
    return pairs


def _with_own_units(text: str, matches: Matches) -> Iterator[tuple[Amount, Unit]]:
    found = list(_once(text, amounts(text)))
    for place, amount in enumerate(found):
        limit = found[place + 1].start if place + 1 < len(found) else len(text)
        whole = max(amount.end, amount.whole_end)
        if amount.end < amount.whole_end:  # "1, 2 and 4 million cells": what follows the list holds for each
            limit = next((later.start for later in found[place + 1 :] if later.start >= whole), len(text))
        yield amount, read_unit(text, matches, whole, limit)


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
        elif again is not None and _is_aside(text, amount, again):
            # "2 x 10^6 (20 million) cells": both are kept, for nobody knows which is meant.
            amount = replace(amount, flags=(*amount.flags, TWO_VALUES))
            found[place] = replace(again, flags=(*again.flags, TWO_VALUES))
        yield amount


def _is_aside(text: str, amount: Amount, again: Amount) -> bool:
    """Whether a second amount stands alone in brackets right behind the first."""
    if again.style == PLAIN or again.whole_end != again.end:
        return False
    return bool(_OPEN.fullmatch(text, amount.end, again.start) and _CLOSE.match(text, again.end))


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
        lacks_unit = not (unit.basis or unit.noun or unit.other)
        is_listed = _LIST.fullmatch(text, max(before.end, theirs.end), amount.start)
        if theirs.basis in (PER_KG, PER_M2) and lacks_unit and is_listed:
            pairs[place] = amount, replace(theirs, end=amount.end)
