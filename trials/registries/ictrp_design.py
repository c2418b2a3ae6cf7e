"""Descriptions of a study design in WHO ICTRP records: labelled, as answers of yes and no, or as phrases."""

from __future__ import annotations

import re

from trials.registries import values
from trials.registries.ictrp_text import block, says_nothing
from trials.registries.values import Notes, key

# Fields of a `TrialRecord` with their values.
Design = dict[str, str | tuple[str, ...]]

_ALLOCATION = values.ALLOCATION | {
    "randomised": "RANDOMIZED",
    "randomized controlled trial": "RANDOMIZED",
    "randomised controlled trial": "RANDOMIZED",
    "non randomised": "NON_RANDOMIZED",
    "not randomized": "NON_RANDOMIZED",
    "non randomized controlled trial": "NON_RANDOMIZED",
    "non randomised trial": "NON_RANDOMIZED",
    "n a single arm study": "NA",
    "single arm study": "NA",
    "not applicable": "NA",
    "yes": "RANDOMIZED",
    "no": "",
}
_MODEL = values.INTERVENTION_MODEL | {
    "single": "SINGLE_GROUP",
    "single group assignment": "SINGLE_GROUP",
    "single arm": "SINGLE_GROUP",
    "single assignment": "SINGLE_GROUP",
    "parallel assignment": "PARALLEL",
    "cross over": "CROSSOVER",
    "crossover assignment": "CROSSOVER",
    "factorial assignment": "FACTORIAL",
    "sequential assignment": "SEQUENTIAL",
    "other": "",
    "others": "",
    "n a": "",
    "not applicable": "",
}
_PURPOSE = values.PRIMARY_PURPOSE | {
    "diagnosis": "DIAGNOSTIC",
    "basic research physiological study": "BASIC_SCIENCE",
    "educational counselling training": "ECT",
    "educational counseling training": "ECT",
    "natural history": "",
    "prognosis": "",
    "not applicable": "",
    "n a": "",
}
_MASKING = values.MASKING | {
    "open": "NONE",
    "open label": "NONE",
    "not blinded": "NONE",
    "single blind": "SINGLE",
    "single blinded": "SINGLE",
    "double blind": "DOUBLE",
    "double blinded": "DOUBLE",
    "triple blind": "TRIPLE",
    "triple blinded": "TRIPLE",
    "blinded": "",
    "n a": "",
    "not applicable": "",
}
_WHO = values.WHO_MASKED | {
    "subject": "PARTICIPANT",
    "caregiver": "CARE_PROVIDER",
    "outcome assessor": "OUTCOMES_ASSESSOR",
}
_LABELLED = re.compile(
    r"(?:^|[.;,\n])\s*(?P<label>Allocation|Randomi[sz]ation|Intervention model|Assignment|Masking|Blinding(?:/Masking)?"
    r"|(?:Primary |Study design )?Purpose)\s*:\s*(?P<value>[^:;,.\n(]*)(?:\((?P<who>[^()\n]*)\))?",
    re.IGNORECASE,
)
_FIELDS = {
    "allocation": ("allocation", _ALLOCATION),
    "randomization": ("allocation", _ALLOCATION),
    "randomisation": ("allocation", _ALLOCATION),
    "intervention model": ("intervention_model", _MODEL),
    "assignment": ("intervention_model", _MODEL),
    "masking": ("masking", _MASKING),
    "blinding": ("masking", _MASKING),
    "blinding masking": ("masking", _MASKING),
    "purpose": ("primary_purpose", _PURPOSE),
    "primary purpose": ("primary_purpose", _PURPOSE),
    "study design purpose": ("primary_purpose", _PURPOSE),
}
_EU_ANSWER = re.compile(
    r"\b(Randomised|Open|Single blind|Double blind|Parallel group|Cross over)\s*:\s*(yes|no)", re.IGNORECASE
)
_EU_MEANING = {
    "randomised": ("allocation", "RANDOMIZED"),
    "open": ("masking", "NONE"),
    "single blind": ("masking", "SINGLE"),
    "double blind": ("masking", "DOUBLE"),
    "parallel group": ("intervention_model", "PARALLEL"),
    "cross over": ("intervention_model", "CROSSOVER"),
}


def read_design(text: str, notes: Notes) -> Design:
    """Fields of a `TrialRecord` that a description of the design states; the whole of it is the design's note."""
    plain = block(text)
    if says_nothing(plain):
        return {}
    found: Design = {"design_note": plain}
    if answers := _EU_ANSWER.findall(plain):
        return found | _eu_design(answers)
    for match in _LABELLED.finditer(plain):
        name, table = _FIELDS[key(match["label"])]
        value = notes.code(name, match["value"].strip(), table)
        if value:
            found.setdefault(name, value)
        masked = [_WHO.get(key(who)) for who in (match["who"] or "").split(",")] if name == "masking" else []
        if any(masked):
            found["who_masked"] = tuple(dict.fromkeys(who for who in masked if who))
    return found if len(found) > 1 else found | _phrases(plain)


# Phrases that mean one thing in one place and another in the next.
_UNCLEAR = {"other", "single", "none", "n a", "na", "not applicable", "yes", "no"}


def _phrases(text: str) -> Design:
    """What short phrases between commas mean (`single arm study, open(masking not used), parallel assignment`)."""
    found: Design = {}
    for phrase in re.sub(r"\([^()]*\)", "", text).split(","):
        word = key(phrase)
        if word in _UNCLEAR:
            continue
        for name, table, ending in (
            ("allocation", _ALLOCATION, ""),
            ("masking", _MASKING, ""),
            ("intervention_model", _MODEL, " assignment"),
            ("primary_purpose", _PURPOSE, " purpose"),
        ):
            if value := table.get(word.removesuffix(ending)):
                found.setdefault(name, value)
                break
    return found


def _eu_design(answers: list[tuple[str, str]]) -> Design:
    """What the EU register's yes means. Its no means nothing: forms left blank say no to everything."""
    said: dict[str, set[str]] = {}
    for question, answer in answers:
        if answer.lower() == "yes":
            name, value = _EU_MEANING[question.lower()]
            said.setdefault(name, set()).add(value)
    return {name: next(iter(several)) for name, several in said.items() if len(several) == 1}
