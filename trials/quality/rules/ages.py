"""Ages: the limits in the fields, and those that criteria state in words. Years throughout."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from trials.quality.rules.facts import CriterionFields, Facts, Found, place_of, quoted
from trials.records import YEARS_PER_UNIT

_NUMBER = r"(?<![0-9.,/])([0-9]{1,3}(?:\.[0-9])?)"
_UNIT = r"(?:\s*-?\s*(?:years?|yrs?|y\b|y\.?o\b)\.?(?:[\s-]*(?:of\s+age|olds?|age))?)"
# Lines that speak of age, and of nobody else's.
_WORDS = ("age", "Age", "AGE", "year", "yrs", "Year", "lder than", "ounger than")
_OF_AGE = re.compile(
    r"\bage[ds]?\b|\byears?[\s-]old\b|\byears?\s+of\s+age\b|\b(?:older|younger)\s+than\b", re.IGNORECASE
)
_YEARS = re.compile(r"\b(?:years?|yrs?|y\.?o)\b|^\s*age\b|\bage[ds]?\s*(?:\W|between|from|of|range)", re.IGNORECASE)
_OTHER_AGES = re.compile(
    r"donor|child-?\s?bearing|wom[ae]n|female|\bmales?\b|\bm[ae]n\b|girls?|boys?|menopaus|pregnan|fertil|"
    r"diagnos|onset|sibling|relative|parent|mother|birth|history|expectancy|duration|within|prior|previous|since|after|"
    r"before|until the|cohort|phase|arm\b|group|part\b|stage|stratum|if\b|except|unless|provided|may be|weigh|\bkg\b|"
    r"bone age|gestation|month|week|\bdays?\b|less than one|eligible for|in (?:china|japan|germany|europe|france)|"
    r"country|countries|jurisdiction|according|depending|depends|with |who |score|ecog|karnofsky|lansky|smok|pack",
    re.IGNORECASE,
)
# Everybody, in words that name the sexes; and an age that somebody is “with”.
_EVERYBODY = re.compile(
    r"\b(?:(?:fe)?males?|(?:wo)?men)\s*(?:,|and/or|or|and|&|/)\s*(?:(?:fe)?males?|(?:wo)?men)\b"
    r"|\bwith(?: an?)? (?=age)",
    re.IGNORECASE,
)
# Letters that may be left of a line beside those.
_MOST_ELSE = 8
# Characters of a line on age, and the first lines of a list, which speak of the whole trial.
_LONGEST = 130
_FIRST = 10
_RANGE = re.compile(
    rf"{_NUMBER}{_UNIT}?\s*(?:\([^)]*\)\s*)?(?:-|–|—|~|to|and|through|up to|until)\s*{_NUMBER}(?![0-9]|[.,/][0-9])",
    re.IGNORECASE,
)
_LOW_WORDS = r"(?:older than|over|above|greater than|more than)"
_HIGH_WORDS = r"(?:younger than|under|below|less than)"
_LOW = re.compile(
    rf"(?:(?P<at>≥|>=|=>|≧|>\s?/\s?=|at least|minimum(?:\s+age)?(?:\s+of)?|no(?:t)?\s+(?:younger|less)\s+than)"
    rf"|(?P<over>>|{_LOW_WORDS}))(?P<equal>\s+or\s+equal\s+(?:to|than))?\s*(?P<n>[0-9]{{1,3}})(?![0-9]|[.,/][0-9])",
    re.IGNORECASE,
)
_HIGH = re.compile(
    rf"(?:(?P<at>≤|<=|=<|≦|<\s?/\s?=|up to|at most|maximum(?:\s+age)?(?:\s+of)?|no(?:t)?\s+(?:older|more)\s+than)"
    rf"|(?P<over><|{_HIGH_WORDS}))(?P<equal>\s+or\s+equal\s+(?:to|than))?\s*(?P<n>[0-9]{{1,3}})(?![0-9]|[.,/][0-9])",
    re.IGNORECASE,
)
_LOW_AFTER = re.compile(
    rf"{_NUMBER}{_UNIT}\s*(?:,?\s*(?:or|and|&)\s+)(?:older|over|above|greater|more|up)\b(?!\s*(?:than\s*)?[0-9])",
    re.IGNORECASE,
)
# All that a line on age alone may say beside its numbers.
_PLAIN = re.compile(
    r"\b(?:patients?|subjects?|participants?|recipients?|individuals?|volunteers?|people|adults?|children|must|should|be|"
    r"been|are|is|have|an?|the|in|of|at|on|time|day|date|enrol\w*|screening|visit|consent\w*|signing|inclusion|study|entry|"
    r"registration|randomi\w*|treatment|transplant\w*|eligible|and|or|both|inclusive(?:ly)?|included?|including|males?|"
    r"females?|m[ae]n|any|either|all|gender|genders|sex|sexes|no|not|restrictions?|limitations?|limits?|limited|ages?|aged|"
    r"years?|yrs?|yo|old|older|younger|over|above|under|below|greater|more|less|than|equal|equals|to|up|until|through|"
    r"between|from|least|most|minimum|maximum|range|ranging|criteria|criterion)\b",
    re.IGNORECASE,
)
_HIGH_AFTER = re.compile(
    rf"{_NUMBER}{_UNIT}\s*(?:,?\s*(?:or|and|&)\s+)(?:younger|under|below|less)\b(?!\s*(?:than\s*)?[0-9])", re.IGNORECASE
)


class Limit(NamedTuple):
    """An age in years, and whether it is itself within."""

    years: float
    within: bool

    def __str__(self) -> str:
        return f"{self.years:g}"


class Stated(NamedTuple):
    """What a criterion says of age: from where up, and to where, in its own sense (who enters, or who is shut out)."""

    low: Limit | None
    high: Limit | None
    row: CriterionFields


def stated(row: CriterionFields) -> Stated | None:
    """The ages of a short criterion on age alone; None where it says anything else, or more than one such limit.

    What stands below another criterion may be one of several ways to meet that.
    """
    text = _EVERYBODY.sub(" ", row.text) if len(row.text) <= _LONGEST and row.parent_id is None else ""
    if not (text and _OF_AGE.search(text) and _YEARS.search(text)) or _OTHER_AGES.search(text):
        return None
    if "%" in text or len(re.findall(r"[^\W\d_]", _PLAIN.sub("", text))) > _MOST_ELSE:
        return None
    ranges = list(_RANGE.finditer(text))
    lows, highs = _found(_LOW, _LOW_AFTER, text), _found(_HIGH, _HIGH_AFTER, text)
    if ranges:
        if len(ranges) > 1 or lows or highs:
            return None
        low, high = Limit(float(ranges[0][1]), True), Limit(float(ranges[0][2]), True)
        return Stated(low, high, row) if low.years < high.years <= 120 else None
    if len(lows) > 1 or len(highs) > 1 or not (lows or highs):
        return None
    # Any other number may be a limit that was not understood.
    if len(re.findall(r"[0-9]+(?:\.[0-9]+)?", text)) != len(lows) + len(highs):
        return None
    return Stated(lows[0] if lows else None, highs[0] if highs else None, row)


def _found(before: re.Pattern[str], after: re.Pattern[str], text: str) -> list[Limit]:
    limits = [Limit(float(one["n"]), bool(one["at"] or one["equal"])) for one in before.finditer(text)]
    return limits + [Limit(float(one[1]), True) for one in after.finditer(text)]


def _only(trial: Facts, kind: str) -> Stated | None:
    """What the only criterion on age says, of those to enter or those to be shut out; None where there are several."""
    if "ages" not in trial.memo:
        likely = [
            row for row in trial.criteria if len(row.text) <= _LONGEST and any(map(row.text.__contains__, _WORDS))
        ]
        found = [one for row in likely if (one := stated(row)) is not None]
        kinds = Counter(one.row.kind for one in found)
        trial.memo["ages"] = {one.row.kind: one for one in found if kinds[one.row.kind] == 1}
    only: Stated | None = trial.memo["ages"].get(kind)
    return only


def _field(value: float | None, unit: str) -> str:
    words = unit.lower().removesuffix("s") if value == 1 else unit.lower()
    return "none" if value is None else f"{value:g} {words}"


def limits_contradict(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The youngest is older than the oldest."""
    own = trial.trial
    if own.min_age_value is None or own.max_age_value is None:
        return
    low = own.min_age_value * YEARS_PER_UNIT[own.min_age_unit]
    if low > own.max_age_value * YEARS_PER_UNIT[own.max_age_unit]:
        youngest, oldest = _field(own.min_age_value, own.min_age_unit), _field(own.max_age_value, own.max_age_unit)
        sentence = f"The minimum age, “{youngest}”, is above the maximum age, “{oldest}”: nobody could enter."
        yield Found(sentence, "Minimum age", "Maximum age", (youngest, oldest))


def differs_from_criteria(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The age fields and the one inclusion criterion on age say different limits."""
    own, said = trial.trial, _only(trial, "INCLUSION")
    if said is None:
        return
    sides = (
        ("minimum", own.min_age_value, own.min_age_unit, said.low, 1, "min_age"),
        ("maximum", own.max_age_value, own.max_age_unit, said.high, -1, "max_age"),
    )
    for name, value, unit, limit, step, field in sides:
        if limit is None or not trial.keeps(field) or (value is not None and unit != "YEARS"):
            continue
        # “Over 18” may be meant as 18 or as 19, and is written into the field either way.
        allowed = {limit.years} if limit.within else {limit.years, limit.years + step}
        # 0 and no lower limit are the same; so are none and an age that few reach.
        is_open = limit.years <= 0 if step > 0 else limit.years >= 99
        # Of other registries' records an empty field says little: some have no such field.
        if value is None and not any(row.is_lead and row.registry == "CTGOV" for row in trial.registrations):
            continue
        # One limit alone, far down the list, is more often one way to meet something else.
        is_hidden = value is None and None in (said.low, said.high) and said.row not in trial.criteria_in[:_FIRST]
        if value in allowed or (value is None and is_open) or is_hidden:
            continue
        shown = _field(value, unit)
        sentence = f"The field for the {name} age says “{shown}”, and the criteria say {quoted(said.row.text)}."
        yield Found(sentence, f"{name.capitalize()} age", place_of(trial, said.row), (name, shown, said.row.text))


def upper_unclear(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Between the oldest who may enter and those who are shut out as older, neither criterion decides."""
    inside, outside = _only(trial, "INCLUSION"), _only(trial, "EXCLUSION")
    if inside is None or outside is None or inside.high is None or outside.low is None:
        return
    top, bottom = inside.high, outside.low
    # “18” lasts until the 19th birthday: only those of “19 and over” being shut out leaves nobody between.
    decided = top.years + 1 if bottom.within and top.within else top.years
    if bottom.years > decided:
        yield _between(trial, "Upper", top, bottom, "older", inside, outside)


def lower_unclear(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The same for the youngest."""
    inside, outside = _only(trial, "INCLUSION"), _only(trial, "EXCLUSION")
    if inside is None or outside is None or inside.low is None or outside.high is None:
        return
    bottom, top = inside.low, outside.high
    decided = bottom.years - 1 if top.within and bottom.within else bottom.years
    if top.years < decided:
        yield _between(trial, "Lower", top, bottom, "younger", inside, outside)


def _between(trial: Facts, side: str, low: Limit, high: Limit, than: str, inside: Stated, outside: Stated) -> Found:
    sentence = (
        f"{side} age limit unclear, {low} to {high}: {quoted(inside.row.text)} may enter, yet only those who are "
        f"{than} by {quoted(outside.row.text)} are shut out. Between the two neither criterion decides."
    )
    return Found(
        sentence, place_of(trial, inside.row), place_of(trial, outside.row), (inside.row.text, outside.row.text)
    )


def criteria_contradict(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Some age may enter by one criterion and is shut out by another."""
    inside, outside = _only(trial, "INCLUSION"), _only(trial, "EXCLUSION")
    if inside is None or outside is None:
        return
    if (top := inside.high) and (bottom := outside.low):
        both = bottom.years < top.years or (bottom.years == top.years and bottom.within and top.within)
    elif (low := inside.low) and (high := outside.high):
        both = high.years > low.years or (high.years == low.years and high.within and low.within)
    else:
        return
    # A criterion that shuts out between two ages (a range) is not one on either end.
    if both and not (outside.low and outside.high and outside.low.years < outside.high.years):
        sentence = (
            f"Some ages may enter by one criterion and are shut out by another: {quoted(inside.row.text)} against "
            f"{quoted(outside.row.text)}."
        )
        yield Found(
            sentence, place_of(trial, inside.row), place_of(trial, outside.row), (inside.row.text, outside.row.text)
        )
