"""Sites: their countries and coordinates."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from trials.quality.rules.facts import Facts, Found, SiteFields, listed, quoted

# Degrees beyond a country's own boxes: a harbour or an island that the map leaves out is no mistake.
MARGIN = 0.4
# Territories with an ISO code of their own that registries also file under the state they belong to, and the other way
# round.
_TOGETHER = (
    ("US", "PR", "GU", "VI", "AS", "MP", "UM"),
    ("FR", "GP", "MQ", "GF", "RE", "YT", "NC", "PF", "PM", "BL", "MF", "WF"),
    ("GB", "GG", "JE", "IM", "GI", "BM", "KY", "VG", "TC", "FK", "MS", "AI", "SH"),
    ("CN", "HK", "MO", "TW"),
    ("NL", "AW", "CW", "SX", "BQ"),
    ("DK", "FO", "GL"),
    ("FI", "AX"),
    ("NO", "SJ"),
    ("AU", "NF", "CX", "CC"),
    ("NZ", "CK", "NU", "TK"),
    ("IL", "PS"),
    ("RS", "XK"),
    ("CY", "TR"),
    ("UA", "RU"),
    ("MA", "EH"),
)
Box = tuple[int, int, int, int]


@cache
def boxes() -> Mapping[str, tuple[Box, ...]]:
    """West, south, east and north of every part of a country, in tenths of a degree; those of territories with those of
    their states."""
    text = (Path(__file__).parent / "country_boxes.json").read_text(encoding="utf-8")
    own = {code: tuple(map(tuple, parts)) for code, parts in json.loads(text)["countries"].items()}
    shared = {code: group for group in _TOGETHER for code in group}
    # A territory that the map does not know has no box: its sites are passed over.
    return {code: sum((own.get(one, ()) for one in shared.get(code, (code,))), ()) for code in own}


def is_outside(site: SiteFields) -> bool:
    """Whether a site surely lies in another country than it says."""
    parts = boxes().get(site.country)
    if not parts or site.latitude is None or site.longitude is None:
        return False
    north, east = site.latitude * 10, site.longitude * 10
    margin = MARGIN * 10
    for west, south, further_east, further_north in parts:
        if south - margin <= north <= further_north + margin and (
            west - margin <= east <= further_east + margin
        ):  # fmt: skip
            return False
    return True


def outside_country(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Coordinates that lie in another country, most often a town of the same name."""
    found = [site for site in trial.sites if site.latitude is not None and is_outside(site)]
    if found:
        shown = [f"{_name(site)} at {site.latitude:g}, {site.longitude:g}" for site in found]
        sentence = f"Coordinates lie outside the country that the site names: {listed(shown)}."
        values = tuple((site.city, site.country, site.latitude, site.longitude) for site in found)
        yield Found(sentence, "Sites, coordinates", "Sites, country", values)


def without_country(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Sites that no search by country finds."""
    found = [site for site in trial.sites if not site.country]
    if not found or not trial.keeps("sites"):
        return
    written = list(dict.fromkeys(quoted(site.country_raw, 60) for site in found if site.country_raw))
    if written:
        sentence = f"A site’s country is written as no country that is known: {listed(written)}."
    else:
        names = list(dict.fromkeys(quoted(site.facility or site.city, 60) for site in found))
        sentence = f"No country is given for {listed(names)}."
    yield Found(sentence, "Sites, country", "", tuple((site.facility, site.city, site.country_raw) for site in found))


def _name(site: SiteFields) -> str:
    return ", ".join(part for part in (site.city or site.facility, site.country) if part)
