"""How many trials name a term, from the search index; what is not public is read beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from pyroaring import BitMap

from trials.admin.searching import UNKEPT
from trials.models import Condition, Trial
from trials.search import facets
from trials.search.live import reading
from trials.search.stored import read

# Of so many trials that are not public the values are read one by one.
MOST_READ = 2_000


def naming(facet: str, terms: Collection[int]) -> dict[int, int] | None:
    """For each of these terms how many trials name it, as the filter of the list of trials finds them.

    None where so many trials are not public that the database had better count.
    """
    unkept = list(Trial.objects.filter(state__in=UNKEPT).order_by().values_list("pk", flat=True)[: MOST_READ + 1])
    if len(unkept) > MOST_READ:
        return None
    with reading() as index:
        stored, held = _meaning(facet, terms), (index.direct[facet], _stored(facet, unkept))
        return {
            term: len(BitMap().union(*(some[one] for one in stored[term] for some in held if one in some)))
            for term in terms
        }


def _stored(facet: str, trials: Collection[int]) -> Mapping[Any, BitMap]:
    """The same as the index holds, of trials that it leaves out."""
    found: defaultdict[Any, BitMap] = defaultdict(BitMap)
    for _, trial, stored in read(facets.by_key()[facet].sources, trials) if trials else ():
        found[stored].add(trial)
    return found


def _meaning(facet: str, terms: Collection[int]) -> Mapping[int, list[Any]]:
    """The stored values that name each term. An area is named by the conditions that belong to it, too."""
    if facet != "area":
        return {term: [term] for term in terms}
    found: dict[int, list[Any]] = {term: [("area", term)] for term in terms}
    links = Condition.areas.through._default_manager.filter(area__in=terms)
    for area, condition in links.values_list("area", "condition"):
        found[area].append(("condition", condition))
    return found
