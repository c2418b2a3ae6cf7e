"""Which lines of an eligibility text are headings, and of which kind of criteria.

A *plain* heading ("Key Exclusion Criteria:") says nothing but the kind and leaves no row. A *qualified* one
("Donor Inclusion Criteria:", "Exclusion Criteria for Part B") also says for whom, and stays as a row above the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

INCLUSION = "INCLUSION"
EXCLUSION = "EXCLUSION"

_IN = r"(?:in(?:cl|lc)us?sions?|included|inclusive)"
_EX = r"(?:ex(?:cl|lc|l)us?sions?|excluded|exclusive|non?[- ]?inclusions?|ineligibility)"
_CRITERIA = r"crit[a-z]{2,9}"
_EMPTY_WORDS = r"(?:(?:the|key|main|major|principal|primary|important|list of|summary of|study|trial|protocol)\s+)*"
_EMPTY_END = (
    r"(?:\s+(?:are|is|were|include|includes|list|as follows|following|will be"
    r"|(?:for|of|in) (?:the|this) (?:study|trial)))*"
)
_NUMBERED = r"(?:(?:[ivx]+|[0-9]{1,2}|[a-d])(?:\.[0-9]{1,2})*[.)]?\s+)?"
_PLAIN = re.compile(
    rf"{_NUMBERED}{_EMPTY_WORDS}(?:"
    rf"(?:(?P<in>{_IN})|(?P<ex>{_EX}))(?:\s+{_CRITERIA})?{_EMPTY_END}"
    rf"|{_CRITERIA}\s+(?:for|of)\s+(?:the\s+)?(?:patient\s+)?(?:(?P<in2>{_IN})|(?P<ex2>{_EX}))"
    rf"|(?P<both>(?:{_IN}\s*(?:and|&|/|or)\s*{_EX}\s+{_CRITERIA}|eligibility\s+{_CRITERIA})){_EMPTY_END}"
    r")"
)
_EDGE = " \t*_#=~:：.;,-–—\"'“”[]<>"
# Said of people or of rows that follow only with a colon: "Excluded:" but not "… were excluded".
_NEEDS_COLON = re.compile(r"\b(?:included|excluded|inclusive|exclusive)\b")

_STARTS = re.compile(
    rf"{_NUMBERED}{_EMPTY_WORDS}(?:(?P<in>{_IN})|(?P<ex>{_EX}))\s+{_CRITERIA}\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_NAMES_KIND = re.compile(rf"\b(?:(?P<ex>{_EX})|(?P<in>{_IN}))\s+{_CRITERIA}\b", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:(?:specific|other|additional|further|general|relative|absolute|medical)\s+)+"
    r"(?:(?P<ex>exclusions?)|(?P<in>inclusions?))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:apply|applies|applied|above|mentioned|meets?|meeting|met|fulfil\w*|satisf\w+|according|per|defined|refer|see|not)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|fail\w*|without|absence|unable|except)\b", re.IGNORECASE)
_FOR_WHOM = re.compile(
    r"\b(?:cohorts?|groups?|parts?|phases?|strat(?:um|a)|arms?|stages?|steps?|donors?|recipients?|patients?|subjects?"
    r"|participants?|controls?|volunteers?|healthy|screening|enrol\w*|randomi\w+|treatment|procurement|infusions?"
    r"|stud(?:y|ies)|sub-?stud(?:y|ies)|adults?|child(?:ren)?|p(?:a)?ediatric|mothers?|infants?|all|general|specific"
    r"|additional|caregivers?|parents?|relatives?|siblings?)\b",
    re.IGNORECASE,
)
# What stands before the words "exclusion criteria" where they are no heading.
_NO_HEADING = re.compile(r"(?:,|/|\b(?:or|and|the|no)|^note\b.*)$", re.IGNORECASE)
_THAT_APPLY = re.compile(r"(?:that apply|applicable|specific|common)\s+to\b[^.]{1,80}$", re.IGNORECASE)
_QUALIFIES = re.compile(
    r"\s*(?:[:：(\-–—,]|for\b|of\b|in\b|to\b|at\b|on\b|prior\b|before\b|common\b|specific\b|related\b|all\b|[0-9])",
    re.IGNORECASE,
)

_MID_LINE = re.compile(
    r"(?<=[.;。；])[ \t]+(?=(?:(?:Key|Main|Major|Study|KEY|MAIN)\s)?(?:Inclusion|Exclusion|INCLUSION|EXCLUSION)\s"
    r"(?:[Cc]riteria|CRITERIA)\s*[:：.])"
)
# Said of the trial itself: "ineligible for transplant because of:" is no reason to keep anybody out of the trial.
_THE_TRIAL = (
    r"(?:participat\w+|enrol\w*|entry|inclusion|(?:in\s+|for\s+)?(?:the|this|our)\s+(?:present\s+)?(?:study|trial))"
)
_KEPT_OUT = re.compile(
    r"\b(?:(?<!must )(?<!should )(?:are|is|were|was|be)\s+(?:also\s+)?(?:excluded|ineligible|not\s+(?:be\s+)?eligible)"
    r"|not\s+be\s+eligible)"
    rf"(?:\s+(?:from|to|for)\s+{_THE_TRIAL}(?:\s+(?:in\s+)?{_THE_TRIAL})*)?"
    r"(?:\s*,?\s*(?:if|when|for any of|due to any of)\b[^:：]*)?\s*[:：]$"
    r"|\bwill\s+exclude\b[^:：]*[:：]$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """`kind` is empty for one that names both kinds; `text` is the row to keep, empty for a plain heading;
    `rest` is what follows on the same line as a criterion of its own."""

    kind: str
    text: str = ""
    rest: str = ""


def split_headings(text: str) -> str:
    """Puts a heading that follows a sentence in the same line on a line of its own."""
    return _MID_LINE.sub("\n", text)


def read_heading(text: str, is_marked: bool, kind: str) -> Heading | None:
    """The heading that a line is, or None. `text` is the line without its list mark; `kind` the current kind."""
    if (
        "clu" not in (lowered := text.lower())
        and "lcu" not in lowered
        and "rite" not in lowered
        and "ligib" not in lowered
    ):
        return None
    return _plain(text, is_marked) or _with_rest(text, is_marked, kind) or _qualified(text, is_marked, kind)


def _plain(text: str, is_marked: bool) -> Heading | None:
    core = " ".join(text.strip(_EDGE).casefold().split())
    match = _PLAIN.fullmatch(core) if len(core) <= 90 else None
    if match is None:
        return None
    has_colon = text.rstrip(" *_").endswith((":", "："))
    if not has_colon and (_NEEDS_COLON.search(core) or (is_marked and not re.search(_CRITERIA, core))):
        return None
    return Heading(_kind(match["in"] or match["in2"], match["ex"] or match["ex2"]))


def _kind(included: str | None, excluded: str | None) -> str:
    return EXCLUSION if excluded else INCLUSION if included else ""


def _with_rest(text: str, is_marked: bool, current: str) -> Heading | None:
    """A line that begins like a heading and goes on: with words on whom it is about, or with a criterion."""
    core = text.strip(" *_#")
    match = _STARTS.fullmatch(core)
    if match is None or not match["rest"].strip(_EDGE):
        return None
    kind, rest = _kind(match["in"], match["ex"]), match["rest"]
    ends_open = core.endswith((":", "："))
    if _is_qualifier(rest, ends_open):
        return Heading(kind, core)
    if rest.lstrip(" *_").startswith((":", "：", ".")):
        return Heading(kind, "", rest.lstrip(_EDGE))
    opens_section = (ends_open and len(rest) <= 100) or kind != current
    return Heading(kind, core) if opens_section and not is_marked else None


def _is_qualifier(rest: str, ends_open: bool) -> bool:
    """Whether the words behind "Inclusion criteria" say for whom, and are no criterion."""
    words = rest.strip(_EDGE + "()").split()
    if len(rest) > 100 or len(words) > 10 or (rest.rstrip().endswith(".") and not ends_open):
        return False
    if ends_open:
        return bool(_QUALIFIES.match(rest) or _FOR_WHOM.search(rest))
    if not _FOR_WHOM.search(rest) or _SENTENCE.search(rest):
        return False
    is_title = len(words) <= 6 and words[0][0].isupper()
    return is_title or bool(_QUALIFIES.match(rest) and not rest.lstrip().startswith((":", "：")))


def _qualified(text: str, is_marked: bool, current: str) -> Heading | None:
    """A heading with words before it that say for whom, or a sentence that announces one kind of criteria."""
    core = text.strip(" *_#")
    if len(core) > 200:
        return None
    if other := _OTHER.fullmatch(core.rstrip(_EDGE)):
        return Heading(_kind(other["in"], other["ex"]), core)
    match = _NAMES_KIND.search(core)
    if match is None or match.start() == 0:
        return None
    kind = _kind(match["in"], match["ex"])
    before, after = core[: match.start()].rstrip(), core[match.end() :].strip(_EDGE)
    if _NO_HEADING.search(before) or after.startswith(("#", "no.")):
        return None
    if core.endswith((":", "：")):
        # "Absence of exclusion criteria:" opens a list of such; "not meeting inclusion criteria:" opens neither list.
        negated = kind == INCLUSION and _NEGATED.search(before)
        return None if negated or (is_marked and kind == current) else Heading(kind, core)
    is_label = (
        not is_marked and not _NEGATED.search(before) and len(before.split()) <= 6 and not _SENTENCE.search(before)
    )
    return Heading(kind, core) if is_label and (not after or _THAT_APPLY.match(after)) else None


def announces_exclusion(text: str) -> bool:
    """Whether a line that opens a list says that whoever is in the list stays out ("… will be excluded if they:")."""
    return bool(_KEPT_OUT.search(text.rstrip(" *_")))


def names_a_group(text: str) -> bool:
    """Whether a short line names a group of people or a part of the trial ("MSC donors", "Part B:")."""
    return (
        len(text) <= 80
        and len(text.split()) <= 8
        and not text.endswith((".", ";", ","))
        and bool(text.endswith((":", "：")) or _FOR_WHOM.search(text))
    )
