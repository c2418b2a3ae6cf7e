"""Made-up cities in real countries, and made-up organisations. Where a city lies is drawn, not looked up."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from trials.generating.picking import Picker
from trials.generating.words import different_words, listed
from trials.models.choices import AgencyClass

# Enough for a million trials: see `within_reach`.
CITIES = 41_000
ORGANISATIONS = 4_000

# ISO 3166 codes, those with the most sites first.
_COUNTRIES = listed(
    "US CN ES FR DE IT GB CA KR IN IR JP TR EG BE NL IL AU PL CH BR SE DK TW AT CZ MX RU NO HU GR PT FI TH SG PK "
    "JO IE AR ZA CL ID VN BG RO CO SA UA MY HK RS HR SK LT SI KZ LV EE BY LB NZ AE PE TN CU PA CR DO GE AM QA KW "
    "BD LK NP PH MA DZ NG KE GH UG ET TZ ZM ZW UY EC BO PY VE GT IS LU CY MT MK BA AL MD UZ MN"
)
_KINDS = ("University", "Hospital", "Institute", "Cell Laboratories", "Therapeutics", "Foundation", "Clinic", "Biotech")
_CLASSES = Picker.of(
    {
        AgencyClass.OTHER: 60,
        AgencyClass.INDUSTRY: 27,
        AgencyClass.OTHER_GOV: 5,
        AgencyClass.NETWORK: 3,
        AgencyClass.NIH: 2,
        AgencyClass.FED: 1,
        AgencyClass.INDIV: 1,
        AgencyClass.UNKNOWN: 1,
    }
)


@dataclass(frozen=True)
class City:
    """A city with its coordinates in degrees."""

    name: str
    country: str
    latitude: float
    longitude: float


def cities() -> list[City]:
    """All cities, the same at every call; a country that comes first in the list has most of them."""
    random = Random("cities")
    middles = {code: (random.uniform(-40, 60), random.uniform(-170, 170)) for code in _COUNTRIES}
    countries = Picker.zipf(_COUNTRIES, flattened_by=1)
    found = []
    for name in different_words(random, CITIES):
        country = countries.one(random)
        north, east = middles[country]
        found.append(
            City(
                name.capitalize(),
                country,
                round(north + random.uniform(-4, 4), 4),
                round(east + random.uniform(-6, 6), 4),
            )
        )
    return found


def within_reach(number: int) -> int:
    """From how many cities, the first of them, the trial of a number draws its sites: more trials name more cities.

    The demo catalogue names 850 cities with its first 1,000 trials and 1,400 with 3,700.
    """
    return min(CITIES, 1_000 + number // 25)


def organisations() -> list[tuple[str, str]]:
    """(name, kind) of all organisations, the same at every call."""
    random = Random("organisations")
    return [
        (f"{name.capitalize()} {random.choice(_KINDS)} (generated)", _CLASSES.one(random).value)
        for name in different_words(random, ORGANISATIONS)
    ]
