"""What an amount is counted in, and per what: read from the words behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trials.reading.clauses import matches_in
from trials.reading.lexicon import CELL_TYPE, PRODUCT, Match, Matches

FLAT, PER_KG, PER_M2, PER_CM2, PER_EYE, PER_SITE = "FLAT", "PER_KG", "PER_M2", "PER_CM2", "PER_EYE", "PER_SITE"
# No basis of a dose: cells per ml say nothing of how many are given, and per litre they are a blood count.
PER_ML, PER_BLOOD = "PER_ML", "PER_BLOOD"

CELLS = ("CELL_NOUN", CELL_TYPE, PRODUCT)
_REACH = 120
_JOINED_WITHIN, _NOUN_LENGTH = 5, 50
_PER = re.compile(
    r"""(?:/|\bper\b|\bpr\b|\bby\b(?=\s(?:kg|kilo))|\bfor\seach\b|\b(?:in\s)?each\b|\ba(?=\s(?:knee|dose)\b)|(?=\bkg\s?\^?[-⁻])|\bx\s?(?=kg))\s{0,2}
    (?:(?:each|the|one|single|of|recipient'?s?|patient'?s?|ideal|actual|body|total|target|treated|affected|b\.?w\.?)\s){0,3}
    \(?(?:
      (?P<kg>(?:㎏|kgs?(?:\s?b\.?w\.?)?|kilograms?|kilos?|k\.g\.?)(?![a-z])|weight\sin\skg|body\s?weight|weight\s?\(kg\))
    | (?P<cm2>cm\s?\^?\s?[2²](?!\d)|sq(?:uare|\.)?\s?(?:cm|centim)\w*|centimet(?:er|re)s?\ssquared)
    | (?P<m2>m\s?\^?\(?[2²]\)?(?!\d)|sq(?:uare|\.)?\smet\w+|met(?:er|re)s?\s?(?:squared|\^?2|²)|bsa\b)
    | (?P<eye>eyes?\b)
    | (?P<site>(?:injection\s|implantation\s)?sites?|knees?|joints?|hips?|dis[ck]s?|lesions?|fistulas?
        |(?:fistula\s)?tracts?|limbs?|legs?|hemispheres?|ears?|nerves?|wounds?|ulcers?|defects?|ovar(?:y|ies)|testicles?|segments?)\b
    | (?P<ml>(?-i:mL|ml|ML|Ml|cc|milliliters?|millilitres?)\b|cm\s?\^?[3³](?!\d))
    | (?P<blood>(?-i:L\b|l\b|u[lL]\b|mc[lL]\b|dL)|lit(?:er|re)s?|microlit\w+|mm\s?\^?[3³](?!\d)|cubic
        |wells?\b|min(?:ute)?s?\b|hours?\b|seconds?\b|field|hpf|dish|flask)
    | (?P<flat>dose|infusions?|injections?|administrations?|times?\b|patients?|persons?|subjects?|participants?|bags?
        |vials?|syringes?|ampoules?|recipients?|treatments?|implants?|transplant\w*|grafts?|procedures?|vaccin\w+
        |\d+(?:[.,]\d+)?\s?(?:ml|cc)\b)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ADJECTIVES = re.compile(r",\s*(?:(?!and\b|or\b|which\b|with\b)[A-Za-z-]+[,\s]\s*){0,5}")
_BASES = {
    "kg": PER_KG, "m2": PER_M2, "cm2": PER_CM2, "eye": PER_EYE, "site": PER_SITE, "ml": PER_ML, "blood": PER_BLOOD,
    "flat": FLAT,
}  # fmt: skip
# Words and signs behind which nothing belongs to the amount before them any more.
_BREAK = re.compile(
    r"[;\n]|\.(?=\s|$)|(?<![\w+/.-])\d[\d.,]*\s?(?:mg|ml|cc|g\b|i?u\b|days?|weeks?|hours?|patients|subjects)|=>|"
    r"\b(?:followed|after|before|via|through|then|plus|on\sdays?|from|at|every|daily|weekly|once|was|were|will|is|are|"
    r"prior|until|when|who|but)\b",
    re.IGNORECASE,
)
# Units of other things, from metrology and virology; what else is no dose of cells is the vocabulary's to say.
_OTHER_UNIT = re.compile(
    r"(?<![A-Za-z])(?:[munp]?g|mcg|[mun]?mol|mM|IU|I\.U\.|U|units?(?!\s+of\b)|m[lL]|mEq|k?Da|Gy|vg|gc|vp|pfu|PFU|cfu|CFU|TCID50|%|IEQ?|EIN|Hz|"
    r"nm|mm|cm|m|bp|kb|Mb|RU|x\s?g)(?![A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """`basis` is a DoseBasis, PER_ML, PER_BLOOD or empty; `end` where it ends; `noun` the first word for cells.

    `other` says that something else than cells is counted.
    """

    basis: str
    end: int
    site: str = ""
    noun: Match | None = None
    other: bool = False
    gap: int = 999  # characters between the amount and that word


# "(±20%)": how exactly an amount is kept to; it stands between the number and its unit.
TOLERANCE = re.compile(r"\s?\(?\s?(?:(?:±|\+\s?/?\s?-)\s?|(?<=\s))\d+\s?%\s?\)?")


def read_unit(text: str, matches: Matches, place: int, limit: int) -> Unit:
    """The unit of the amount that ends at `place` of a folded text; nothing from `limit` on belongs to it."""
    if tolerance := TOLERANCE.match(text, place, limit):
        place = tolerance.end()
    limit = min(limit, place + _REACH, len(text))
    stop = _BREAK.search(text, place, limit)
    near = stop.start() if stop else limit
    noun = _noun(text, matches, place, near)
    comma = text.find(", ", place, near)
    if comma >= 0 and (noun is None or noun.start < comma):  # what follows a comma is of the cells only with its noun
        near = comma
    other = next(iter(matches_in(matches, place, near, "NOT_A_DOSE")), None)
    per = _PER.search(text, place, min(len(text), near + 14))
    if per is not None and per.start() > near:
        per = None
    if other is not None and (noun is None or other.start <= noun.start) and (per is None or other.end <= per.start()):
        return Unit("", place, other=True)
    gap = noun.start - place if noun else 999
    reach = min(per.start() if per else near, noun.start if noun else near)
    foreign = _OTHER_UNIT.search(text, place, reach)
    if foreign is not None and foreign.start() - place <= (2 if per is None else 14):
        return Unit("", place, other=True)
    if per is None:
        return Unit("", _end_of_noun(text, matches, noun) if noun else place, noun=noun, gap=gap)
    kind = per.lastgroup or ""
    return Unit(_BASES[kind], per.end(), site=per["site"].lower() if kind == "site" else "", noun=noun, gap=gap)


def _noun(text: str, matches: Matches, place: int, near: int) -> Match | None:
    """The first word for cells; over a comma only adjectives may stand before it: “allogeneic, marrow-derived MSC”."""
    found = next(iter(matches_in(matches, place, near + _NOUN_LENGTH, *CELLS)), None)
    if found is None or found.start > near:
        return None
    comma = text.find(",", place, found.start)
    return found if comma < 0 or _ADJECTIVES.fullmatch(text, comma, found.start) else None


def _end_of_noun(text: str, matches: Matches, noun: Match) -> int:
    """Where a name of cells ends that is put together: “CART-38 cells”, “CAR+ T cells”."""
    end = noun.end
    for following in matches_in(matches, end, end + 40, *CELLS):
        if following.start - end <= _JOINED_WITHIN and "(" not in text[end : following.start]:
            end = following.end
    return end
