"""Cleaning of the texts in WHO ICTRP records, which each register and each export mangled in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trials.reading.text import repair_mojibake, tidy_lines, unescape, visible
from trials.registries.values import key

# How a spreadsheet writes a control character inside a cell: `_x000D_` is a carriage return.
_CELL_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BREAK = re.compile(r"(?:\r\n|\r|\n)?<br[ /]{0,4}>", re.IGNORECASE)
_POWER = re.compile(r"<sup>\s{0,3}([-+]?[0-9]{1,3})\s{0,3}</sup>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]{0,300}>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|tr|table|tbody|h[1-6])\b[^<>]{0,300}>", re.IGNORECASE)
# Only tags of HTML's own: "SpO2 <93% and >60" is no tag.
_INLINE = re.compile(
    r"</?(?:b|i|u|em|strong|span|font|a|sub|sup|small|big|strike|center|td|th|tt)(?:\s[^<>]{0,300})?>", re.IGNORECASE
)
_TAG_AHEAD = re.compile(r"</?[A-Za-z]")

# UTF-8 that was once read as Mac OS Roman: each lead byte and each following byte as that code page shows it.
_MAC_LEAD = bytes(range(0xC2, 0xF5)).decode("mac_roman")
_MAC_NEXT = bytes(range(0x80, 0xC0)).decode("mac_roman")
_MAC = re.compile(f"[{re.escape(_MAC_LEAD)}][{re.escape(_MAC_NEXT)}]")

# What registers print where they have nothing to say.
NOTHING = {
    *("", "n a", "na", "nil", "no", "none", "null", "not applicable", "not available", "not stated", "not specified"),
    *("none declared", "not provided", "not selected", "please refer to primary and secondary sponsors", "undefined"),
}


def says_nothing(text: str) -> bool:
    """Whether a text only fills the place: `N/A`, `Nil`, `-`, `Not applicable.`."""
    return key(text) in NOTHING


def repaired(text: str) -> str:
    """UTF-8 that was read as Windows-1252 or Mac OS Roman (`√§` for `ä`), read anew.

    Only where the whole text turns back into valid UTF-8: two code pages never agree on that by accident.
    """
    mended = repair_mojibake(text)
    if mended != text or not _MAC.search(text):
        return mended
    try:
        return text.encode("mac_roman").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _cell_code(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    if code < 32:
        return {9: " ", 10: "\n"}.get(code, "")
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _untagged(text: str) -> str:
    """Without HTML: breaks and paragraphs are line ends, list items have a dash, powers a `^`."""
    if not _TAG_AHEAD.search(text):
        return text
    text = _BREAK.sub("\n", text)
    text = _POWER.sub(r"^\1", text)
    text = _BLOCK.sub("\n", _ITEM.sub("\n- ", text))
    return _INLINE.sub("", text)


def indented(text: str) -> str:
    """Cleaned lines with their indentation, for texts in which it shows what belongs together."""
    text = _CELL_CODE.sub(_cell_code, repaired(text))
    text = visible(unescape(_untagged(text)))
    # Once more: some exports escape their HTML twice.
    return tidy_lines(_untagged(text))


def block(text: str) -> str:
    """Cleaned lines; runs of blanks are one blank, and no more than one empty line stands between two others."""
    return tidy_lines("\n".join(" ".join(line.split()) for line in indented(text).split("\n")))


def one_line(text: str) -> str:
    """Cleaned, on one line."""
    return " ".join(indented(text).split())


# A line that begins something of its own: a bullet, a number, a letter, a heading.
_MARK = re.compile(
    r"\s*(?:[-*•·–o]\s|[0-9]{1,2}[.)]|(?:[a-z]|[ivx]{2,4})[.)]\s|\([0-9a-z]{1,3}\)|(?:in|ex)clusion\b)",
    re.IGNORECASE,
)


def unwrapped(text: str) -> str:
    """Lines that were cut at a fixed width, joined again; a line with a mark of its own, or after a gap, stays."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and lines[-1].strip() and line.strip() and not _MARK.match(line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


def pieces(text: str, separator: str = ";") -> list[str]:
    """Parts of a joined list, without empty ones; a separator inside brackets that close does not count."""
    found, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(depth - 1, 0)
        elif char == separator and depth == 0:
            found.append(text[start:place])
            start = place + 1
    found.append(text[start:])
    if depth:  # a bracket never closed: it cannot have hidden anything
        found = text.split(separator)
    return [part.strip() for part in found if part.strip()]


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, in any case, in the order of first appearance; empty ones and fillers left out."""
    kept: dict[str, str] = {}
    for word in words:
        if not says_nothing(word):
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())
