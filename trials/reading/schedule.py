"""How often and when something is given: number of administrations, days, interval. Read from words near a dose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "a single": 1, "single": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "double": 2,
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_SMALL = r"(?:\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"

# "3 intravenous infusions", "a total of four doses", "repeated three times"; a level, a group or a vial is none.
_GIVINGS = re.compile(
    rf"""(?<![\w.,/%^-])(?<![Dd]ay\s)(?<![Dd]ays\s)(?P<count>{_NUMBER})\b(?:\s\(\w+\))?[\s-]
    (?:(?:(?:intra|sub|peri|para|epi|trans|endo|retro)[\w-]+|i\.?v\.?|weekly|monthly|daily|consecutive|separate|repeated|additional
      |equal|single|split|fixed|identical|sequential|successive|local|peripheral|systemic|bolus|further|more|total|stem|cells?
      |autologous|allogeneic|escalating|(?-i:[A-Z][\w+/-]*))\s){{0,4}}
    (?P<what>infusions?|injections?|doses?|administrations?|transplantations?|transfusions?|vaccinations?|vaccines?
      |applications?|implantations?|instillations?|times)\b
    (?!\s?(?:levels?|groups?|cohorts?|escalat|limiting|finding|sites?|points?|range|arms?|tiers?|schedules?
      |per\s(?:week|day)|a\s(?:week|day))
      |(?:\s(?!at\b)[^.;\s]+){{0,8}}?\s(?:evaluated|tested|explored|studied|investigated|set|compared|assessed|planned)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_ONCE = re.compile(
    r"\b(?P<one>once|one[\s-]time|single[\s-]dose)\b(?!\s(?:every|a\b|per|weekly|the|daily|monthly|each|in\b|they|it|all|patients|subjects|participants|on\s(?:the\s)?protocol))"
    r"|\b(?P<two>twice)\b(?!\s(?:a\b|per|weekly|daily|every))",
    re.IGNORECASE,
)
_DAYS = re.compile(
    r"\b(?:study\s)?(?:days?|D)\s?(?P<list>\+?-?\d{1,3}(?:(?:\s?(?:,|&|/|;|\+)\s?(?:and\s|or\s)?|\s(?:and|or)\s)(?:on\s)?(?:days?\s?|D\s?)?\+?\d{1,3}\b)*)"
    r"(?!\s?(?:,|and|or|&)\s?\d)(?!\s?(?:%|\d|-|to\s\d|,?\s?\d+\s?%|post|after|prior|before|visits?))",
    re.IGNORECASE,
)
_UNIT = r"(?P<unit>days?|weeks?|months?)"
_SPAN = rf"(?P<low>{_SMALL})(?:\s?(?:-|to|or)\s?(?P<high>{_SMALL}))?[\s-]?{_UNIT}"
_INTERVALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:every|q)\s?{_SPAN}\b",
        rf"\b{_SPAN}\s?(?:apart|\(s\)\sapart|intervals?\b)",
        rf"\bintervals?\s(?:\w+\s){{0,4}}?(?:of|is|was)\s(?:about\s|approximately\s|at\sleast\s)?{_SPAN}\b",
        rf"\bseparated\sby\s(?:at\sleast\s)?{_SPAN}\b",
    )
)
_TIMES = re.compile(r"(?:dai?[ly]|week|month|night)", re.IGNORECASE)
_EVERY_OTHER = re.compile(r"\bevery\s(?:other|second)\s(?P<unit>day|week|month)\b", re.IGNORECASE)
_ONCE_A = re.compile(
    r"\b(?:once\s(?:a|per|every|each|in\sa)|every|each|per|one\stime\sper|once/)\s?(?P<unit>day|week|month)\b"
    r"|\b(?P<adverb>daily|weekly|monthly|fortnightly)\b",
    re.IGNORECASE,
)
_ADVERBS = {"daily": (1, "DAYS"), "weekly": (1, "WEEKS"), "monthly": (1, "MONTHS"), "fortnightly": (2, "WEEKS")}
# Where what is told of the cells ends and something else begins.
_ELSE = re.compile(
    r"\b(?:followed\sby|and\sthen|then|plus|thereafter|(?:together|combined|along)\swith)\b", re.IGNORECASE
)
_SPLIT = re.compile(r"\bsplit|\bfraction", re.IGNORECASE)


# Parts of words, in lower case, without which the patterns above find nothing: cheap to look for.
_OF_ELSE = ("followed", "then", "plus", "with")
_OF_GIVINGS = ("fusion", "ection", "dose", "inistra", "plantation", "vaccin", "pplication", "stillation", "times")
_OF_ONCE = ("once", "time", "single", "twice")
_OF_DAYS = re.compile(r"d(?:ays?)?\s?\+?-?\d")
_OF_TIMES = ("da", "week", "month", "night")
_OF_INTERVALS = (("every", "q"), ("apart", "interval"), ("interval",), ("separated",))


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is stated of times. `count_at`, `days_at`: places in the text; `interval`: low, high, unit."""

    count: int | None = None
    count_at: tuple[int, int] | None = None
    days: tuple[int, ...] = ()
    days_at: tuple[int, int] | None = None
    interval: tuple[float, float | None, str] | None = None

    @property
    def is_full(self) -> bool:
        return self.count is not None and self.interval is not None and bool(self.days)

    def filled(self, other: Schedule) -> Schedule:
        """This one, with what it lacks from another; days that were only counted go with their own list."""
        takes_count = self.count is None and not (self.days and other.count_at == other.days_at)
        return Schedule(
            other.count if takes_count else self.count,
            other.count_at if takes_count else self.count_at,
            self.days or other.days,
            self.days_at if self.days else other.days_at,
            self.interval or other.interval,
        )


def schedule_near(text: str, stretches: Sequence[tuple[int, int]]) -> Schedule:
    """The times stated in stretches of a folded text, those that come first in the sequence going before the others."""
    found = Schedule()
    for start, end in stretches:
        if start < end and not found.is_full:
            stop = _ELSE.search(text, start, end) if _holds(text[start:end].lower(), _OF_ELSE) else None
            found = found.filled(_read(text, start, stop.start() if stop else end))
    return found


def _holds(words: str, parts: tuple[str, ...]) -> bool:
    return any(part in words for part in parts)


def _read(text: str, start: int, end: int) -> Schedule:
    words = text[start:end].lower()
    days, days_at = _days(text, start, end) if _OF_DAYS.search(words) else ((), None)
    count, count_at = _count(text, start, end, words)
    if count is None and len(days) > 1 and not _SPLIT.search(text, max(0, start - 60), end):
        count, count_at = len(days), days_at
    return Schedule(count, count_at, days, days_at, _interval(text, start, end, words))


def _count(text: str, start: int, end: int, words: str) -> tuple[int | None, tuple[int, int] | None]:
    match = _GIVINGS.search(text, start, end) if _holds(words, _OF_GIVINGS) else None
    once = _ONCE.search(text, start, end) if _holds(words, _OF_ONCE) else None
    if match is not None and (once is None or match.start() <= once.start()):
        number = int(_value(match["count"]))
        return (number, match.span()) if 1 <= number <= 60 else (None, None)
    if once is not None:
        return (1 if once["one"] else 2), once.span()
    return None, None


def _days(text: str, start: int, end: int) -> tuple[tuple[int, ...], tuple[int, int] | None]:
    for match in _DAYS.finditer(text, start, end):
        days = tuple(int(number) for number in re.findall(r"-?\d+", match["list"]))
        if days == tuple(sorted(set(days))) and days[0] >= -1:
            return days, match.span()
    return (), None


def _interval(text: str, start: int, end: int, words: str) -> tuple[float, float | None, str] | None:
    if not _holds(words, _OF_TIMES) or not _TIMES.search(text, start, end):
        return None
    for parts, pattern in zip(_OF_INTERVALS, _INTERVALS, strict=True):
        if _holds(words, parts) and (match := pattern.search(text, start, end)):
            low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
            if high is None or high > low:
                return low, high, _unit(match["unit"])
    if "every" in words and (match := _EVERY_OTHER.search(text, start, end)):
        return 2, None, _unit(match["unit"])
    if match := _ONCE_A.search(text, start, end):
        if match["unit"]:
            return 1, None, _unit(match["unit"])
        low, unit = _ADVERBS[match["adverb"].lower()]
        return low, None, unit
    return None


def _value(written: str) -> float:
    word = written.lower()
    return float(_WORDS[word]) if word in _WORDS else float(word)


def _unit(written: str) -> str:
    return f"{written.upper().removesuffix('S')}S"
