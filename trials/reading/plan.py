"""What a plan says beside the cells: preparation, harvest, comparators, follow-up. Found by the vocabulary's cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trials.reading.clauses import matches_in, sentence_at
from trials.reading.denying import is_denied_behind
from trials.reading.facts import FIELD, Fact, PlanFact
from trials.reading.lexicon import Match
from trials.reading.marked import Marked
from trials.reading.notations import fold
from trials.reading.sections import ARM, DETAIL, INTERVENTION, NAME, SUMMARY, TITLE
from trials.records import TrialRecord

# Where plans stand, in the order in which a place is believed: what criteria ask for is no plan.
_RANKS = {ARM: 0, INTERVENTION: 1, NAME: 2, TITLE: 3, SUMMARY: 4, DETAIL: 5}
# Kinds that are cues of the same name; the last ones are told of the whole trial, never of an arm.
_OF_ARMS = ("HARVEST", "CONDITIONING", "LYMPHODEPLETION", "BRIDGING", "IMMUNOSUPPRESSION", "TAPER", "STAY", "PLACEBO",
            "SHAM", "STANDARD_CARE", "WITHIN_PATIENT")  # fmt: skip
_OF_TRIALS = ("FOLLOW_UP", "ESCALATION", "SENTINEL")
_KINDS = frozenset((*_OF_ARMS, *_OF_TRIALS))
# Kinds that name a comparator: beside standard care everybody gets something, too.
_COMPARED = re.compile(r"\b(?:compar|versus|vs\b|control|alone|only|randomi[sz])", re.IGNORECASE)
_COMPARATOR_TYPES = ("PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "ACTIVE_COMPARATOR", "NO_INTERVENTION")
_BY_ARM_TYPE = {"PLACEBO_COMPARATOR": "PLACEBO", "SHAM_COMPARATOR": "SHAM", "ACTIVE_COMPARATOR": "OTHER_TREATMENT"}
_NEGATED_NEAR, _PRIOR_NEAR, _FAR = 25, 30, 60
# Where what was denied, or told of earlier, ends: near its word at a stop, further on at a comma or a verb too.
_STOP = re.compile(r"[.;:\n]")
_STOP_FAR = re.compile(
    r"[.;:,\n]|\b(?:but|although|however|who|which|that|is|are|was|were|be|will|may|can|undergo|undergoes|receives?"
    r"|received|followed|then|because|due|with)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"(?:\b(?:or|and)\s|/)$", re.IGNORECASE)  # “with or without”
# “prior to the infusion” tells when, not what was before.
_TO = re.compile(r"\s+to\b", re.IGNORECASE)

_PERCENT = re.compile(r"(\d{1,3})\s?%")
_STOPPED = re.compile(r"\b(?:interrupt|discontinu|withdraw|stop|suspen|cessation)\w*", re.IGNORECASE)
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "a": 1,
}  # fmt: skip
_DURATION = re.compile(
    rf"(?<![\w.,-])(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})[\s-](?:\(\d+\)\s)?(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
# “aged 18 to 75 years”, “12 years old”: ages are no times of follow-up.
_OLD = re.compile(r"[\s-](?:old|of\sage)\b", re.IGNORECASE)
_AGED = re.compile(
    r"\bage[ds]?\s+(?:(?:of|from|between|over|under|above|below|at|least|up|to|and|or|years?|months?|[\d.<>=≥≤-]+)\s+){0,6}$",
    re.IGNORECASE,
)
_AGE_WITHIN = 40
_DAYS_PER = {"day": 1, "week": 7, "month": 30.4, "year": 365.25}
_THREE = re.compile(r"\b(?:3\s?\+\s?3|three plus three|3 plus 3)", re.IGNORECASE)
# How far from a cue its details may stand, in characters.
_REACH = 260


def read_plan(texts: Sequence[Marked], record: TrialRecord) -> tuple[PlanFact, ...]:
    """What the texts and the kinds of the arms say of a plan, each kind once per arm or once for the trial."""
    found: dict[tuple[str, int | None], PlanFact] = {}
    for fact in _by_arm_types(texts, record):
        found.setdefault((fact.kind, fact.arm), fact)
    telling = [one for one in texts if one.section.kind in _RANKS and one.matches.has(_KINDS)]
    for marked in sorted(telling, key=lambda one: _RANKS[one.section.kind]):
        arm = _arm(marked, record)
        for kind in _OF_ARMS:
            for match in marked.matches.of(kind):
                if _is_comparator(kind, arm, marked, match, record):
                    _keep(found, kind, arm, marked, match)
        for kind in _OF_TRIALS:
            for match in marked.matches.of(kind):
                _keep(found, kind, None, marked, match)
    return tuple(_without_repeats(found))


def _by_arm_types(texts: Sequence[Marked], record: TrialRecord) -> Iterator[PlanFact]:
    """Comparators that the registry's own field names; the label of the arm is what can be shown."""
    labels = {one.section.arm: one for one in texts if one.section.field.endswith(".label")}
    for place, arm in enumerate(record.arms):
        kind = _BY_ARM_TYPE.get(arm.type)
        if kind == "OTHER_TREATMENT" and not any(other.type == "EXPERIMENTAL" for other in record.arms):
            continue
        label = labels.get(place)
        if kind is not None and label is not None:
            passage = label.passage(0, len(label.section.text))
            yield PlanFact(kind, Fact(arm.label, passage, origin=FIELD), place)


def _keep(
    found: dict[tuple[str, int | None], PlanFact], kind: str, arm: int | None, marked: Marked, match: Match
) -> None:
    known = found.get((kind, arm))
    if known is not None and (kind not in _WITH_DETAIL or known.fact.rule != _NO_DETAIL):
        return
    if _is_denied(marked, match, is_far=kind not in _OF_TRIALS):
        return
    value, start, end = _READERS.get(kind, _as_written)(marked, match)
    if kind == "FOLLOW_UP" and not value:
        return
    rule = "" if value or kind not in _WITH_DETAIL else _NO_DETAIL
    if known is not None and rule:
        return
    passage = marked.passage(start, end)
    found[kind, arm] = PlanFact(
        kind, Fact(value or marked.section.text[match.start : match.end], passage, rule=rule), arm
    )


def _arm(marked: Marked, record: TrialRecord) -> int | None:
    section = marked.section
    if section.arm is not None or section.intervention is None:
        return section.arm
    linked = [place for place, arm in enumerate(record.arms) if section.intervention in arm.interventions]
    return linked[0] if len(linked) == 1 else None


def _is_comparator(kind: str, arm: int | None, marked: Marked, match: Match, record: TrialRecord) -> bool:
    """Whether a cue of a comparator names one: a field that says it already goes before, standard care may be added."""
    if kind in ("PLACEBO", "SHAM"):
        types = {one.type for one in record.arms}
        return f"{kind}_COMPARATOR" not in types
    if kind != "STANDARD_CARE":
        return True
    if arm is not None and record.arms[arm].type:
        return record.arms[arm].type in _COMPARATOR_TYPES
    return bool(_COMPARED.search(marked.section.text, *_around(marked, match)))


def _is_denied(marked: Marked, match: Match, is_far: bool) -> bool:
    """“No lymphodepletion”, “placebo is not used”, “prior bridging”: what is denied or past is no plan.

    `is_far` lets a denial reach on in its clause; “with or without” denies nothing.
    """
    text = marked.section.text
    for kind, near in (("NEGATION", _NEGATED_NEAR), ("PRIOR", _PRIOR_NEAR)):
        for cue in marked.matches.before(match.start, _FAR if is_far else near, kind):
            if _TO.match(text, cue.end) or _EITHER.search(text, max(0, cue.start - 10), cue.start):
                continue
            stop = _STOP if match.start - cue.end <= near else _STOP_FAR
            if not stop.search(text, cue.end, match.start):
                return True
    return is_denied_behind(marked, match)


def _without_repeats(found: dict[tuple[str, int | None], PlanFact]) -> Iterator[PlanFact]:
    """What an arm says need not be said of the trial again, unless only there with its details."""
    by_arms = {kind for kind, arm in found if arm is not None}
    for (kind, arm), plan in found.items():
        if arm is None and kind in by_arms:
            continue
        yield plan


# ------------------------------------------------------------------------------------------------------- details
def _as_written(marked: Marked, match: Match) -> tuple[str, int, int]:
    return marked.section.text[match.start : match.end], match.start, match.end


def _around(marked: Marked, match: Match) -> tuple[int, int]:
    start, end = sentence_at(marked.section.text, match.start)
    return max(start, match.start - _REACH), min(end, match.end + _REACH)


def _drugs(marked: Marked, match: Match) -> tuple[str, int, int]:
    """The drugs named in the sentence of a cue: “fludarabine, cyclophosphamide”."""
    start, end = _around(marked, match)
    if marked.section.text[start:end].rstrip().endswith(":"):  # what follows a colon is the list of them
        end = min(len(marked.section.text), match.end + _REACH)
    named = matches_in(marked.matches, start, end, "DRUG")
    if not named:
        return "", match.start, match.end
    written = [marked.section.text[one.start : one.end] for one in named]
    words = dict.fromkeys(one if one.isupper() else one.lower() for one in written)
    return ", ".join(words), min(match.start, named[0].start), max(match.end, named[-1].end)


def _taper(marked: Marked, match: Match) -> tuple[str, int, int]:
    """By how much a drug is lowered: “25 %, 50 %, stop”."""
    text = marked.section.text
    end = min(len(text), match.end + 2 * _REACH)
    steps = [(one.start(), one.end(), f"{one[1]} %") for one in _PERCENT.finditer(text, match.end, end)]
    if steps and (stopped := _STOPPED.search(text, steps[-1][1], end)):
        steps.append((stopped.start(), stopped.end(), "stop"))
    if not steps:
        return "", match.start, match.end
    return ", ".join(dict.fromkeys(words for *_, words in steps)), match.start, steps[-1][1]


def _longest(marked: Marked, match: Match) -> tuple[str, int, int]:
    """The longest time in the sentence of a cue that is nobody's age: “2 years”."""
    text = marked.section.text
    times = [
        one
        for one in _DURATION.finditer(text, *_around(marked, match))
        if not (_OLD.match(text, one.end()) or _AGED.search(text, max(0, one.start() - _AGE_WITHIN), one.start()))
    ]
    return _time(match, max(times, key=_days_of, default=None))


def _first(marked: Marked, match: Match) -> tuple[str, int, int]:
    """The first time behind a cue, in its sentence: “3 days”."""
    return _time(match, _DURATION.search(marked.section.text, match.end, _around(marked, match)[1]))


def _time(match: Match, found: re.Match[str] | None) -> tuple[str, int, int]:
    if found is None:
        return "", match.start, match.end
    number, unit = _number(found["number"]), fold(found["unit"]).lower()
    words = f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return words, min(match.start, found.start()), max(match.end, found.end())


def _days_of(found: re.Match[str]) -> float:
    return _number(found["number"]) * _DAYS_PER[fold(found["unit"]).lower()]


def _number(written: str) -> int:
    return _NUMBERS.get(fold(written).lower()) or int(written)


def _design(marked: Marked, match: Match) -> tuple[str, int, int]:
    start, end = _around(marked, match)
    three = _THREE.search(marked.section.text, start, end)
    if three is None:
        return _as_written(marked, match)
    return "3+3", min(match.start, three.start()), max(match.end, three.end())


def _sentence(marked: Marked, match: Match) -> tuple[str, int, int]:
    """The rule in its own words, up to a line."""
    start, end = _around(marked, match)
    text = marked.section.text
    while start < match.start and text[start] in " \n*-•":
        start += 1
    while end > match.end and text[end - 1] in " \n":
        end -= 1
    return " ".join(text[start:end].split())[:200], start, end


_NO_DETAIL = "named without details"
_WITH_DETAIL = {"CONDITIONING", "LYMPHODEPLETION", "IMMUNOSUPPRESSION", "TAPER", "STAY"}
_READERS = {
    "CONDITIONING": _drugs,
    "LYMPHODEPLETION": _drugs,
    "BRIDGING": _as_written,
    "IMMUNOSUPPRESSION": _drugs,
    "TAPER": _taper,
    "STAY": _first,
    "FOLLOW_UP": _longest,
    "ESCALATION": _design,
    "SENTINEL": _sentence,
}
