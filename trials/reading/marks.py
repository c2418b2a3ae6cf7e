"""The marks in front of list items: bullets, numbers, letters and Roman numerals, also several in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_BULLET = re.compile(r"(?:[•·●○▪■□◆◇➢➤✓✔※►▶‣◦⁃∙]\s*|\*\s+|o\s+(?=\S)|[-–—]\s+|[-–—](?=[^\W\d_]))")
# Without a closing mark "1.1 Age" is a label only where the count says so; "1.5 mg/dl" is none.
_DOTTED = re.compile(r"(?P<major>[0-9]{1,2})\.(?P<minor>[0-9]{1,2})(?P<close>[.)]?)\s+(?=\S)")
_NUMBER = re.compile(r"(?P<open>[(（]?)(?P<value>[0-9]{1,2})(?P<close>[.)）、．:])(?P<gap>\s*)(?=\S)")
_LETTER = re.compile(r"(?P<open>[(（]?)(?P<value>[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})(?P<close>[.)）])(?P<gap>\s*)(?=\S)")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a list item. `style` is equal for the marks of one list; `place` counts from 1, 0 for bullets."""

    label: str
    style: str
    place: int
    end: int

    @property
    def is_counted(self) -> bool:
        return self.place > 0


def roman(text: str) -> int:
    """The value of a Roman numeral up to 39 in either case; 0 for what is none."""
    values = [_ROMAN.get(char, 0) for char in text.lower()]
    if not values or 0 in values:
        return 0
    total = sum(-here if here < after else here for here, after in zip(values, [*values[1:], 0], strict=True))
    return total if _spell(total) == text.lower() else 0


def _spell(number: int) -> str:
    return "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]


def read_mark(text: str, last: dict[str, int]) -> Mark | None:
    """The mark at the start of `text`, or None. `last` holds the last place of each style in the list so far.

    Single letters with a full stop ("E. coli") and bare section numbers count only in sequence.
    """
    first = text[0]
    if first.isdecimal() and first.isascii():
        return _read_dotted(text, last) or _read_number(text, last)
    if bullet := _BULLET.match(text):
        return Mark("", first, 0, bullet.end()) if bullet.end() < len(text) else None
    if first in "(（":
        return _read_number(text, last) or _read_letter(text, last)
    return _read_letter(text, last) if first.isalpha() and first.isascii() else None


def _read_dotted(text: str, last: dict[str, int]) -> Mark | None:
    match = _DOTTED.match(text)
    if match is None:
        return None
    major, minor = int(match["major"]), int(match["minor"])
    style = f"{major}.1"
    in_sequence = minor == last.get(style, 0) + 1 and (minor > 1 or major in (last.get("1.", 0), last.get("1", 0)))
    if not in_sequence and not match["close"]:
        return None
    return Mark(match[0].strip(), style, minor, match.end())


def _read_number(text: str, last: dict[str, int]) -> Mark | None:
    match = _NUMBER.match(text)
    if match is None or (match["open"] and match["close"] not in ")）"):
        return None
    place, style = int(match["value"]), f"{match['open']}1{match['close']}"
    following = text[match.end()]
    if match["close"] in ".:．" and not match["gap"] and following in "0123456789.,:/":
        return None  # a decimal number, a ratio
    if match["close"] == ":" and place != last.get(style, 0) + 1:
        return None
    return Mark(match[0].strip(), style, place, match.end())


def _read_letter(text: str, last: dict[str, int]) -> Mark | None:
    match = _LETTER.match(text)
    if match is None or (match["open"] and match["close"] == "."):
        return None
    value, close = match["value"], match["close"]
    if close == "." and not match["gap"]:
        return None  # "e.g.", "i.v."
    case = "a" if value.islower() else "A"
    letters, numerals = f"{match['open']}{case}{close}", f"{match['open']}{'i' if case == 'a' else 'I'}{close}"
    as_letter = ord(value.lower()) - ord("a") + 1 if len(value) == 1 else 0
    as_roman = roman(value)
    if as_letter and as_letter == last.get(letters, 0) + 1 and not (as_roman and last.get(numerals, 0)):
        style, place = letters, as_letter
    elif as_roman and as_roman == last.get(numerals, 0) + 1:
        style, place = numerals, as_roman
    elif close == ".":
        return None
    elif as_roman and (len(value) > 1 or value in "iI"):
        style, place = numerals, as_roman
    elif as_letter:
        style, place = letters, as_letter
    else:
        return None
    if value in "A" and close == "." and text[match.end()].islower():
        return None  # "A. fumigatus"
    return Mark(match[0].strip(), style, place, match.end())


# How many places in sequence make a list within one line certain: "1. stage 2. patients" is none.
_INLINE = (
    (re.compile(r"(?<![^\s:;,.：；，。、])[(（]([0-9]{1,2})[)）]\s*"), int, 2),
    (re.compile(r"(?<![^\s:;,.：；，。、])([0-9]{1,2})[)）]\s*"), int, 2),
    (re.compile(r"(?<!\S)([0-9]{1,2})\.\s+"), int, 3),
    (re.compile(r"(?<![^\s:;,.：；，。、])[(（]?([ivx]{1,5})[)）]\s*"), roman, 2),
    (re.compile(r"(?<!\S)([ivx]{1,5})\.\s+"), roman, 2),
    (re.compile(r"(?<![^\s:;,.：；，。、])[(（]?([a-z])[)）]\s*"), lambda letter: ord(letter) - 96, 2),
    (re.compile(r"(?<!\S)([a-z])\.\s+"), lambda letter: ord(letter) - 96, 3),
    (re.compile(r"(?<!\S)([A-Z])\.\s+"), lambda letter: ord(letter) - 64, 3),
)
# Whatever one of the patterns above finds twice, this one finds: a single cheap look at most lines.
_INLINE_HINT = re.compile(
    r"(?:^|[\s:;,.：；，。、])[(（]?(?:[0-9]{1,2}|[ivx]{1,5}|[a-zA-Z])(?:[)）]|\.\s)"
    r".*?[\s:;,.：；，。、)][(（]?(?:[0-9]{1,2}|[ivx]{1,5}|[a-zA-Z])(?:[)）]|\.\s)",
    re.DOTALL,
)
_LIST_MAY_START = re.compile(r"(?:[:：;；]|\bfollowing|\bcriteria|\beither)\s*$", re.IGNORECASE)


def inline_items(text: str) -> tuple[str, list[tuple[str, str]]]:
    """(words before the list, [(label, item) …]) of a line that holds a whole list; (`text`, []) where it holds none.

    A list starts the line (with any place: it may go on from the line before) or follows a colon or semicolon, and
    counts 1, 2, 3 … (a, b, c …; i, ii, iii …) without a gap. Only white space between the pieces is left out.
    """
    if (")" not in text and ". " not in text and "）" not in text) or not _INLINE_HINT.search(text):
        return text, []
    lists = [found for pattern, value, least in _INLINE if len(found := _cuts(text, pattern, value)) >= least]
    for cuts in sorted(lists, key=lambda cuts: cuts[0].start()):  # the outer list begins first
        ends = [*(cut.start() for cut in cuts[1:]), len(text)]
        items = [(cut[0].strip(), text[cut.end() : end].strip()) for cut, end in zip(cuts, ends, strict=True)]
        if all(words for _, words in items):
            return text[: cuts[0].start()].strip(), items
    return text, []


def _cuts(text: str, pattern: re.Pattern[str], value: Callable[[str], int]) -> list[re.Match[str]]:
    """The marks of one style that count on without a gap from where a list may start."""
    cuts: list[re.Match[str]] = []
    next_place = 0
    for match in pattern.finditer(text):
        place = value(match[1])
        if cuts:
            is_next = place == next_place
        else:
            is_next = match.start() == 0 or (place == 1 and bool(_LIST_MAY_START.search(text[: match.start()])))
        if place and is_next:
            cuts.append(match)
            next_place = place + 1
    return cuts
