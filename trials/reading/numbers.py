"""Amounts in a text: numbers in any notation, alone, as the ends of a range, or in a list that shares its power.

`2-4 x 10^8` is one amount with two ends; `0.5, 1 and 2 x 10^6` are three. Only numbers, no units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from trials.reading.notations import (
    BARE,
    COEFFICIENT,
    PLAIN,
    POWER,
    QUANTITY,
    Figure,
    bare_figure,
    coefficient,
    figure,
    marks,
)

# How far before and behind a mark the words of its amount may stand, in characters.
_LEAD, _TAIL = 50, 24

# What joins two amounts to a range, and what joins them to a list.
_TO = r"\s?(?:-+|to|through|until|up\sto|or\sup\sto)\s?"
_AND = r"\s?(?:,\s?and|,\s?or|,|;|and|or|/|&|\+|vs\.?|versus|\#|\||→|->)\s?"
_BEFORE = re.compile(rf"(?P<coef>{COEFFICIENT})(?P<join>(?P<to>{_TO})|{_AND})$", re.IGNORECASE)
# A number before a comma that is the name of a group and no amount: "cohort 1, 2 x 10^6".
_NAMES_A_GROUP = re.compile(
    r"(?:group|cohort|arm|level|day|days|step|tier|stage|phase|part|week|month|visit|dose|no\.?|schedule|subject|patient)s?"
    r"\s?#?\s?$",
    re.IGNORECASE,
)
_FIRST = re.compile(COEFFICIENT)
_STARTS_FREELY = re.compile(r"(?:^|[\s(\[:=<>≤≥±])$")
_RANGE = re.compile(r"\s?(?:-+|to|through(?:\sto)?|until|and\sup\sto|up\sto|or\sup\sto)\s?", re.IGNORECASE)
_SAME_POWER = re.compile(r"\s?-\s?(\d{1,2})(?![\d.,]|\s?[x*])")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a range (`high`), where it stands, and how it is written.

    `whole_start`..`whole_end` is the list or range that gives it its power ("0.5, 1 and 2 x 10^6").
    """

    low: Decimal
    start: int
    end: int
    style: str
    high: Decimal | None = None
    flags: tuple[str, ...] = ()
    whole_start: int = -1
    whole_end: int = -1

    def __post_init__(self) -> None:
        if self.whole_start < 0:
            object.__setattr__(self, "whole_start", self.start)
            object.__setattr__(self, "whole_end", self.end)


def amounts(text: str) -> list[Amount]:
    """Every large number of a folded text, in order; ranges as one, lists as several."""
    found: list[Amount] = []
    for start, end in _windows(text):
        found.extend(_joined(text, list(_read(text, start, end))))
    return found


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Stretches around the marks, each from some words before its first to some after its last; they do not touch."""
    start = end = -1
    for mark_start, mark_end in marks(text):
        if mark_start - _LEAD > end:
            if end >= 0:
                yield start, end
            start = max(mark_start - _LEAD, 0)
            while start > 0 and (text[start - 1].isalnum() or text[start - 1] in ".,"):
                start -= 1
        end = mark_end + _TAIL
    if end >= 0:
        yield start, end


def _read(text: str, start: int, end: int) -> Iterator[Amount]:
    place = floor = start
    end = min(len(text), end)
    match, bare = QUANTITY.search(text, place, end), BARE.search(text, place, end)
    while True:
        # What was found further on still is what comes next.
        if match is not None and match.start() < place:
            match = QUANTITY.search(text, place, end)
        if bare is not None and bare.start() < place:
            bare = BARE.search(text, place, end)
        if bare is not None and (match is None or bare.start() <= match.start()):
            if (read := bare_figure(bare)) is not None:
                yield _amount(read, bare.start())
            place = floor = bare.end()
        elif match is None:
            return
        else:
            if (read := figure(match)) is not None:
                yield from _with_those_before(text, floor, _amount(read, match.start()))
                floor = match.end()
            place = max(match.end(), match.start() + 1)


def _amount(read: Figure, start: int) -> Amount:
    return Amount(read.value, start, read.end, read.style, flags=read.flags)


def _with_those_before(text: str, floor: int, amount: Amount) -> Iterator[Amount]:
    """The amount, and the bare numbers that share its power: a range ("2-4 x 10^8") or a list before it."""
    scale = _scale_of(text, amount)
    numbers: list[tuple[Decimal, int, int, bool]] = []
    place = amount.start
    while scale is not None and (before := _BEFORE.search(text, max(floor, place - 24), place)):
        head = text[max(0, before.start() - 12) : before.start()]
        if not (_STARTS_FREELY.search(head) or _BEFORE.search(text, floor, before.start()) or head.endswith("-")):
            break
        if _NAMES_A_GROUP.search(head):
            numbers = [] if not before["to"] and not numbers else numbers
            break
        value = coefficient(before["coef"])[0]
        if value <= 0 or value >= 1000:
            break
        numbers.insert(0, (value, before.start(), before.end("coef"), bool(before["to"])))
        place = before.start()
    yield from _shared(amount, scale or Decimal(1), numbers)


def _shared(amount: Amount, scale: Decimal, numbers: list[tuple[Decimal, int, int, bool]]) -> Iterator[Amount]:
    if not numbers:
        yield amount
        return
    start, end = numbers[0][1], amount.end
    if sum(joined for *_, joined in numbers) > 1 and all(joined for *_, joined in numbers):
        numbers = [(value, first, last, False) for value, first, last, _ in numbers]  # "0.5-1-2": steps, no range
    low: tuple[Decimal, int] | None = None
    for value, first, last, is_range in [*numbers, (amount.low / scale, amount.start, amount.end, False)]:
        if low is not None and value > low[0]:
            yield replace(
                amount, low=low[0] * scale, high=value * scale, start=low[1], end=last, whole_start=start, whole_end=end
            )
            low = None
        elif is_range:
            low = (value, first)
        else:
            if low is not None:
                yield replace(amount, low=low[0] * scale, start=low[1], end=last, whole_start=start, whole_end=end)
                low = None
            yield replace(amount, low=value * scale, start=first, end=last, whole_start=start, whole_end=end)


def _scale_of(text: str, amount: Amount) -> Decimal | None:
    """What the first number of an amount is multiplied by; None where it is no product."""
    if amount.style == PLAIN:
        return None
    first = _FIRST.match(text, amount.start)
    if first is None or first.end() > amount.end:
        return None
    value = coefficient(first[0])[0]
    return amount.low / value if value else None


def _joined(text: str, found: list[Amount]) -> Iterator[Amount]:
    """Two amounts with a sign of a range between them as one; `10^6-7` as one."""
    place = 0
    while place < len(found):
        amount = found[place]
        following = found[place + 1] if place + 1 < len(found) else None
        if amount.high is None and following is not None and following.high is None and following.low > amount.low:
            between = text[amount.end : following.start]
            if amount.whole_end <= following.start and _RANGE.fullmatch(between):
                flags = tuple(dict.fromkeys(amount.flags + following.flags))
                yield Amount(amount.low, amount.start, following.end, amount.style, following.low, flags)
                place += 2
                continue
        yield _with_next_power(text, amount)
        place += 1


def _with_next_power(text: str, amount: Amount) -> Amount:
    """`1 x 10^6-7`: from ten to the sixth to ten to the seventh."""
    after = _SAME_POWER.match(text, amount.end)
    if after is None or amount.high is not None or amount.style != POWER:
        return amount
    low = amount.low.adjusted()
    if int(after[1]) != low + 1 or amount.low != Decimal(10) ** low:
        return amount
    return replace(amount, high=Decimal(10) ** (low + 1), end=after.end(), whole_end=after.end())
