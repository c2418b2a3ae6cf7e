"""How far a trial in EU CTIS has come: its public status, each member state's, its dates and whether it has results."""

from __future__ import annotations

import re
from typing import Any

from trials.records import PartialDate
from trials.registries import values
from trials.registries.countries import country_code
from trials.registries.ctis_document import Answer, Json, at, branch, line, read_date, rows, words
from trials.registries.values import Notes, key


def progress(answer: Answer, notes: Notes) -> dict[str, Any]:
    """The fields of a `TrialRecord` about its progress."""
    status, status_raw = _status(answer, notes)
    ended_early, why = _early_end(answer)
    start, start_type = _start(answer, notes)
    end, end_type = _end(answer, notes)
    return {
        "status": "TERMINATED" if status == "COMPLETED" and ended_early else status,
        "status_raw": status_raw,
        "why_stopped": why,
        "start_date": start,
        "start_date_type": start_type,
        "completion_date": end,
        "completion_date_type": end_type,
        "updated": first_date(answer, notes, "updated", "lastUpdated", "lastPublicationUpdate", "publishDate"),
        "last_update_posted": first_date(answer, notes, "last_update_posted", "lastPublicationUpdate", "publishDate"),
        "copied": first_date(answer, notes, "copied", "record_last_import"),
        "has_results": _has_results(answer),
    }


# ------------------------------------------------------------------------------------------------------------- status
def status_word(text: str) -> str:
    """The word for a public status code; any other text as it stands."""
    code = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None
    return values.CTIS_STATUS_CODES[code][0] if code in values.CTIS_STATUS_CODES else text


def _status(answer: Answer, notes: Notes) -> tuple[str, str]:
    """(Public status, the portal's word). The application's status is never taken for it.

    In the first shape, answers told only an application's status too, but copies joined the overview's words over it
    ("Ongoing, recruiting"). Those are public; "Authorised" alone is what both may say, and tells nothing.
    """
    code = line(answer.document, "ctPublicStatusCode")
    word = line(answer.document, "ctPublicStatus") or status_word(code)
    if code or word:
        return notes.code("status", code or word, values.CTIS_STATUS), word
    application = line(answer.document, "ctStatus")
    if application and not answer.is_new and not application.isdecimal() and key(application) != "authorised":
        return notes.code("status", application, values.CTIS_STATUS), application
    if application:
        notes.add("status", application, "the application's status; the public one is not in this copy")
    return "", ""


_COUNTRY_STATUS = re.compile(r"(?:^|, ?)([A-Z]{2}): ?(.*?)(?=, ?[A-Z]{2}:|$)")


def country_statuses(answer: Answer, notes: Notes) -> dict[str, tuple[str, str]]:
    """(Public status, the portal's word) of each member state, by country code."""
    told: dict[str, str] = {}
    listed = at(answer.document, "trialCountries")
    if isinstance(listed, str):
        told |= dict(_COUNTRY_STATUS.findall(" ".join(listed.split())))
    for entry in words(answer.document, "trialCountries") if isinstance(listed, list) else []:
        country, _, code = entry.rpartition(":")
        told[country.strip()] = code.strip()
    for member in rows(answer.application, "memberStatesConcerned"):
        if code := line(member, "mscPublicStatusCode"):
            told[line(member, "mscName")] = code
    return {
        country_code(country) or country: (notes.code("sites", code, values.CTIS_STATUS), status_word(code))
        for country, code in told.items()
    }


# ------------------------------------------------------------------------------------------------------ notifications
def _events(answer: Answer) -> list[tuple[str, str, Json]]:
    """(Member state, kind of notification, notification), in words that both shapes share (`start of trial`)."""
    found = []
    for path, inner in (
        ("events.trialEvents", "events"),
        ("mscTrialNotificationsInfoList", "mscNotificationsListInfo"),
    ):
        for state in rows(answer.document, path):
            for event in rows(state, inner):
                found.append((line(state, "mscName"), key(line(event, "notificationType")), {**state, **event}))
    return found


def _early_end(answer: Answer) -> tuple[bool, str]:
    """Whether every member state has told an early end, and the reasons given."""
    ends = [(state, event) for state, kind, event in _events(answer) if kind.endswith("early termination")]
    reasons = [reason for _, event in ends for reason in words(event, "earlyTerminationReason")]
    states = {line(member, "mscName") for member in rows(answer.application, "memberStatesConcerned")}
    return bool(ends) and states <= {state for state, _ in ends}, "; ".join(dict.fromkeys(reasons))


# -------------------------------------------------------------------------------------------------------------- dates
def date(node: object, path: str, field: str, notes: Notes) -> PartialDate | None:
    """The date under `path`; what is none is noted under `field`."""
    text = line(node, path)
    try:
        return read_date(text)
    except ValueError:
        notes.add(field, text, "not a date")
        return None


def first_date(answer: Answer, notes: Notes, field: str, *names: str) -> PartialDate | None:
    """The first of the named dates at the top of the answer that is given."""
    found = (date(answer.document, name, field, notes) for name in names)
    return next((one for one in found if one is not None), None)


def _start(answer: Answer, notes: Notes) -> tuple[PartialDate | None, str]:
    """The first start that was notified, else the planned start of recruitment."""
    actual = first_date(answer, notes, "start_date", "trialStartDate", "startDateEU", "eeaStartDate")
    if actual is None:
        told = [
            date(event, "date", "start_date", notes) for _, kind, event in _events(answer) if kind == "start of trial"
        ]
        actual = min((one for one in told if one is not None), default=None)
    if actual is not None:
        return actual, "ACTUAL"
    planned = date(answer.information, "trialDuration.estimatedRecruitmentStartDate", "start_date", notes)
    return planned, "ESTIMATED" if planned else ""


def _end(answer: Answer, notes: Notes) -> tuple[PartialDate | None, str]:
    """The end everywhere; the end in Europe stands for it only where the trial runs nowhere else."""
    ends = [
        date(one, name, "completion_date", notes)
        for one in rows(answer.application, "trialGlobalEnd")
        for name in ("date", "endDate", "globalEndDate")
    ]
    actual = max((one for one in ends if one is not None), default=None)
    if actual is None and not rows(answer.part_one, "rowCountriesInfo"):
        actual = first_date(answer, notes, "completion_date", "endDateEU", "eeaEndDate")
    if actual is not None:
        return actual, "ACTUAL"
    duration = branch(answer.information, "trialDuration")
    planned = date(duration, "estimatedGlobalEndDate", "completion_date", notes)
    planned = planned or date(duration, "estimatedEndDate", "completion_date", notes)
    return planned, "ESTIMATED" if planned else ""


def _has_results(answer: Answer) -> bool | None:
    if any(isinstance(kept, list) and kept for kept in branch(answer.document, "results").values()):
        return True
    return {"yes": True, "no": False}.get(key(line(answer.document, "resultsFirstReceived")))
