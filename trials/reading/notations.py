"""How amounts are written: powers of ten in every notation, words for numbers, grouped digits. One number at a time.

`1.5 x 10^6`, `1×10⁷`, `5 x 10(6)`, `1.0E+06`, `1x1,000,000`, `30 000 000`, `1.5 million`, `10^7`. What is odd in the
writing is flagged: LOST_SUPERSCRIPT (`90*106`), ODD_POWER (`10-7`, `10*7`, `10/7`), TEN_E (`10e6` says ten times what
its writer meant), DOTS_FOR_COMMAS (`1.000.000`), LOST_SIGN (`1.5 10^6`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

LOST_SUPERSCRIPT, ODD_POWER, TEN_E, DOTS_FOR_COMMAS = "lost-superscript", "odd-power", "ten-e", "dots-for-commas"
LOST_SIGN = "lost-sign"

# How much the writing itself says that a count of something is meant.
POWER, WORD, LETTER, PLAIN = "power", "word", "letter", "plain"
# Exponents that a count of cells may have.
_POWERS = range(3, 14)

# One character for one, so that places in the folded text are places in the text.
_FOLDED: dict[int, str] = str.maketrans(
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
        # Letters that a pattern without regard to case takes for these: “5 MİLLİON”.
        "ı": "i",
        "İ": "I",
        "ſ": "s",
        "\u212a": "K",
    }
)
_FOLDABLE = re.compile(f"[{re.escape(''.join(map(chr, _FOLDED)))}]")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# A cheap look for places where an amount may stand; `amounts` reads only around these.
_MARK = re.compile(
    r"[0-9](?:(?<=1)0(?:[ \\]{0,2}[\^(\[{'<⁰¹²³⁴⁵⁶⁷⁸⁹*/.-]|\s?[eE]| ?[4-9](?!\d)|1[0-2](?!\d))"
    r"|[,. '][0-9]{3}\b|000\b|[0-9]000|\s?[eE]\+?[0-9]| ?-?(?:MM?|B|K|mio|Mio|mln|bn)\b)"
)
# Words of which only the end is looked for: any case of their first letter.
_MARK_WORDS = ("illion", "housand", "ILLION")

_PLAIN_COEFFICIENT = (
    r"(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?:[ ']\d{3})+(?![\d])|\d{1,3}(?:\.\d{3}){2,}(?!\d)"
    r"|\d+(?:[.,]\d+)?|\.\d+)"
)
# "of 2. 5 x 10^6", "(0. 9-1.1 x 10^9": a decimal that a copy of the registry tore apart. "2·5 × 10^6": a raised point.
_TORN = (
    r"(?:(?:(?<=[a-z~(:,<>≤≥]\s)|(?<=[(~<>≤≥-])|(?<=-\s))\d{1,2}\.\s\d{1,2}(?=\s?(?:[-x*]|million))"
    r"|\d·\d{1,2}(?=\s?x))"
)
COEFFICIENT = f"(?:{_TORN}|{_PLAIN_COEFFICIENT})"
_EVEN_POWER = (
    r"\s?\\?(?:\^+|\*\*|exp\.?)\s?(?:[({\[]\s?\+?(?P<closed>\d{1,2})\s?[)}\]]|\+?(?P<caret>\d{1,2}))"
    r"|\s?(?P<sup>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})"
    r"|\s?[eE]\s?\^?\+?0?(?P<ten_e>\d{1,2})(?!\d)"
    r"|\s?[(\[{]\s?\^?(?P<paren>\d{1,2})\s?[)\]}]"
    r"|<sup>\s?(?P<html>\d{1,2})\s?</sup>"
    r"|\s?(?P<lost>[4-9]|1[0-2])(?![\d%]|\.\d|,\d(?!\.?\d*\s?[x*]))"
)
_ODD_POWER = (
    r"\s?['*/.]\s?(?P<sign>[4-9]|1[0-2])(?![\d.])"
    r"|\s?\^?-\s?(?P<minus>[4-9]|1[0-2])(?![\d.])"
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

# A number with what it is multiplied by. `full` is a number that stands for itself.
QUANTITY = re.compile(
    rf"""
    (?:(?<![\w^]) (?<!\d\.) (?<!0\.\s) (?<!\d,(?=\d{{3}})) (?<!(?-i:[A-Z])-) | (?<=\dx))
    (?:
      (?P<coef>{COEFFICIENT})
      (?: (?:\s?\)?\s?(?:[x*·]|times)\s?|\.(?=10\s?[\^⁰¹²³⁴⁵⁶⁷⁸⁹])
            |(?<=\d[.,]\d)(?P<no_sign>\s)(?=10\s?[\^⁰¹²³⁴⁵⁶⁷⁸⁹eE]))
          (?: 10(?:{_EVEN_POWER}|{_ODD_POWER}) | (?P<mult>\d{{1,3}}(?:,\d{{3}})+|10{{3,9}}) (?![\d^]))
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
# A power of ten without a number before it.
BARE = re.compile(
    rf"(?<![\w^*·])(?<!\d\.)(?<!\d,(?=\d{{3}}))(?<![x*·]\s)(?<!(?-i:[A-Z])-)10(?:{_EVEN_POWER})", re.IGNORECASE
)
# "1,5-3,010E6": 3,0 times ten to the sixth without its sign, or 3,010 million? Nobody knows.
_RUN_TOGETHER = re.compile(r"\d{1,3},\d10")
_GROUPED = re.compile(r"\d{1,3}(?:[ ,.']\d{3})+")


class Figure(NamedTuple):
    """A number as it is written; `end` is where it ends in its text."""

    value: Decimal
    style: str
    flags: tuple[str, ...]
    end: int


def fold(text: str) -> str:
    """`text` with one sign for each of ×, ~, –, full-width digits and the like; every character keeps its place."""
    if text.isascii():
        return text.replace("~", "-") if "~" in text else text
    for char in set(_FOLDABLE.findall(text)):
        text = text.replace(char, _FOLDED[ord(char)])
    return text


def marks(text: str) -> list[tuple[int, int]]:
    """The places in a folded text that look like large numbers, in order; a cheap look."""
    found = [mark.span() for mark in _MARK.finditer(text)]
    for word in _MARK_WORDS:
        place = text.find(word)
        while place >= 0:
            found.append((place, place + len(word)))
            place = text.find(word, place + 1)
    return sorted(found)


def may_hold_amounts(text: str) -> bool:
    """Whether a text (folded) has any place that looks like a large number."""
    return _MARK.search(text) is not None or any(word in text for word in _MARK_WORDS)


def bare_figure(match: re.Match[str]) -> Figure | None:
    """What a match of `BARE` says: `10^7`; a lost superscript behind a hyphen is a name ("ABC-C19-108")."""
    exponent, flags = _exponent(match)
    if exponent not in _POWERS:
        return None
    if LOST_SUPERSCRIPT in flags and match.string[match.start() - 1 : match.start()] == "-":
        return None
    return Figure(Decimal(10) ** exponent, POWER, flags, match.end())


def figure(match: re.Match[str]) -> Figure | None:
    """What a match of `QUANTITY` says, or None for a small number that stands for itself."""
    if match["number_word"]:
        words, scale = (" ".join(match[name].lower().split()) for name in ("number_word", "word_scale"))
        return _made(Decimal(_WORDS[words]).scaleb(_SCALES[scale]), WORD, (), match.end())
    value, flags = coefficient(match["coef"])
    if match["full"] is not None:
        return _full(match, value, flags)
    if match["scale"]:
        scale = " ".join(match["scale"].lower().split())
        return _made(value.scaleb(_SCALES[scale]), WORD, flags, match.end())
    if match["letter"]:
        return _made(value.scaleb(_SCALES[match["letter"].lower()]), LETTER, flags, match.end())
    if match["mult"]:
        return _made(value * Decimal(match["mult"].replace(",", "")), POWER, flags, match.end())
    if match["e"]:
        if _RUN_TOGETHER.fullmatch(match["coef"]):
            return None
        exponent = int(match["exp"])
        more: tuple[str, ...] = ()
        if match["coef"] == "10":
            value, more = Decimal(1), (TEN_E,)
        return _made(value.scaleb(exponent), POWER, flags + more, match.end()) if exponent in _POWERS else None
    exponent, more = _exponent(match)
    if match["no_sign"]:
        more = (*more, LOST_SIGN)
    return _made(value.scaleb(exponent), POWER, flags + more, match.end()) if 1 <= exponent <= 13 else None


def _full(match: re.Match[str], value: Decimal, flags: tuple[str, ...]) -> Figure | None:
    """A number in full: grouped, or a long round one, not a year or the number of a document."""
    written, end = match["coef"], match.end("coef")
    if re.fullmatch(r"\d{1,3}\.000", written):
        return _made(value * 1000, PLAIN, (DOTS_FOR_COMMAS,), end)
    is_round = len(written) >= 5 and written.endswith("00")
    if value < 1000 or not (is_round if written.isdigit() else _GROUPED.match(written)):
        return None
    return _made(value, PLAIN, flags, end)


def _made(value: Decimal, style: str, flags: tuple[str, ...], end: int) -> Figure | None:
    return Figure(value, style, flags, end) if value > 0 else None


def coefficient(written: str) -> tuple[Decimal, tuple[str, ...]]:
    """A number with its groups or its decimals: `1.000.000` is a million, `1,5` one and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", written):
        return Decimal(written.replace(".", "")), (DOTS_FOR_COMMAS,)
    if re.fullmatch(r"\d{1,3}(?:[ ',]\d{3})+(?:\.\d+)?", written) and not written.startswith("0,"):
        return Decimal(re.sub(r"[ ',]", "", written)), ()
    return Decimal(written.replace(",", ".").replace("·", ".").replace(" ", "")), ()


def _exponent(match: re.Match[str]) -> tuple[int, tuple[str, ...]]:
    groups = match.groupdict()
    if odd := groups.get("minus") or groups.get("sign"):
        return int(odd), (ODD_POWER,)
    if groups["lost"]:
        return int(groups["lost"]), (LOST_SUPERSCRIPT,)
    if groups["ten_e"]:
        return int(groups["ten_e"]), (TEN_E,)
    written = next(groups[name] for name in ("caret", "closed", "sup", "paren", "html") if groups[name])
    return int(written.translate(_SUPERSCRIPTS)), ()
