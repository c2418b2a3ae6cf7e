"""Single values of WHO ICTRP records: dates, phases, ages and sizes, in the forms that registers give them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trials.records import Age, PartialDate
from trials.registries import values
from trials.registries.ictrp_text import one_line
from trials.registries.values import Notes, key

# ------------------------------------------------------------------------------------------------------------ dates
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_TIME = re.compile(r"[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?: ?[AP]M)?$", re.IGNORECASE)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})/([0-9]{4})")
_WORDS = re.compile(r"(?:([0-9]{1,2})[ -])?([A-Za-z]{3,9})\.?[ -](?:([0-9]{1,2})(?:st|nd|rd|th)?, ?)?([0-9]{4})")
_NO_DATE = {"", "n a", "na", "none", "null", "0", "00 00 0000", "0000 00 00", "00000000"}
# Day zero of spreadsheets: an empty cell that was formatted as a date.
_EPOCHS = {(1899, 12, 30), (1899, 12, 31), (1900, 1, 0), (1900, 1, 1)}


def read_date(text: str) -> PartialDate | None:
    """`20240408`, `2024-04-08`, `08/04/2024` (day first), `April 8, 2024`, `8 April 2024`, `April 2024`, `2024`.

    A time of day is left out. None for no date; ValueError for what is none. WHO ICTRP writes dates of registers
    day first; where only the other order is in the calendar, that one is meant.
    """
    plain = _TIME.sub("", one_line(text))
    if key(plain) in _NO_DATE:
        return None
    if match := _COMPACT.fullmatch(plain) or _YEAR_FIRST.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups())
        return None if (year, month, day) in _EPOCHS else PartialDate(year, month, day)
    if match := _DAY_FIRST.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups())
        return PartialDate(year, day, month) if month > 12 else PartialDate(year, month, day)
    if match := _MONTH_YEAR.fullmatch(plain):
        return PartialDate(int(match[2]), int(match[1]))
    if match := _WORDS.fullmatch(plain):
        number = _MONTHS.get(match[2].lower())
        written = match[1] or match[3]
        if number is not None and not (match[1] and match[3]):
            return PartialDate(int(match[4]), number, int(written) if written else None)
    return PartialDate.parse(plain)


def date(field: str, text: str, notes: Notes) -> PartialDate | None:
    """`read_date`; what is no date is noted and gives None."""
    try:
        return read_date(text)
    except ValueError:
        notes.add(field, text, "not a date")
        return None


def start_date(text: str, is_ctgov: bool, notes: Notes) -> PartialDate | None:
    """The date of first enrolment.

    In spreadsheets, ClinicalTrials.gov's `April 2020` has become the first of April at midnight, while its whole dates
    (`April 8, 2020`) stayed words: such a first of the month is the month.
    """
    found = date("start_date", text, notes)
    if found is not None and is_ctgov and found.day == 1 and text.rstrip().endswith("00:00:00"):
        notes.add("start_date", text, "a month that a spreadsheet turned into a day; kept as the month")
        return PartialDate(found.year, found.month)
    return found


_US_STAMP = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def export_date(text: str, refreshed: PartialDate | None, notes: Notes) -> PartialDate | None:
    """When the copy was made. The portal writes this one date month first (`06/09/2024 10:20:30` is 9 June).

    A spreadsheet may have read it day first and written it anew (`2024-09-06`): then the record's own date of
    refreshing decides, which cannot be later; where it does not, only the year is certain.
    """
    plain = _TIME.sub("", text.strip())
    try:
        if match := _US_STAMP.fullmatch(plain):
            month, day, year = (int(part) for part in match.groups())
            return PartialDate(year, month, day) if month <= 12 else PartialDate(year, day, month)
        found = read_date(text)
    except ValueError:
        notes.add("copied", text, "not a date")
        return None
    if found is None or found.day is None or found.month is None or found.day > 12 or found.day == found.month:
        return found
    swapped = PartialDate(found.year, found.day, found.month)
    fitting = [one for one in (found, swapped) if refreshed is None or one.last_day >= refreshed.first_day]
    if len(fitting) == 1 and refreshed is not None:
        if fitting[0] == swapped:
            notes.add("copied", text, "day and month were swapped: the record was refreshed later than that")
        return fitting[0]
    notes.add("copied", text, "day or month first cannot be told; only the year is kept")
    return PartialDate(found.year)


# ----------------------------------------------------------------------------------------------------------- phases
_EU_PHASE = re.compile(r"\(Phase (I{1,3}|IV)\)\s*:\s*(yes|no)?", re.IGNORECASE)
_STAMP = re.compile(r"[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00:00)?")
_SHORT_DAY = re.compile(r"([0-9]{1,2})[-/ ]([A-Za-z]{3})(?:[-/ ][0-9]{2,4})?|([A-Za-z]{3})[-/ ]([0-9]{1,2})")


def _phase_from_date(text: str) -> str | None:
    """`2-Mar`, `Mar-02`, `2020-03-02 00:00:00`: what a spreadsheet made of `2-3`, in whichever order; phase 2/3."""
    if match := _STAMP.fullmatch(text):
        numbers = [int(match[1]), int(match[2])]
    elif match := _SHORT_DAY.fullmatch(text):
        numbers = [int(match[1] or match[4]), _MONTHS.get((match[2] or match[3]).lower(), 0)]
    else:
        return None
    if not all(1 <= number <= 4 for number in numbers):
        return None
    return values.combined_phase([f"PHASE{number}" for number in numbers])


def phase(text: str, notes: Notes) -> str:
    """The phase; the registers' words, the EU register's list of yes and no, or what a spreadsheet left of it."""
    plain = one_line(text)
    if answers := _EU_PHASE.findall(plain):
        found = values.combined_phase(
            [values.phase_in_words(numeral) or "" for numeral, answer in answers if answer.lower() == "yes"]
        )
        if found is None:
            notes.add("phase", plain, "phases that do not go together")
        return found or ""
    if recovered := _phase_from_date(plain):
        notes.add("phase", plain, "a date that a spreadsheet made of two phase numbers")
        return recovered
    if plain == "0":
        notes.add("phase", plain, "early phase 1 in some registers, no phase in others")
        return ""
    if key(plain) in values.ICTRP_PHASE or not plain:
        return values.ICTRP_PHASE.get(key(plain), "")
    named = values.phase_in_words(plain)
    if named is None:
        notes.add("phase", plain, "unknown value")
    return named or ""


# ------------------------------------------------------------------------------------------------------------- ages
# Nobody is older; these stand for "no upper limit".
_OLDEST = 120
_LONGEST_AGE = 80  # characters
_AND_OVER = re.compile(r"[0-9]+\s*(?:years?)?\s*(?:\+|and (?:over|above|older))", re.IGNORECASE)


def _age(field: str, text: str, wrong_sign: str, notes: Notes) -> Age | None:
    if len(text) > _LONGEST_AGE:
        notes.add(field, text, "not an age")
        return None
    if text.startswith(wrong_sign):
        notes.add(field, text, "says the opposite of what the field means")
        return None
    return notes.age(field, text)


def ages(lowest: str, highest: str, notes: Notes) -> tuple[Age | None, Age | None]:
    """The two age limits. An upper limit of 0, of 120 years or more, or of `65+` is none."""
    low_text, high_text = one_line(lowest), one_line(highest)
    low = _age("min_age", low_text, "<", notes)
    high = None if _AND_OVER.fullmatch(high_text) else _age("max_age", high_text, ">", notes)
    if high is not None and high.value == 0:
        notes.add("max_age", high_text, "no upper limit, or none was given")
        high = None
        if low is not None and low.value == 0:
            low = None
    if high is not None and high.unit == "YEARS" and high.value >= _OLDEST:
        high = None
    return low, high


_AGE_FORM = re.compile(r"\n?[^\S\n]*Are the trial subjects under 18\?.*", re.IGNORECASE | re.DOTALL)
_GROUP = re.compile(
    r"(Are the trial subjects under 18\?|F\.1\.2 Adults \(18-64 years\)|F\.1\.3 Elderly \(>=65 years\))\s*(yes|no)\b",
    re.IGNORECASE,
)


_GROUP_SIZES = (
    ("under 18", re.compile(r"^Number of subjects for this age range:\s*([0-9]+)", re.MULTILINE)),
    ("18-64 years", re.compile(r"F\.1\.2\.1 Number of subjects for this age range\s*([0-9]+)")),
    ("65 years and over", re.compile(r"F\.1\.3\.1 Number of subjects for this age range\s*([0-9]+)")),
)


@dataclass(frozen=True, slots=True)
class AgeForm:
    """What the EU register's form on age groups says: the limits that its answers mean, and the size of each group."""

    low: Age | None = None
    high: Age | None = None
    sizes: str = ""


def without_age_form(criteria: str) -> tuple[str, AgeForm]:
    """EU register criteria without the form that follows them, and what the form says."""
    form = _AGE_FORM.search(criteria)
    if form is None:
        return criteria, AgeForm()
    answers = {question.lower()[:5]: answer.lower() == "yes" for question, answer in _GROUP.findall(form[0])}
    minors, adults, elderly = (answers.get(question, False) for question in ("are t", "f.1.2", "f.1.3"))
    low = high = None
    if len(answers) == 3:
        low = None if minors else Age(18.0, "YEARS") if adults else Age(65.0, "YEARS") if elderly else None
        high = None if elderly else Age(64.0, "YEARS") if adults else Age(17.0, "YEARS") if minors else None
    sizes = [(group, size.search(form[0])) for group, size in _GROUP_SIZES]
    told = "; ".join(f"{group}: {size[1]}" for group, size in sizes if size)
    return criteria[: form.start()].rstrip(), AgeForm(low, high, told)


# ------------------------------------------------------------------------------------------------------------- sizes
_COUNT = re.compile(r"[0-9]{1,9}(?:\.0)?")
_GROUPS = re.compile(r"(.+?)\s*:\s*([0-9]{1,9})\s*(?:;|$)", re.DOTALL)


def group_sizes(text: str) -> list[tuple[str, int]]:
    """`Group A:50;Group B:50;` -> each group with its size; empty where the text is not such a list throughout."""
    found, end = [], 0
    while match := _GROUPS.match(text, end):
        found.append((" ".join(match[1].split()), int(match[2])))
        end = match.end()
    return [] if text[end:].strip() else found


def enrollment(text: str) -> tuple[int | None, str]:
    """(Participants, note). Sizes of several groups are kept as they stand: groups overlap, so nothing is added up."""
    plain = one_line(text)
    if _COUNT.fullmatch(plain.replace(",", "")):
        return int(plain.replace(",", "").removesuffix(".0")), ""
    groups = group_sizes(plain)
    return (groups[0][1], plain) if len(groups) == 1 else (None, plain)
