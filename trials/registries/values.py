"""What the readers of all registries share: the tables of codes and words, and the tidying of single values.

The tables are keyed by `key(word)`. A value of "" means: known, and says nothing. A word without an entry is
reported as a `Problem` and kept as text by the caller, never dropped. The values are those of `models.choices`,
which this room may not import; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from trials.reading.text import visible
from trials.records import Age, PartialDate, Problem

# More than any trial has, and less than a column holds.
MOST_PARTICIPANTS = 2_000_000_000


class Unreadable(ValueError):  # noqa: N818 (says of the record what it is)
    """A record that cannot be read at all. The message names the record, what is wrong and where."""


@lru_cache(maxsize=4096)
def key(word: str) -> str:
    """How a word is looked up: lower case, everything but letters and digits one space (`Phase 1/2` -> `phase 1 2`)."""
    return " ".join(re.sub(r"[\W_]+", " ", word.casefold()).split())


def _same(values: Iterable[str]) -> dict[str, str]:
    """A table in which each enum stands for itself."""
    return {key(value): value for value in values}


# ------------------------------------------------------------------------------------------------- ClinicalTrials.gov
# API v2 enums, each with an entry. Other tables below add words to these.
STATUSES = (
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
)
CTGOV_STATUS = _same(STATUSES) | {"unknown status": "UNKNOWN"}
SITE_STATUS = _same(STATUSES[:9])
CTGOV_PHASE = _same(("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")) | {
    "n a": "NA",
    "not applicable": "NA",
    "early phase 1": "EARLY_PHASE1",
    "phase 0": "EARLY_PHASE1",  # the older name of the same phase
    "phase 1": "PHASE1",
    "phase 2": "PHASE2",
    "phase 3": "PHASE3",
    "phase 4": "PHASE4",
    "unknown": "",
}
CTGOV_STUDY_TYPE = _same(("INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS")) | {
    "observational patient registry": "OBSERVATIONAL",
}
CTGOV_SEX = _same(("ALL", "FEMALE", "MALE")) | {"both": "ALL"}

DATE_TYPE = _same(("ACTUAL", "ESTIMATED")) | {"anticipated": "ESTIMATED"}  # the older word
ALLOCATION = _same(("RANDOMIZED", "NON_RANDOMIZED", "NA")) | {"n a": "NA"}
INTERVENTION_MODEL = _same(("SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL"))
PRIMARY_PURPOSE = _same(
    (
        "TREATMENT",
        "PREVENTION",
        "DIAGNOSTIC",
        "ECT",
        "SUPPORTIVE_CARE",
        "SCREENING",
        "HEALTH_SERVICES_RESEARCH",
        "BASIC_SCIENCE",
        "DEVICE_FEASIBILITY",
        "OTHER",
    )
)
MASKING = _same(("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"))
WHO_MASKED = _same(("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"))
ARM_TYPE = _same(
    ("EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER")
)
INTERVENTION_TYPE = _same(
    (
        "BEHAVIORAL",
        "BIOLOGICAL",
        "COMBINATION_PRODUCT",
        "DEVICE",
        "DIAGNOSTIC_TEST",
        "DIETARY_SUPPLEMENT",
        "DRUG",
        "GENETIC",
        "PROCEDURE",
        "RADIATION",
        "OTHER",
    )
)
AGENCY_CLASS = _same(("NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"))
CONTACT_ROLE = _same(("STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR", "CONTACT"))
SECONDARY_ID_TYPE = _same(
    (
        "NIH",
        "FDA",
        "VA",
        "CDC",
        "AHRQ",
        "SAMHSA",
        "OTHER_GRANT",
        "EUDRACT_NUMBER",
        "CTIS",
        "REGISTRY",
        "OTHER",
    )
)
REFERENCE_TYPE = _same(("BACKGROUND", "RESULT", "DERIVED"))
IPD_SHARING = _same(("YES", "NO", "UNDECIDED"))

# ------------------------------------------------------------------------------------------------------------ EU CTIS
# Public status codes 1-12 and their words. The status of an *application* is another list and never looked up here.
CTIS_STATUS_CODES = {
    1: ("Under evaluation", "UNDER_EVALUATION"),
    2: ("Authorised, recruitment pending", "NOT_YET_RECRUITING"),
    3: ("Authorised, recruiting", "RECRUITING"),
    4: ("Ongoing, recruiting", "RECRUITING"),
    5: ("Ongoing, recruitment ended", "ACTIVE_NOT_RECRUITING"),
    6: ("Temporarily halted", "SUSPENDED"),
    7: ("Suspended", "SUSPENDED"),
    8: ("Ended", "COMPLETED"),  # CTIS does not tell an early end from a planned one
    9: ("Expired", "EXPIRED"),
    10: ("Revoked", "REVOKED"),
    11: ("Not authorised", "NOT_AUTHORISED"),
    12: ("Cancelled", "CANCELLED"),
}
CTIS_STATUS = {
    **{str(code): value for code, (_, value) in CTIS_STATUS_CODES.items()},
    **{key(word): value for word, value in CTIS_STATUS_CODES.values()},
    # Words of the portal's first generation (until 2024).
    "authorised not started": "NOT_YET_RECRUITING",
    "authorised": "AUTHORISED",
    "ongoing": "UNKNOWN",  # under way, and recruitment is not told
    "halted": "SUSPENDED",
}
CTIS_PHASE_CODES = {
    1: ("Human pharmacology (Phase I) - First administration to humans", "PHASE1"),
    2: ("Human pharmacology (Phase I) - Bioequivalence Study", "PHASE1"),
    3: ("Human pharmacology (Phase I) - Other", "PHASE1"),
    4: ("Therapeutic exploratory (Phase II)", "PHASE2"),
    5: ("Therapeutic confirmatory (Phase III)", "PHASE3"),
    6: ("Therapeutic use (Phase IV)", "PHASE4"),
    7: ("Phase I and Phase II (Integrated) - First administration to humans", "PHASE1_PHASE2"),
    8: ("Phase I and Phase II (Integrated) - Bioequivalence Study", "PHASE1_PHASE2"),
    9: ("Phase I and Phase II (Integrated) - Other", "PHASE1_PHASE2"),
    10: ("Phase II and Phase III (Integrated)", "PHASE2_PHASE3"),
    11: ("Phase III and Phase IV (Integrated)", "PHASE3_PHASE4"),
}
CTIS_PHASE = {
    **{str(code): value for code, (_, value) in CTIS_PHASE_CODES.items()},
    **{key(word): value for word, value in CTIS_PHASE_CODES.values()},
}
CTIS_SEX = {"female": "FEMALE", "male": "MALE", "female male": "ALL", "male female": "ALL"}

# ---------------------------------------------------------------------------------------------------------- WHO ICTRP
# Its own words, and those that the registries behind it pass through.
ICTRP_STATUS = CTGOV_STATUS | {
    "not recruiting": "NOT_RECRUITING",
    # The EU register's word: authorised by the member state; recruitment may be going on or be over.
    "authorised": "AUTHORISED",
    "authorised recruitment may be ongoing or finished": "AUTHORISED",
    "ongoing": "UNKNOWN",
    "pending": "NOT_YET_RECRUITING",
    "complete": "COMPLETED",
    "closed to recruitment of participants": "NOT_RECRUITING",
    "open to recruitment of participants": "RECRUITING",
    "open public recruiting": "RECRUITING",
    "preinitiation": "NOT_YET_RECRUITING",
    "main results already published": "COMPLETED",
    "temporary halt": "SUSPENDED",
    "temporarily halted": "SUSPENDED",
    "temporarily closed": "SUSPENDED",
    "stopped": "TERMINATED",
    "prematurely ended": "TERMINATED",
    "restarted": "UNKNOWN",
    "prohibited by ca": "NOT_AUTHORISED",
    "other": "",
    "not available": "",
    "not applicable": "",
}
ICTRP_STUDY_TYPE = CTGOV_STUDY_TYPE | {
    "interventional study": "INTERVENTIONAL",
    "interventional clinical trial of medicinal product": "INTERVENTIONAL",
    "intervention": "INTERVENTIONAL",
    "treatment study": "INTERVENTIONAL",
    "prevention": "INTERVENTIONAL",
    "observational study": "OBSERVATIONAL",
    "observational non invasive": "OBSERVATIONAL",
    "observational invasive": "OBSERVATIONAL",
    "epidemiological research": "OBSERVATIONAL",
    "epidemilogical research": "OBSERVATIONAL",
    "pms": "OBSERVATIONAL",  # post-marketing surveillance
    "basic science": "",
    "diagnostic test": "",
    "health services research": "",
    "health services reaserch": "",
    "unknown": "",
    "other": "",
    "others meta analysis etc": "",
    "not applicable": "",
}
ICTRP_SEX = CTGOV_SEX | {
    "both males and females": "ALL",
    "both male and female": "ALL",
    "male and female": "ALL",
    "male female": "ALL",
    "female male": "ALL",
    "females": "FEMALE",
    "males": "MALE",
    "f": "FEMALE",
    "m": "MALE",
    "female yes male yes": "ALL",
    "female yes male no": "FEMALE",
    "female no male yes": "MALE",
    "female male no": "FEMALE",
    "female no male": "MALE",
    "female no male no": "",
    "female male yes": "ALL",
    "not specified": "",
}
# Whole answers; the numbered ones (`Phase II/III`, `1-2`) are read by `phase_in_words`.
ICTRP_PHASE = CTGOV_PHASE | {
    "0": "EARLY_PHASE1",
    "not selected": "",
    "not specified": "",
    "other": "",
    "others": "",
    "retrospective study": "NA",
    "new treatment measure clinical study": "NA",
    "post marketing surveillance": "NA",  # a safety watch, which its register lists beside phase 4
    "diagnostic new technique clincal study": "NA",
    "diagnostic new technique clinical study": "NA",
    "bioequivalence": "PHASE1",
    "be": "PHASE1",
}

# --------------------------------------------------------------------------------------------------------- phases
# Which single phases make one combined phase. Anything else is a contradiction and is left to a person.
_COMBINED = {
    frozenset(("PHASE1", "PHASE2")): "PHASE1_PHASE2",
    frozenset(("PHASE2", "PHASE3")): "PHASE2_PHASE3",
    frozenset(("PHASE3", "PHASE4")): "PHASE3_PHASE4",
}
_NUMERAL = {
    "0": "EARLY_PHASE1",
    "1": "PHASE1",
    "i": "PHASE1",
    "2": "PHASE2",
    "ii": "PHASE2",
    "3": "PHASE3",
    "iii": "PHASE3",
    "4": "PHASE4",
    "iv": "PHASE4",
}
_ONE_PHASE = r"(?:phase\s*-?\s*)?(0|1|2|3|4|iv|i{1,3})\s*-?[abc]?"
_PHASE_WORDS = re.compile(rf"{_ONE_PHASE}(?:\s*(?:/|-|–|,|&|\+|and|to)\s*{_ONE_PHASE})?", re.IGNORECASE)


def combined_phase(parts: Collection[str]) -> str | None:
    """One phase value for single phases: PHASE1 and PHASE2 -> PHASE1_PHASE2; None where they do not go together."""
    single = set(parts) - {""}
    if len(single) > 1:
        return _COMBINED.get(frozenset(single))
    return next(iter(single), "")


def phase_in_words(text: str) -> str | None:
    """The phase that a short text names (`Phase Ib/IIa`, `II-III`, `Phase-2`, `3`); None where it names none."""
    match = _PHASE_WORDS.fullmatch(text.strip())
    if match is None:
        return None
    return combined_phase([_NUMERAL[part.lower()] for part in match.groups() if part])


# ------------------------------------------------------------------------------------------------- dates and ages
@lru_cache(maxsize=16384)
def date_or_none(text: str) -> PartialDate | None:
    """`yyyy`, `yyyy-mm`, `yyyy-mm-dd`, the last also with a time after `T`; None for anything else."""
    try:
        return PartialDate.parse(text.partition("T")[0])
    except ValueError:
        return None


_AGE = re.compile(
    r"(?P<below>[<>]=?|≥|≤)?\s*(?P<value>[0-9]+(?:[.,][0-9]+)?)\s*(?P<unit>[a-z]*)",
    re.IGNORECASE,
)
# A run of dashes and spaces is looked at from its beginning only: from each of its marks would take quadratic time.
_AGE_NOISE = re.compile(r"age old|(?<![-\s])[-\s]*old\b|\(s\)|[()+]|\.$", re.IGNORECASE)
_AGE_UNIT = {
    "": "YEARS",
    "y": "YEARS",
    "yr": "YEARS",
    "yrs": "YEARS",
    "year": "YEARS",
    "years": "YEARS",
    "m": "MONTHS",
    "month": "MONTHS",
    "months": "MONTHS",
    "w": "WEEKS",
    "week": "WEEKS",
    "weeks": "WEEKS",
    "d": "DAYS",
    "day": "DAYS",
    "days": "DAYS",
    "h": "HOURS",
    "hour": "HOURS",
    "hours": "HOURS",
    "minute": "MINUTES",
    "minutes": "MINUTES",
}
NO_AGE_LIMIT = {
    *("", "n a", "na", "none", "no", "any", "null", "year", "years", "unlimited", "not stated", "not specified"),
    *("not applicable", "no limit", "no minimum age", "no maximum age", "0 n a no limit", "99 n a no limit"),
}
# Nobody is older: 999 and 200 years are ways of saying "no upper limit".
_OLDEST = 130


def read_age(text: str) -> Age | None:
    """`18 Years`, `6 Months`, `>= 20age old`, `18Y`, `13 Year(s)`; a bare number means years.

    None where the text says that there is no limit, or none is stated (`N/A`, `No limit`, `?`, `999 Years`).
    ValueError where it cannot be read.
    """
    if key(text) in NO_AGE_LIMIT:
        return None
    match = _AGE.fullmatch(_AGE_NOISE.sub("", text).strip())
    unit = _AGE_UNIT.get(match["unit"].lower()) if match else None
    if match is None or unit is None:
        raise ValueError("is not an age")
    value = float(match["value"].replace(",", "."))
    if match["below"] == "<" and unit == "YEARS" and value >= 1:
        value -= 1  # "< 75 years" lets in people of 74 years
    return None if unit == "YEARS" and value > _OLDEST else Age(value, unit)


# ---------------------------------------------------------------------------------------------------------- problems
class Notes:
    """Gathers what could not be read as it should while one record is read."""

    __slots__ = ("problems",)

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, field: str, text: object, what: str) -> None:
        """Notes a problem of the catalogue's field `field`; of `text` the first 300 characters are kept."""
        self.problems.append(Problem(field, visible(str(text)[:300]), what))

    def code(self, field: str, word: str, table: Mapping[str, str]) -> str:
        """The catalogue's value for a registry's word; an unknown word is noted and gives an empty value."""
        if not word:
            return ""
        value = table.get(key(word))
        if value is None:
            self.add(field, word, "unknown value")
            return ""
        return value

    def date(self, field: str, text: str) -> PartialDate | None:
        """An ISO date of whatever precision; anything else is noted and gives None."""
        if not text:
            return None
        value = date_or_none(text)
        if value is None:
            self.add(field, text, "not a date")
        return value

    def age(self, field: str, text: str) -> Age | None:
        """An age limit (see `read_age`); what cannot be read is noted and gives None."""
        try:
            return read_age(text)
        except ValueError:
            self.add(field, text, "not an age")
            return None
