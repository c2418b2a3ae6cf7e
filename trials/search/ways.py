"""Ways into the catalogue: the most frequent values of a few facets, each with how many of its trials recruit now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trials.search import facets
from trials.search.bitmaps import NOTHING
from trials.search.groups import Choice, chooser, results_url, top_choices, whole_list_url
from trials.search.index import FacetIndex
from trials.search.question import Question
from trials.search.values import Value

MOST = 8
# The part of a value's trials from which on one value under it stands for the whole.
MOSTLY = 0.7
_EVERYTHING = Question()
_RECRUITING = _EVERYTHING.toggled("status", "recruiting")


@dataclass(frozen=True)
class Way:
    """A value with its trials; `open_count` of them recruit now, and `open_url` leads to these."""

    choice: Choice
    open_count: int
    open_url: str


@dataclass(frozen=True)
class WayIn:
    """A heading with the values below it; `all_url` lists every one where there are more."""

    key: str
    heading: str
    ways: tuple[Way, ...]
    all_url: str


def way_in(index: FacetIndex, key: str, heading: str, open_key: str = "", is_deep: bool = False) -> WayIn:
    """The most frequent values of a facet; “not stated” leads nowhere that a visitor wants to go.

    Recruiting are the trials of that status; with `open_key` those of them that have the same value of that facet,
    such as the trials with a site in a country that recruits. With `is_deep` values count that stand under others.
    """
    values, counts = index.values[key].values, index.counts[key]
    slugs = telling(values, counts) if is_deep else [slug for slug in values if not values[slug].parent]
    slugs = sorted((slug for slug in slugs if counts.get(slug)), key=lambda slug: -counts[slug])
    choice = chooser(facets.by_key()[key], _EVERYTHING, counts)
    return WayIn(
        key=key,
        heading=heading,
        ways=tuple(_way(index, key, choice(values[slug], (), ""), open_key or key) for slug in slugs[:MOST]),
        all_url=whole_list_url(key, _EVERYTHING) if len(slugs) > MOST else "",
    )


def telling(values: Mapping[str, Value], counts: Mapping[str, int]) -> list[str]:
    """The values without those that are mostly one of the values under them.

    Nearly all trials with T cells are trials with CAR-T cells, and that is what people look for.
    """
    largest: dict[str, int] = {}
    for slug, value in values.items():
        largest[value.parent] = max(largest.get(value.parent, 0), counts.get(slug, 0))
    return [slug for slug in values if largest.get(slug, 0) <= MOSTLY * counts.get(slug, 0)]


def _way(index: FacetIndex, key: str, choice: Choice, open_key: str) -> Way:
    recruiting = index.members["status"].get("recruiting", NOTHING)
    open_count = index.members[open_key].get(choice.slug, NOTHING).intersection_cardinality(recruiting)
    return Way(choice, open_count, results_url(_RECRUITING.toggled(open_key, choice.slug)))


def recruiting(index: FacetIndex) -> tuple[int, str]:
    """How many trials recruit now, and the page that lists them."""
    return index.counts["status"].get("recruiting", 0), results_url(_RECRUITING)


def registries(index: FacetIndex) -> tuple[Choice, ...]:
    """The registries whose numbers trials have, the most frequent first."""
    values, counts = index.values["registry"], index.counts["registry"]
    choices = top_choices(facets.by_key()["registry"], _EVERYTHING, values, counts, len(values.values))
    return tuple(sorted(choices, key=lambda choice: -choice.count))
