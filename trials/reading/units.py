"""What an amount is counted in and per: cells or something else, per kg, per m², per site. Read from what follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trials.reading.dose_words import DoseWords

FLAT, PER_KG, PER_M2, PER_CM2, PER_EYE, PER_SITE = "FLAT", "PER_KG", "PER_M2", "PER_CM2", "PER_EYE", "PER_SITE"
# No basis of a dose: cells per ml say nothing of how many are given, and per litre they are a blood count.
PER_ML, PER_BLOOD = "PER_ML", "PER_BLOOD"

_REACH = 120
_PER = re.compile(
    r"""(?:/|\bper\b|\bby\b(?=\s(?:kg|kilo))|\bfor\seach\b|\beach\b|\ba(?=\s(?:knee|dose)\b)|(?=\bkg\s?\^?[-⁻])|\bin\seach\b)\s{0,2}
    (?:(?:each|the|one|single|of|recipient'?s?|patient'?s?|ideal|actual|body|total|target|treated|affected|b\.?w\.?)\s){0,3}
    \(?(?:
      (?P<kg>(?:kgs?|kilograms?|kilos?|k\.g\.?)(?![a-z])|weight\sin\skg|body\s?weight|weight\s?\(kg\))
    | (?P<cm2>cm\s?\^?\s?[2²](?!\d)|sq(?:uare|\.)?\s?(?:cm|centim)\w*|centimet(?:er|re)s?\ssquared)
    | (?P<m2>m\s?\^?\(?[2²]\)?(?!\d)|sq(?:uare|\.)?\smet\w+|met(?:er|re)s?\s?(?:squared|\^?2|²)|bsa\b)
    | (?P<eye>eyes?\b)
    | (?P<site>injection\ssites?|implantation\ssites?|sites?|knees?|(?:\w+\s)?joints?|hips?|dis[ck]s?|lesions?|fistulas?|fistula\stracts?|tracts?
        |limbs?|legs?|hemispheres?|ears?|nerves?|wounds?|ulcers?|defects?|ovar(?:y|ies)|testicles?|segments?)\b
    | (?P<ml>(?-i:mL|ml|ML|Ml|cc|milliliters?|millilitres?)\b)
    | (?P<blood>(?-i:L\b|l\b|u[lL]\b|mc[lL]\b|lit(?:er|re)s?|microlit\w+|mm\s?\^?[3³](?!\d)|dL)|cubic|wells?\b|field|hpf|dish|flask)
    | (?P<flat>dose|infusions?|injections?|administrations?|times?\b|patients?|persons?|subjects?|participants?|bags?|vials?|syringes?
        |ampoules?|recipients?|treatments?|implants?|transplant\w*|grafts?|procedures?|vaccin\w+|\d+(?:[.,]\d+)?\s?(?:ml|cc)\b)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# Words and signs behind which nothing belongs to the amount before them any more.
_BREAK = re.compile(
    r"[;\n]|\.(?=\s|$)|,\s|(?<![\w+/.-])\d[\d.,]*\s?(?:mg|ml|cc|g\b|i?u\b|days?|weeks?|hours?|patients|subjects)|=>|"
    r"\b(?:followed|after|before|via|through|then|plus|on\sdays?|from|at|every|daily|weekly|once|was|were|will|is|are|"
    r"prior|until|when|who|but)\b",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(
    r"(?:[munpµ]?g|mcg|mm?ol|IU|I\.U\.|U|units?|m[lL]|mEq|k?Da|Gy|vg|gc|vp|pfu|cfu|copies|particles|genomes?|%|IEQ?)\s?$",
)
_LOW_END = re.compile(r"[\s(),:]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """`basis` is a DoseBasis, PER_ML, PER_BLOOD or empty; `end` where it ends; `noun` where the first word for cells ends.

    `other` says that something else than cells is counted.
    """

    basis: str
    end: int
    site: str = ""
    noun: int | None = None
    other: bool = False
    per: str = ""


def read_unit(text: str, place: int, limit: int, words: DoseWords) -> Unit:
    """The unit of the amount that ends at `place` of a folded text; nothing from `limit` on belongs to it."""
    limit = min(limit, place + _REACH, len(text))
    stop = _BREAK.search(text, place, limit)
    near = stop.start() if stop else limit
    noun = words.cells.search(text, place, near)
    other = words.no_dose.search(text, place, near)
    if other is not None and (noun is None or other.start() <= noun.start()):
        return Unit("", place, other=True)
    per = _PER.search(text, place, near + 14 if near < limit else limit)
    if per is not None and per.start() > near:
        per = None
    noun_end = noun.end() if noun else None
    if per is None:
        return Unit("", noun_end or place, noun=noun_end)
    if _OTHER_UNIT.search(text, place, per.start()):
        return Unit("", place, other=True)
    kind = per.lastgroup or ""
    basis = {
        "kg": PER_KG, "m2": PER_M2, "cm2": PER_CM2, "eye": PER_EYE, "site": PER_SITE, "ml": PER_ML, "blood": PER_BLOOD,
    }.get(kind, FLAT)  # fmt: skip
    site = per["site"].lower() if kind == "site" else ""
    return Unit(basis, per.end(), site=site, noun=noun_end, per=per[0])
