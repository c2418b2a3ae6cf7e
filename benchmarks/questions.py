"""The questions of the benchmark, chosen from the catalogue at hand so that they are alike at every size."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count

from benchmarks.answers import Around, Ask
from benchmarks.data import Data
from trials.models import Site

# Share of the trials that hold the word asked for: 40,000 of 500,000.
WORD_SHARE = 0.08
# Kilometres.
WITHIN = 300


def questions(data: Data, may_be_asked: Callable[[str], bool] = lambda word: True) -> list[Ask]:
    """None, one facet, three facets, a rare value, a word, that and two facets, around a city, that and one facet."""
    word = data.word_in(WORD_SHARE, may_be_asked)
    cells = _common(data, "cell_type")
    three = {"status": "recruiting", "phase": "2", "cell_type": cells}
    return [
        Ask("no question"),
        Ask("one facet", {"cell_type": cells}),
        Ask("three facets", three),
        Ask("rare value", {"condition": _rare(data, "condition")}),
        Ask("text", word=word),
        Ask("text, two facets", {"phase": "2", "cell_type": cells}, word),
        Ask("near a city", around=_around()),
        Ask("near, one facet", {"cell_type": cells}, around=_around()),
    ]


def _around() -> Around:
    """The city that most sites name."""
    cities = Site.objects.exclude(latitude=None).values_list("city", "country", "latitude", "longitude")
    city, country, latitude, longitude, _ = cities.annotate(sites=Count("pk")).order_by("-sites", "city")[0]
    return Around(f"{city.lower()},{country.lower()}", latitude, longitude, WITHIN)


def _sizes(data: Data, key: str) -> dict[str, int]:
    return {slug: len(ids) for (facet, slug), ids in data.members.items() if facet == key and slug != "not-stated"}


def _common(data: Data, key: str) -> str:
    sizes = _sizes(data, key)
    return max(sizes, key=lambda slug: (sizes[slug], slug))


def _rare(data: Data, key: str) -> str:
    sizes = _sizes(data, key)
    return min(sizes, key=lambda slug: (sizes[slug], slug))
