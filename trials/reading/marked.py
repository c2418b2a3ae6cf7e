"""A record's texts with the names found in them: what every reader of facts reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trials.reading.facts import Passage
from trials.reading.lexicon import Lexicon, Match, Matches
from trials.reading.sections import OUTCOME, Section, sections
from trials.records import TrialRecord

# Where a sentence or a list item ends: a stop before white space that no number or abbreviation goes on after.
_SENTENCE_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bNo)"
    r"(?:(?<![0-9])[.;?!](?=\s+[A-Z0-9(*•-]|\s*$)|(?<=[0-9])[.;?!](?=\s+[A-Z(*•]|\s*$))"
    r"|\n\s*(?=\n|[*•-]|\d+[.)])"
)


if TYPE_CHECKING:
    from trials.reading.mentions import Mention


@dataclass(slots=True, eq=False)
class Marked:
    """A section and its matches. Spans of the matches are places in `section.text`."""

    section: Section
    matches: Matches
    cells: list[Mention] | None = field(default=None, repr=False)  # kept by `mentions.mentions`
    ends: list[int] | None = field(default=None, repr=False)  # where its sentences end

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
    """Every text of a record that may say what is given, with what the lexicon finds in it: outcomes only measure."""
    return tuple(Marked(section, lexicon.find(section.text)) for section in sections(record) if section.kind != OUTCOME)
