"""Cleaning of registry texts before anything is read out of them. Pure functions on strings.

Words are never changed, only what a registry's pipeline did to them: escapes, entities, control characters, line marks.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

# CommonMark: a backslash before ASCII punctuation only protects that character from being read as markup.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# The closing semicolon is required: "R&D" and "&regular" are no entities.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINE_MARK = re.compile(r"@@@")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, zero-width characters, direction and byte-order marks, soft hyphens, lone surrogates.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
_ODD_SPACE = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r" +\n")
_GAP = re.compile(r"\n{3,}")


def unescape(text: str) -> str:
    r"""Undoes markdown escapes (`10\^6`, `\>`, `\[`) and then HTML entities (`&gt;`, `&#39;`, also `\&gt;`)."""
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def _entity(match: re.Match[str]) -> str:
    """What an entity means; capitals that title-casing put there (`&Amp;`) are forgiven, unknown names stay."""
    if match[0][1] == "#":
        return html.unescape(match[0])
    name = match[0][1:]
    return html5.get(name) or html5.get(name.lower()) or match[0]


def visible(text: str) -> str:
    r"""`text` with plain line ends and spaces and without invisible characters; `@@@` marks become line ends."""
    if text.isascii() and (text.isprintable() or text.replace("\n", "").isprintable()):
        return _LINE_MARK.sub("\n", text) if "@@@" in text else text
    text = _LINE_END.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _ODD_SPACE.sub(" ", text)
    return _LINE_MARK.sub("\n", text) if "@@@" in text else text


def one_line(text: str) -> str:
    """For names, titles and labels: cleaned, every run of white space one space."""
    return " ".join(visible(unescape(text)).split())


def block(text: str) -> str:
    """For paragraphs: cleaned, lines and indentation kept, at most one empty line in a row, no space at line ends."""
    return tidy_lines(visible(unescape(text)))


def tidy_lines(text: str) -> str:
    """`text` without space at line ends, with at most one empty line in a row and none at either end."""
    if "\n" not in text:
        return text.strip()
    text = _TRAILING.sub("\n", text)
    return _GAP.sub("\n\n", text).strip()


_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
)


def repair_mojibake(text: str) -> str:
    """UTF-8 that was once read as Windows-1252, read anew: `UniversitÃ©` -> `Université`.

    Only where it is certain: the whole text must turn back into valid UTF-8, otherwise it stays as it is.
    """
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    try:
        return bytes(_byte(char) for char in text).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def _byte(char: str) -> int:
    """The byte that Windows-1252 shows as `char`; its five holes stand for themselves, as browsers read them."""
    code = ord(char)
    return code if code < 0xA0 else char.encode("cp1252")[0]
