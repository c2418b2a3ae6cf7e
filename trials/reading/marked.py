"""A record's texts with the names found in them: what every reader of facts reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from trials.reading.facts import Passage
from trials.reading.lexicon import Lexicon, Match, Matches
from trials.reading.sections import Section, telling_sections
from trials.records import TrialRecord

# Where a sentence or a list item ends: a stop before white space that no number or abbreviation goes on after.
# It begins with the signs themselves, which are quickly found; what may not stand before them is asked behind them.
_SENTENCE_END = re.compile(
    r"[.;?!\n](?:(?<=\n)\s*(?=\n|[*•-]|\d+[.)])"
    r"|(?<!\n)(?<!\be\.g[.;?!])(?<!\bi\.e[.;?!])(?<!\bvs[.;?!])(?<!\bNo[.;?!])"
    r"(?:(?<![0-9][.;?!])(?=\s+[A-Z0-9(*•-]|\s*$)|(?<=[0-9][.;?!])(?=\s+[A-Z(*•]|\s*$)))"
)


if TYPE_CHECKING:
    from trials.reading.mentions import Mention


class Marked:
    """A section and its matches. Spans of the matches are places in `section.text`.

    Given the lexicon in place of the matches it looks for them when first asked: most criteria never are.
    """

    __slots__ = ("_lexicon", "cells", "ends", "matches", "section")

    matches: Matches

    def __init__(self, section: Section, matches: Matches | Lexicon) -> None:
        self.section = section
        self.cells: list[Mention] | None = None  # kept by `mentions.mentions`
        self.ends: list[int] | None = None  # where its sentences end
        if isinstance(matches, Matches):
            self.matches = matches
        else:
            self._lexicon = matches

    def __getattr__(self, name: str) -> Matches:
        # Python asks here for what is not set yet.
        if name != "matches":
            raise AttributeError(name)
        self.matches = self._lexicon.find(self.section.text)
        return self.matches

    def passage(self, start: int, end: int) -> Passage:
        return Passage(self.section.field, self.section.text[start:end], start, end)

    def at(self, match: Match) -> Passage:
        return self.passage(match.start, match.end)

    def sentence(self, place: int) -> tuple[int, int]:
        """From where to where the sentence (or list item) runs that holds this place."""
        if self.ends is None:
            self.ends = [stop.end() for stop in _SENTENCE_END.finditer(self.section.text)]
        number = bisect_right(self.ends, place)
        start = self.ends[number - 1] if number else 0
        return start, self.ends[number] if number < len(self.ends) else len(self.section.text)


def mark(record: TrialRecord, lexicon: Lexicon) -> tuple[Marked, ...]:
    """Every text of a record that may say what is given, with what the lexicon finds in it."""
    return tuple([Marked(section, lexicon) for section in telling_sections(record)])
