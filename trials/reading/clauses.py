"""Where the sentence around a place in a text begins and ends, without reading the whole text."""

from __future__ import annotations

import re
from bisect import bisect_left

from trials.reading.lexicon import Match, Matches

# A stop before white space that no number or abbreviation goes on after, an empty line, a new list item.
_END = re.compile(
    r"[.;?!\n；。](?:(?<=\n)\s*(?=\n|[*•-]|\d+[.)])|(?<=[；。])"
    r"|(?<![\n；。])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bNo\.)(?=\s+[A-Z0-9(*•-]|\s*$))"
)
# No sentence is looked at further than this, in characters on either side.
_REACH = 500


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """The bounds of the sentence or list item that holds `place`, at most 500 characters on either side."""
    start = max(0, place - _REACH)
    for stop in _END.finditer(text, start, place):
        start = stop.end()
    following = _END.search(text, place, min(len(text), place + _REACH))
    return start, following.end() if following else min(len(text), place + _REACH)


def matches_in(matches: Matches, start: int, end: int, *kinds: str) -> list[Match]:
    """The names of these kinds that begin and end between two places, in order."""
    found: list[Match] = []
    for kind in kinds:
        rows = matches.of(kind)
        if not rows:
            continue
        place = bisect_left(rows, (start,))
        while place < len(rows) and rows[place].start <= end:
            if rows[place].end <= end:
                found.append(rows[place])
            place += 1
    return sorted(found) if len(kinds) > 1 else found
