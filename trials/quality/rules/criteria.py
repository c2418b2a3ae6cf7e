"""Criteria that say the same twice, or the same in opposite words."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from trials.quality.rules.facts import CriterionFields, Facts, Found, place_of, quoted

# Shorter ones are headings or answers (“None”, “HIV”), which lists of several parts repeat.
_LEAST = 20
# Shorter ones in both lists are headings all the same.
_LEAST_IN_BOTH = 40
_EDGES = " \t\n.;:,•*-–—"
# A line that begins a part of its own: below each part the same may stand again.
_PART = re.compile(
    r"^\W*(?:(?:inclusion|exclusion|eligibility|additional|key|main)\b.*criteria\b.*|.{0,60}:\s*|"
    r"(?:cohort|part|phase|arm|group|stage|step|stratum|section|for|donors?|patients?|controls?|healthy)\b.{0,60}:?\s*)$",
    re.IGNORECASE,
)
# What stands in place of a criterion, or above some.
_NO_CRITERION = re.compile(
    r"\bsee\b.*characteristics|^not specified|eligibility\W*$|criteria (?:apply|are|as)|please contact|"
    r"^\W*\(?\s*[ivx]+\s*\)",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"^\W{0,3}(?P<what>[A-Za-z][^<>≤≥=;:.]{1,50}?)\s*(?:of|is|must be|:)?\s*"
    r"(?P<sign>≥|≤|>\s?/?\s?=|<\s?/?\s?=|=\s?>|=\s?<|>|<|≧|≦)\s*(?P<value>[0-9][0-9.,]*(?:\s?[x×]\s?10\^?[0-9]+)?)\s*"
    r"(?P<unit>[^<>≤≥=;]{0,25}?)\W*$"
)
_SIGN = re.compile("[<>≤≥≧≦]")
_SIGNS = {"≧": "≥", "≦": "≤", ">=": "≥", "<=": "≤", "=>": "≥", "=<": "≤", ">/=": "≥", "</=": "≤"}
_OPPOSITE = {"≥": "<", "<": "≥", ">": "≤", "≤": ">"}


def _plain(text: str) -> str:
    return text.casefold().strip(_EDGES)


def _plain_texts(trial: Facts) -> dict[int, str]:
    if "plain" not in trial.memo:
        trial.memo["plain"] = {row.id: _plain(row.text) for row in trial.criteria}
    found: dict[int, str] = trial.memo["plain"]
    return found


def stated_twice(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The same criterion in one list twice, below the same parent and not in two parts of the list."""
    for rows in (trial.criteria_in, trial.criteria_out):
        if len(rows) < 2:
            continue
        plain = _plain_texts(trial)
        # Many copies, or several criteria that stand twice, mean parts whose headings were lost, not slips.
        counted = Counter(plain[row.id] for row in rows)
        again = {text for text, times in counted.items() if times == 2 and _is_criterion(text)}
        if not again and not any(row.stated_twice for row in rows):
            continue
        yield from _pairs(trial, rows, again if len(again) == 1 else set())


def _is_criterion(text: str) -> bool:
    return len(text) >= _LEAST and not _NO_CRITERION.search(text)


def _pairs(trial: Facts, rows: list[CriterionFields], again: set[str]) -> Iterator[Found]:
    first: dict[str, tuple[CriterionFields, int]] = {}
    part = 0
    for row in rows:
        text = _plain(row.text)
        part += bool(_PART.match(row.text))
        if row.stated_twice:
            sentence = f"The source states this criterion twice: {quoted(row.text)}."
            yield Found(sentence, place_of(trial, row), "", (row.kind, text))
        elif text in first:
            other, its_part = first[text]
            if part == its_part and row.parent_id is None and other.parent_id is None:
                sentence = f"This criterion is stated twice: {quoted(row.text)}."
                yield Found(sentence, place_of(trial, other), place_of(trial, row), (row.kind, text))
        elif text in again and not _PART.match(row.text):
            first[text] = (row, part)


def in_both_lists(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The very same words let people in and shut them out."""
    plain = _plain_texts(trial)
    headings = {row.parent_id for row in trial.criteria}
    inside = {plain[row.id]: row for row in trial.criteria_in if row.id not in headings}
    for row in trial.criteria_out:
        text = plain[row.id]
        if text in inside and len(text) >= _LEAST_IN_BOTH and _is_criterion(text) and not _PART.match(row.text):
            sentence = f"The same words let people in and shut them out: {quoted(row.text)}."
            yield Found(sentence, place_of(trial, inside[text]), place_of(trial, row), (text,))


def exact_complement(trial: Facts, today: dt.date) -> Iterator[Found]:
    """One limit twice, once from each side: no contradiction, worth knowing for who reads both."""
    inside = {}
    for row in trial.criteria_in:
        if (limit := _limit(row)) is not None:
            inside[limit] = row
    if not inside:
        return
    for row in trial.criteria_out:
        limit = _limit(row)
        if limit is None:
            continue
        what, sign, value, unit = limit
        if other := inside.get((what, _OPPOSITE[sign], value, unit)):
            sentence = (
                f"One limit is asked for twice, once as {quoted(other.text)} to enter and once as {quoted(row.text)} "
                "to be shut out: the same limit, no contradiction."
            )
            yield Found(sentence, place_of(trial, other), place_of(trial, row), (other.text, row.text))


def _limit(row: CriterionFields) -> tuple[str, str, str, str] | None:
    """(what is measured, sign, value, unit) of a short criterion that states one limit."""
    text = row.text
    if len(text) > 110 or not _SIGN.search(text):
        return None
    found = _LIMIT.match(text)
    if found is None:
        return None
    sign = "".join(found["sign"].split())
    unit = "".join(found["unit"].casefold().replace("^", "").split())
    return _plain(found["what"]), _SIGNS.get(sign, sign), found["value"].replace(",", "").rstrip("."), unit
