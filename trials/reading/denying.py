"""Whether a text denies what it names: “no leukapheresis”, “it is not given”, “not previously cultured”."""

from __future__ import annotations

import re

from trials.reading.lexicon import Match
from trials.reading.marked import Marked
from trials.reading.mentions import NEGATION

_STOP = re.compile(r"[.,;:\n]")
# What may stand between “not” and what is denied: “not previously been cultured”, “not obtained from the marrow”.
_STILL_DENIED = re.compile(
    r"\s*(?:(?:be|been|being|previously|prior|previous|further|any|yet|ever|first|obtained|derived|taken|isolated"
    r"|harvested|collected|made|prepared|from|of|the)\s+){0,4}",
    re.IGNORECASE,
)
# “lymphodepleting chemotherapy with fludarabine is not …”: what is denied, up to the word that denies it.
_SUBJECT = re.compile(
    r"(?:\s+(?!(?:and|but|or|which|that|who|if)\b)[\w/()-]+){0,4}?"
    r"\s+(?P<verb>(?:is|are|was|were|will|must|shall|should|may|can|need|needs|has|have)\s+)?",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\s+(?:be\s+|been\s+)?(?:given|used|required|needed|necessary|allowed|permitted|performed|done|administered"
    r"|received|planned|applied|mandatory)\b",
    re.IGNORECASE,
)
_REACH = 60


def is_denied(marked: Marked, match: Match, within: int) -> bool:
    """Whether a negation stands within so many characters before, in the same clause, or behind as a verb's."""
    text = marked.section.text
    before = marked.matches.before(match.start, within, NEGATION)
    return any(not _STOP.search(text, cue.end, match.start) for cue in before) or is_denied_behind(marked, match)


def is_denied_behind(marked: Marked, match: Match) -> bool:
    """“Lymphodepletion is not required”, “leukapheresis will not be performed”."""
    text = marked.section.text
    for cue in marked.matches.after(match.end, _REACH, NEGATION):
        words = text[cue.start : cue.end].lower()
        subject = _SUBJECT.fullmatch(text, match.end, cue.start)
        # “will not” holds its verb; “not” and “never” follow theirs.
        if subject and _NOT_DONE.match(text, cue.end):
            if words in ("not", "never", "no longer"):
                return bool(subject["verb"])
            if words.endswith(" not"):
                return True
    return False


def is_still_denied(marked: Marked, match: Match) -> bool:
    """Whether nothing but small words stands between a negation and this: “not previously been cultured”."""
    text = marked.section.text
    before = marked.matches.before(match.start, 40, NEGATION)
    return any(_STILL_DENIED.fullmatch(text, cue.end, match.start) for cue in before)
