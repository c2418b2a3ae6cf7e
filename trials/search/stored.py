"""Reading what the index holds of trials: one statement for all facets whose values stand in the same rows."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pyroaring import BitMap

from trials.search import facets
from trials.search.declaring import Range, Source
from trials.search.facets import AMOUNTS, PLACES

# The trials under each of some values.
Under = Mapping[Any, "array[int]"]


@dataclass(frozen=True)
class Stored:
    """What the tables hold of public trials: the trials under each stored value by facet key, those of each place, of
    each amount of cells, and of each span by the key of its range."""

    direct: Mapping[str, Under]
    places: Under
    doses: Under
    spans: Mapping[str, Under]

    @classmethod
    def of(cls, trials: Collection[int] | None, public: BitMap) -> Stored:
        """Read from the tables, in one pass over each, for those of these trials that are public."""
        owned = [(facet.key, source) for facet in facets.FACETS for source in facet.sources]
        sources = [*(source for _, source in owned), PLACES, AMOUNTS, *(item.source for item in facets.RANGES)]
        direct = {facet.key: _under() for facet in facets.FACETS}
        places, doses, *ranges = (_under() for _ in sources[len(owned) :])
        holders = [*(direct[key] for key, _ in owned), places, doses, *ranges]
        for place, trial, stored in read(sources, trials) if public else ():
            if trial in public:
                holders[place][stored].append(trial)
        spans = {item.key: _spans(item, some) for item, some in zip(facets.RANGES, ranges, strict=True)}
        return cls(direct, places, doses, spans)


def _spans(item: Range, stored: Under) -> Under:
    spans = _under()
    for value, ids in stored.items():
        if (span := item.spanned(value)) is not None:
            spans[span] += ids
    return spans


def _under() -> defaultdict[Any, array[int]]:
    # Lists would hold a Python object of 32 bytes for each of millions of rows.
    return defaultdict(lambda: array("I"))


def read(sources: Sequence[Source], trials: Collection[int] | None = None) -> Iterator[tuple[int, int, Any]]:
    """(place of the source, trial id, stored value) for every row of every source, drafts' too, or for the rows of
    these trials. What each source gives is what its `pairs` give."""
    for places in _together(sources):
        first = sources[places[0]]
        columns = list(dict.fromkeys(column for place in places for column in sources[place].columns))
        rows = first.model._default_manager.filter(first.where).order_by().values_list(first.trial, *columns)
        if trials is not None:
            rows = rows.filter(**{f"{first.trial}__in": trials})
        picks = [(place, _picker(sources[place], columns)) for place in places]
        for row in rows.iterator(chunk_size=10_000):
            for place, pick in picks:
                yield place, row[0], pick(row)


def _together(sources: Sequence[Source]) -> list[list[int]]:
    """Places of the sources that one statement reads. Lists of a row are read alone: two would multiply its rows."""
    groups: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, source in enumerate(sources):
        alone = place if _has_lists(source) else None
        groups[source.model, source.trial, str(source.where), alone].append(place)
    return list(groups.values())


def _has_lists(source: Source) -> bool:
    fields = (source.model._meta.get_field(column.partition("__")[0]) for column in source.columns if column != "pk")
    return any(field.many_to_many or field.one_to_many for field in fields)


def _picker(source: Source, columns: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Takes the stored value of a source out of a row: the trial's id and then `columns`."""
    places = [columns.index(column) + 1 for column in source.columns]
    if means := source.means:
        return lambda row: means(*(row[place] for place in places))
    if source.named:
        return lambda row: (source.named, *(row[place] for place in places))
    return itemgetter(*places)
