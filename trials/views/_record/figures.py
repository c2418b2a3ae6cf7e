"""Numbers in criteria: set off from the prose, and read as limits where a text says what is limited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_POWER = r"(?:\s?[x×*]\s?10\s?(?:\^\s?[0-9]+|\([0-9]+\)|[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
_ONE = rf"{_NUMBER}{_POWER}"
# A unit is a sign, a compound with a stroke, or one of the words that criteria count in.
_UNIT = (
    r"(?:\s?(?:%|‰|°\s?C\b|(?![A-Z]{3})(?:[A-Za-zµμ%]+|[0-9]+)?/[A-Za-zµμ0-9.³²]+(?:/[0-9.]+\s?m(?:\^?2|²))?(?:/[A-Za-z]+)?\b"
    r"|(?:years?|months?|weeks?|days?|hours?|minutes?|times|[kmµμ]?g|[cmk]?m(?:\^?2|²)?|m?[lL]|mm\s?Hg|kPa|ms|IU|U|"
    r"cells|points?|episodes?|criteria|mmol|cycles?|lines?|drugs?)(?![\w-])))?"
)
_SIGN = r"(?:[<>≤≥=±~]=?\s?)?"
_FIGURE = re.compile(rf"(?<![\w.,/^-]){_SIGN}{_ONE}(?:\s?(?:[-–—±]|to)\s?{_ONE})?{_UNIT}(?![\w])")

_WORDS = {
    "≥": "≥", ">=": "≥", "at least": "≥", ">": ">", "more than": ">", "greater than": ">", "above": ">",
    "≤": "≤", "<=": "≤", "at most": "≤", "<": "<", "less than": "<", "below": "<",
}  # fmt: skip
_COMPARES = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_LIMIT = re.compile(
    rf"(?<![a-z<>=])(?P<sign>{_COMPARES})\s?(?P<value>{_NUMBER})(?P<unit>{_UNIT})"
    # A multiple of something else is no limit that compares.
    r"(?!\s?[x×*]|[\w^]|[.,][0-9])",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[,;:<>≤≥=]")
# Letters before a limit in which its quantity is looked for.
_BEFORE = 120
_FILLING = frozenset(
    """a an the of is are be was must have has had with without and or no not for patients patient participants subjects
    who whose level levels value values baseline serum plasma current any in at by than calculated estimated measured
    """.split()  # noqa: SIM905 (a list of forty words in quotes reads worse)
)
# Words that say nothing without the one before them: a platelet count is no neutrophil count.
_GENERIC = frozenset(("count", "counts", "fraction", "rate", "score", "index", "time", "ratio", "pressure", "function",
                      "clearance", "weight"))  # fmt: skip
# A span of time is mostly a window and no limit of something measured.
_TIME = re.compile(r"(?:year|month|week|day|hour|minute)s?")
_AGES = ("age", "aged")
OPPOSITE = {"≥": "<", "<": "≥", ">": "≤", "≤": ">"}


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `is_figure` of a number with its sign and unit."""

    text: str
    is_figure: bool


@dataclass(frozen=True)
class Limit:
    """`eGFR ≥ 70 ml/min`: what is limited, in lower case for comparing; `sign` one of ≥ > ≤ <; the unit as compared."""

    what: str
    sign: str
    value: Decimal
    unit: str
    words: str

    @property
    def is_floor(self) -> bool:
        return self.sign in ("≥", ">")


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The text, cut around its figures; joined again it is the same."""
    pieces, done = [], 0
    for found in _FIGURE.finditer(text):
        pieces += [Piece(text[done : found.start()], False), Piece(found[0], True)]
        done = found.end()
    pieces.append(Piece(text[done:], False))
    return tuple(piece for piece in pieces if piece.text)


def limits_of(text: str) -> tuple[Limit, ...]:
    """What the text limits by a number. What it cannot tell for sure is left out."""
    limits, done = [], 0
    for found in _LIMIT.finditer(text):
        # What another limit has told is not this one's quantity: “at least 70 ml/min (≥ 70)”.
        limits.append(_limit(text[max(done, found.start() - _BEFORE) : found.start()], found))
        done = found.end()
    return tuple(limit for limit in limits if limit is not None)


def _limit(before: str, found: re.Match[str]) -> Limit | None:
    before = _STOPS.split(before)[-1]
    words = [word.strip("()[]“”\"'").casefold() for word in before.split()]
    words = [word for word in words if word and word not in _FILLING]
    if not words or not any(mark.isalpha() for mark in words[-1]):
        return None
    what = " ".join(words[-2:]) if words[-1] in _GENERIC else words[-1]
    try:
        value = Decimal(_plain(found["value"]))
    except InvalidOperation:
        return None
    sign = _WORDS[found["sign"].lower()]
    unit = found["unit"].strip()
    if _TIME.fullmatch(unit) and what not in _AGES:
        return None
    # As the text spells it, where its words stand together there.
    at = before.casefold().rfind(what)
    shown = before[at : at + len(what)] if at >= 0 else what
    return Limit(what, sign, value, _same_unit(unit), f"{shown} {sign} {found['value']} {unit}".strip())


def _plain(value: str) -> str:
    """`1,500` and `1,5` as numbers: three digits behind a comma are thousands, fewer a decimal part."""
    head, comma, tail = value.rpartition(",")
    if comma and len(tail) != 3:
        return f"{head}.{tail}"
    return value.replace(",", "")


def _same_unit(unit: str) -> str:
    return unit.casefold().replace("^", "").replace("²", "2").replace("³", "3").replace("μ", "µ").replace(" ", "")
