"""A stand-in for the facet index, and small catalogues with their text written."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pyroaring import BitMap

from trials.models import Trial
from trials.search.facets import FACETS
from trials.search.rows import read
from trials.search.text import store
from trials.search.text.documents import document
from trials.search.values import ValueSet


@dataclass(frozen=True)
class StandIn:
    public: BitMap
    members: Mapping[str, Mapping[str, BitMap]]
    values: Mapping[str, ValueSet]
    token: str


def written() -> StandIn:
    """Writes the text of every public trial, and gives the index of this moment."""
    store.write(store.taken({pk: document(rows) for pk, rows in read(Trial.objects.public()).items()}))
    return index()


def index() -> StandIn:
    public = BitMap(Trial.objects.public().values_list("pk", flat=True))
    values = {facet.key: facet.values() for facet in FACETS}
    members: dict[str, dict[str, BitMap]] = {}
    for facet in FACETS:
        own: defaultdict[str, BitMap] = defaultdict(BitMap)
        for source in facet.sources:
            for trial, stored in source.pairs():
                for slug in values[facet.key].expand(stored):
                    if trial in public:
                        own[slug].add(trial)
        members[facet.key] = dict(own)
    return StandIn(public, members, values, uuid.uuid4().hex)
