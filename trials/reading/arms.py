"""Arms as the prose names them: which arm a passage means, and arms that stand nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trials.reading.facts import ProseArm
from trials.reading.marked import Marked
from trials.reading.sections import DETAIL, INTERVENTION, SUMMARY
from trials.records import TrialRecord

# "Arm A", "group 2", "cohort III"; a number behind it that goes on ("group 10-20") is no name.
_NAMED = re.compile(
    # The first letter is looked for before all else, and then asked what it is the first of: much faster.
    r"(?P<word>[AaGgCc](?<![A-Za-z][AaGgCc])"
    r"(?:(?<=[Aa])rms?|(?<=A)RMS?|(?<=[Gg])roups?|(?<=G)ROUPS?|(?<=[Cc])ohorts?|(?<=C)OHORTS?))[ -]?"
    r"(?P<name>[A-H]\d?|\d{1,2}[A-Ca-c]?|I{1,3}|IV|V)(?![\w%/]|[.,]\d|-\d)"
)
# A cheap look before the pattern: what its words hold, whatever their first letter.
_PARTS_OF_WORDS = ("rm", "RM", "roup", "ROUP", "ohort", "OHORT")
_SENTENCES = (SUMMARY, DETAIL, INTERVENTION)


def arms_named(text: str, start: int, end: int, record: TrialRecord) -> list[int]:
    """Places of the record's arms that a stretch of text names, by label, or by word and letter, in its order."""
    if not record.arms:
        return []
    found: list[tuple[int, int]] = []
    stretch = text[start:end].casefold()
    for place, arm in enumerate(record.arms):
        label = arm.label.casefold().strip()
        if len(label) > 3 and (at := stretch.rfind(label)) >= 0:
            found.append((at, place))
    for match in _NAMED.finditer(text, start, end):
        wanted = _named(match)
        fitting = [
            place
            for place, arm in enumerate(record.arms)
            if wanted in {_named(one) for one in _NAMED.finditer(arm.label)}
        ]
        if len(fitting) == 1:
            found.append((match.start() - start, fitting[0]))
    return [place for _, place in sorted(found)]


def _named(match: re.Match[str]) -> tuple[str, str]:
    return match["word"].lower().removesuffix("s"), match["name"].upper()


def prose_arms(texts: Sequence[Marked], record: TrialRecord) -> tuple[ProseArm, ...]:
    """Arms that the prose names and the record's own list does not hold: two at least, of one kind, first mentions."""
    if len(record.arms) > 1:
        return ()
    listed = {_named(match) for arm in record.arms for match in _NAMED.finditer(f"{arm.label}\n{arm.description}")}
    found: dict[tuple[str, str], ProseArm] = {}
    for marked in texts:
        text = marked.section.text
        if marked.section.kind not in _SENTENCES or not any(word in text for word in _PARTS_OF_WORDS):
            continue
        for match in _NAMED.finditer(text):
            name = _named(match)
            if name not in listed and name not in found:
                label = f"{name[0].capitalize()} {match['name']}"
                found[name] = ProseArm(label, marked.passage(match.start(), match.end()))
    kinds = [name[0] for name in found]
    best = next((kind for kind in ("arm", "group", "cohort") if kinds.count(kind) > 1), "")
    return tuple(arm for name, arm in found.items() if name[0] == best)
