"""What several documents say of one trial, and the numbers that it is known by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

from trials.quality.rules.facts import Facts, Found, RegistrationFields, listed, quoted

Check = Callable[[Facts, dt.date], Iterator[Found]]

_US = re.compile(r"NCT[0-9]{8}")
_EUDRACT = re.compile(r"(?:EUCTR|EUDRACT)?[- ]?[0-9]{4}-[0-9]{6}-[0-9]{2}(?:-[A-Z]{2,3})?", re.IGNORECASE)
_EU_CT = re.compile(r"(?:CTIS|EUCT)?[- ]?[0-9]{4}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?", re.IGNORECASE)
# What a number of each register looks like, in words.
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "NCT": (_US, "a ClinicalTrials.gov number is NCT and eight figures"),
    "EUDRACT": (_EUDRACT, "a EudraCT number is four, six and two figures, such as 2004-000000-00"),
    "CTIS": (_EU_CT, "an EU CT number is four, six, two and two figures, such as 2022-500000-00-00"),
}
_OF_REGISTRY = {"CTGOV": "NCT", "EUCTR": "EUDRACT", "CTIS": "CTIS"}
_OF_KIND = {"EUDRACT_NUMBER": "EUDRACT", "CTIS": "CTIS"}
# Apart, so that each begins with letters that are looked for fast.
_IN_PROSE = (
    re.compile(r"NCT[0-9]{8}(?![0-9])"),
    re.compile(r"20[0-9]{2}-[05][0-9]{5}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])"),
)
_FIELDS = {"phase": "phase", "study_type": "kind of study", "sex": "sex", "status": "status"}


def disagreement(field: str) -> Check:
    """A rule: two registrations say something else of this field. Copies of one registration are passed over, which may
    be older than it."""

    def check(trial: Facts, today: dt.date) -> Iterator[Found]:
        rows = [row for row in trial.registrations if not row.publisher and row.says]
        said: dict[str, RegistrationFields] = {}
        numbers: set[str] = set()
        for row in rows if len(rows) > 1 else ():
            value = row.says.get(field) if isinstance(row.says, dict) else None
            if value and row.number not in numbers:
                numbers.add(row.number)
                said.setdefault(str(value), row)
        if len(said) > 1:
            (one, first), (other, second) = list(said.items())[:2]
            name = _FIELDS[field]
            sentence = (
                f"Registrations disagree on the {name}: {first.document} says “{one}”, {second.document} “{other}”."
            )
            yield Found(sentence, first.document, second.document, (field, *sorted(said)))

    return check


def number_malformed(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A number that its own registry cannot have given."""
    for row in trial.registrations:
        yield from _malformed(_OF_REGISTRY.get(row.registry, ""), row.number, "Registration")
    for one in trial.identifiers:
        kind = _OF_KIND.get(one.kind, "")
        if one.kind == "REGISTRY" and "clinicaltrials.gov" in one.domain.casefold():
            kind = "NCT"
        yield from _malformed(kind, one.value, "Other numbers")


def _malformed(kind: str, number: str, place: str) -> Iterator[Found]:
    number = number.strip()
    if kind and number:
        form, words = _FORMS[kind]
        if not form.fullmatch(number):
            yield Found(f"{quoted(number)} is no such number: {words}.", place, "", (kind, number))


def identifier_in_prose(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A text names a registry number that stands in no list of the record: another trial, or another name of this."""
    if not trial.keeps("identifiers", "related_records"):
        return
    text = "\n".join(_texts(trial))
    found = dict.fromkeys(match[0] for pattern in _IN_PROSE for match in pattern.finditer(text))
    if not found:
        return
    known = " ".join(
        [row.number for row in trial.registrations]
        + [row.value for row in trial.identifiers]
        + [row.number for row in trial.related]
    ).upper()
    unknown = [number for number in found if number not in known]
    if unknown:
        at = text.index(unknown[0])
        around = text[max(0, at - 60) : at + 60].split("\n")
        passage = next(part for part in around if unknown[0] in part)
        names = "a number that no list" if len(unknown) == 1 else "numbers that no list"
        sentence = f"The text names {names} of the record has, {listed(unknown)}: {quoted(f'…{passage.strip()}…')}."
        yield Found(sentence, "Texts of the record", "Registrations, other numbers, related trials", tuple(unknown))


def _texts(trial: Facts) -> Iterator[str]:
    own = trial.trial
    yield from (own.title, own.official_title, own.brief_summary, own.detailed_description, own.design_note)
    yield own.why_stopped
    for arm in trial.arms:
        yield arm.description
    for one in trial.interventions:
        yield one.description
    for row in trial.criteria:
        yield row.text
