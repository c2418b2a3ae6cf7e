"""Amounts as they are written: powers of ten in every notation, words and grouped digits. Only numbers, no units.

`1.5 x 10^6`, `1×10⁷`, `5 x 10(6)`, `1.0E+06`, `1x1,000,000`, `30 000 000`, `2-4 million`, `0.5, 1 and 2 x 10^6`.
What is odd in the writing is flagged, never put right in silence: LOST_SUPERSCRIPT (`90*106`), ODD_POWER (`10-7`, `10*7`, `10/7`),
TEN_E (`10e6` says ten times what its writer meant), DOTS_FOR_COMMAS (`1.000.000`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

LOST_SUPERSCRIPT, ODD_POWER, TEN_E, DOTS_FOR_COMMAS = (
    "lost-superscript", "odd-power", "ten-e", "dots-for-commas",
)  # fmt: skip

# How much the writing itself says that a count of something is meant.
POWER, WORD, LETTER, PLAIN = "power", "word", "letter", "plain"

# One character for one, so that places in the folded text are places in the text.
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("×хХ✕✖⨯╳ｘＸΧχⅹⅩ", "x"),
        **dict.fromkeys("∗＊•※", "*"),
        **dict.fromkeys("⋅∙･・", "·"),
        **dict.fromkeys("ˆ˄∧＾↑", "^"),
        **dict.fromkeys("–—‑−‐－~～∼〜˜", "-"),
        **dict.fromkeys("，、", ","),
        **dict.fromkeys("；", ";"),
        **dict.fromkeys("。", "."),
        **dict.fromkeys("：", ":"),
        **dict.fromkeys("（", "("),
        **dict.fromkeys("）", ")"),
        **dict.fromkeys("／⁄", "/"),
        **dict.fromkeys("µμ", "u"),
        **dict.fromkeys("＋", "+"),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u3000", " "),
        **dict.fromkeys("’‘´`", "'"),
    }
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# A cheap look for places where an amount may stand; `amounts` reads only around these.
_MARK = re.compile(
    r"[0-9](?:(?<=1)0(?:[ \\]{0,2}[\^(\[{'<⁰¹²³⁴⁵⁶⁷⁸⁹*/.-]| ?[eE]| ?[4-9](?!\d)|1[0-2](?!\d))|[,. '][0-9]{3}\b|000\b|[0-9]000"
    r"| ?[eE]\+?[0-9]| ?-?(?:MM?|B|K|mio|Mio|mln|bn)\b)"
)
# Words of which only the end is looked for: any case of their first letter.
_MARK_WORDS = ("illion", "housand", "ILLION")

# How far before and behind a mark the words of its amount may stand, in characters.
_LEAD, _TAIL = 80, 24

_COEF = (
    r"(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?:[ ']\d{3})+(?![\d])|\d{1,3}(?:\.\d{3}){2,}(?!\d)"
    r"|\d+(?:[.,]\d+)?|\.\d+)"
)
# "of 2. 5 x 10^6", "(0. 9-1.1 x 10^9": a decimal that a copy of the registry tore apart; "2·5 × 10^6": a raised point.
_SPACED = r"(?:(?:(?<=[a-z~(:]\s)|(?<=[(~-])|(?<=-\s))\d\.\s\d{1,2}(?=\s?(?:[-x*]|million))|\d·\d{1,2}(?=\s?x))"
_POWER_OF_TEN = (
    r"10(?:"
    r"\s?\\?(?:\^+|\*\*|exp\.?)\s?[({\[]?\s?\+?(?P<caret>\d{1,2})(?:\s?[)}\]])?"
    r"|\s?(?P<sup>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})"
    r"|\s?[eE]\s?\^?\+?0?(?P<ten_e>\d{1,2})(?!\d)"
    r"|\s?[(\[{]\s?\^?(?P<paren>\d{1,2})\s?[)\]}]"
    r"|<sup>\s?(?P<html>\d{1,2})\s?</sup>"
    r"|\s?['*/.]\s?(?P<sign>[4-9]|1[0-2])(?![\d.])"
    r"|\s?\^?-\s?(?P<minus>[4-9]|1[0-2])(?![\d.])"
    r"|\s?(?P<lost>[4-9]|1[0-2])(?![\d%]|\.\d|,\d(?!\.?\d*\s?[x*]))"
    r")"
)
_WORDS: dict[str, int | Decimal] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "one hundred": 100, "a hundred": 100, "two hundred": 200, "three hundred": 300,
    "four hundred": 400, "five hundred": 500, "half a": Decimal("0.5"), "half": Decimal("0.5"), "a": 1,
}  # fmt: skip
_NUMBER_WORD = "|".join(sorted((word.replace(" ", r"\s") for word in _WORDS), key=len, reverse=True))
_SCALES = {
    "hundred million": 8, "million": 6, "millions": 6, "mio": 6, "mln": 6, "m": 6, "mm": 6,
    "billion": 9, "billions": 9, "bn": 9, "b": 9, "thousand": 3, "k": 3, "trillion": 12,
}  # fmt: skip
_SCALE = r"(?:hundred\smillion|[mb]illions?|trillion|thousand|mio\b|mln\b|bn\b)"

_QUANTITY = re.compile(
    rf"""
    (?:(?<![\w.^]) (?<!\d,(?=\d{{3}})) (?<!(?-i:[A-Z])-) | (?<=\dx))
    (?:
      (?P<coef>{_SPACED}|{_COEF})
      (?: (?:\s?\)?\s?(?:[x*·]|times)\s?|\.(?=10\s?[\^⁰¹²³⁴⁵⁶⁷⁸⁹])) (?:{_POWER_OF_TEN} | (?P<mult>\d{{1,3}}(?:,\d{{3}})+|10{{3,9}}) (?![\d^]))
        | (?P<e>(?:(?<=\.\d)\s)?[eE]) \s?\^?\+?0?(?P<exp>\d{{1,2}}) (?!\d)
        | [\s-]? (?P<scale>{_SCALE}) (?![a-z])
        | \s?(?P<letter>(?-i:MM?|[BK])) (?![A-Za-z])
        | (?P<full>) (?=[^\w]|[A-Za-z]|$) (?!\s?\\?\^)
      )
      | (?P<number_word>{_NUMBER_WORD}) [\s-] (?:(?P<word_scale>{_SCALE}) (?![a-z]))
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w.^*·])(?<!\d,(?=\d{{3}}))(?<![x*·] )(?<!(?-i:[A-Z])-){_POWER_OF_TEN}", re.IGNORECASE)

# What joins two amounts to a range, and what joins them to a list.
_TO = r"\s?(?:-+|to|through|until|up\sto|or\sup\sto)\s?"
_AND = r"\s?(?:,\s?and|,\s?or|,|;|and|or|/|&|\+|vs\.?|versus|\#|\||→|->)\s?"
_BEFORE = re.compile(rf"(?P<coef>{_SPACED}|{_COEF})(?P<join>(?P<to>{_TO})|{_AND})$", re.IGNORECASE)
# A number before a comma that is the name of a group and no amount: "cohort 1, 2 x 10^6".
_NAMES_A_GROUP = re.compile(
    r"(?:group|cohort|arm|level|day|days|step|tier|stage|phase|part|week|month|visit|dose|no\.?|schedule|subject|patient)s?"
    r"\s?#?\s?$",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[ ,.']\d{3})+")
_FIRST = re.compile(rf"{_SPACED}|{_COEF}")
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


def fold(text: str) -> str:
    """`text` with one sign for each of ×, ~, –, full-width digits and the like; every character keeps its place."""
    if text.isascii():
        return text.replace("~", "-") if "~" in text else text
    return text.translate(_FOLDED)


def may_hold_amounts(text: str) -> bool:
    """Whether a text (folded) has any place that looks like a large number."""
    return _MARK.search(text) is not None or any(word in text for word in _MARK_WORDS)


def amounts(text: str) -> list[Amount]:
    """Every large number of a folded text, in order; ranges as one, lists as several."""
    found: list[Amount] = []
    for start, end in _windows(text):
        found.extend(_joined(text, list(_read(text, start, end))))
    return found


def _marks(text: str) -> list[tuple[int, int]]:
    found = [mark.span() for mark in _MARK.finditer(text)]
    for word in _MARK_WORDS:
        place = text.find(word)
        while place >= 0:
            found.append((place, place + len(word)))
            place = text.find(word, place + 1)
    return sorted(found)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Stretches around the marks, each from some words before its first to some after its last; they do not touch."""
    start = end = -1
    for mark_start, mark_end in _marks(text):
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
    while True:
        match = _QUANTITY.search(text, place, min(len(text), end))
        bare = _BARE.search(text, place, min(len(text), end))
        if bare is not None and (match is None or bare.start() <= match.start()):
            yield from _bare(bare)
            place = floor = bare.end()
            continue
        if match is None:
            return
        amount = _amount(match)
        if amount is not None:
            yield from _with_those_before(text, floor, amount)
            floor = match.end()
        place = max(match.end(), match.start() + 1)


def _bare(match: re.Match[str]) -> Iterator[Amount]:
    exponent, flags = _exponent(match)
    if 3 <= exponent <= 13 and ODD_POWER not in flags:
        yield Amount(Decimal(10) ** exponent, match.start(), match.end(), POWER, flags=flags)


def _amount(match: re.Match[str]) -> Amount | None:
    """What a match of `_QUANTITY` says, or None for a small number that stands for itself."""
    if match["number_word"]:
        value = Decimal(_WORDS[" ".join(match["number_word"].lower().split())])
        return _made(match, value.scaleb(_SCALES[" ".join(match["word_scale"].lower().split())]), WORD)
    value, flags = _coefficient(match["coef"])
    if match["mult"]:
        return _made(match, value * Decimal(match["mult"].replace(",", "")), POWER, flags)
    if match["e"]:
        exponent = int(match["exp"])
        if not 3 <= exponent <= 13:
            return None
        if match["coef"] == "10":
            flags += (TEN_E,)
            value = Decimal(1)
        return _made(match, value.scaleb(exponent), POWER, flags)
    if match["scale"]:
        return _made(match, value.scaleb(_SCALES[" ".join(match["scale"].lower().split())]), WORD, flags)
    if match["letter"]:
        return _made(match, value.scaleb(_SCALES[match["letter"].lower()]), LETTER, flags)
    if match["full"] is not None and re.fullmatch(r"\d{1,3}\.000", match["coef"]):
        return _made(match, value * 1000, PLAIN, (DOTS_FOR_COMMAS,))
    if match["full"] is not None:
        return _made(match, value, PLAIN, flags) if value >= 1000 and _is_plain(match["coef"]) else None
    exponent, more = _exponent(match)
    if not 1 <= exponent <= 13:
        return None
    return _made(match, value.scaleb(exponent), POWER, flags + more)


def _is_plain(written: str) -> bool:
    """Whether digits look like a count: grouped, or a long round number, not a year or a number of a document."""
    if not written.isdigit():
        return _GROUPED.match(written) is not None
    return len(written) >= 5 and written.endswith("00")


def _made(match: re.Match[str], value: Decimal, style: str, flags: tuple[str, ...] = ()) -> Amount | None:
    end = match.end("coef") if style == PLAIN else match.end()
    return Amount(value, match.start(), end, style, flags=flags) if value > 0 else None


def _coefficient(written: str) -> tuple[Decimal, tuple[str, ...]]:
    """A number with its groups or its decimals: `1.000.000` is a million, `1,5` one and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", written):
        return Decimal(written.replace(".", "")), (DOTS_FOR_COMMAS,)
    if re.fullmatch(r"\d{1,3}(?:[ ',]\d{3})+(?:\.\d+)?", written) and not written.startswith("0,"):
        return Decimal(re.sub(r"[ ',]", "", written)), ()
    return Decimal(written.replace(",", ".").replace("·", ".").replace(" ", "")), ()


def _exponent(match: re.Match[str]) -> tuple[int, tuple[str, ...]]:
    groups = match.groupdict()
    if groups["minus"] or groups["sign"]:
        return int(groups["minus"] or groups["sign"]), (ODD_POWER,)
    if groups["lost"]:
        return int(groups["lost"]), (LOST_SUPERSCRIPT,)
    if groups["ten_e"]:
        return int(groups["ten_e"]), (TEN_E,)
    written = next(groups[name] for name in ("caret", "sup", "paren", "html") if groups[name])
    return int(written.translate(_SUPERSCRIPTS)), ()


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
        value = _coefficient(before["coef"])[0]
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
    value = _coefficient(first[0])[0]
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
