"""Longer texts: tidied for display only, and labelled where the words are ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trials.models import Trial
from trials.views._record.evidence import NO_SUPPORT, Ledger, Support
from trials.views._record.facts import listed
from trials.views._record.names import heading_of

_LOOSE_END = re.compile(r"(?:\s*[;,])+\s*$")
_DOUBLE_STOP = re.compile(r"\.(?:\s+\.)+")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_BULLET = re.compile(r"\s*(?:[-*•·–—]|\(?\w{1,3}[.)])\s")


@dataclass(frozen=True)
class Text:
    """A text with its heading. `is_ours` says that the words are ours; it is then no quotation."""

    heading: str
    text: str
    is_ours: bool
    support: Support = NO_SUPPORT


def tidy(text: str) -> str:
    """The text without the traces of its making: hard-wrapped lines, a trailing “ ;”, a double stop."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    paragraphs = [_unwrapped(paragraph) for paragraph in _BLANK_LINES.split(plain)]
    return _LOOSE_END.sub("", _DOUBLE_STOP.sub(".", "\n\n".join(paragraphs)))


def _unwrapped(paragraph: str) -> str:
    """One line, where every line but the last was broken at a fixed width; else the lines as they are."""
    lines = [line.strip() for line in paragraph.split("\n")]
    wrapped = len(lines) > 1 and all(60 <= len(line) <= 100 for line in lines[:-1])
    if wrapped and not any(_BULLET.match(line) for line in lines):
        return " ".join(lines)
    return "\n".join(lines)


def texts_of(trial: Trial, ledger: Ledger, names: tuple[str, ...]) -> tuple[Text, ...]:
    """The trial's texts under these names that hold anything."""
    return tuple(
        Text(heading_of(name), tidy(getattr(trial, name)), name in listed(trial.our_wording), ledger.support(name))
        for name in names
        if getattr(trial, name)
    )
