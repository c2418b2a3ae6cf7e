"""Trials that share something with another one, open ones first."""

from __future__ import annotations

from collections.abc import Collection

from pyroaring import BitMap

from trials.models import Sponsorship
from trials.models.choices import Status
from trials.search.bitmaps import NOTHING, union
from trials.search.index import FacetIndex
from trials.search.values import enum_slug

_OPEN_FIRST = (Status.RECRUITING, Status.ENROLLING_BY_INVITATION, Status.NOT_YET_RECRUITING)


def kin(
    index: FacetIndex,
    conditions: Collection[int],
    cell_types: Collection[int],
    organisations: Collection[int],
    besides: Collection[int],
    most: int,
) -> list[int]:
    """Ids of up to `most` public trials with a condition, cell type or organisation (all by id) in common.

    Open ones come first; among equals a shared condition counts most, then a cell type, then an organisation, then
    the date of the last update. Trials in `besides` are left out.
    """
    sponsored = Sponsorship.objects.filter(organisation__in=organisations).order_by().values_list("trial_id", flat=True)
    shares = (
        _with_terms(index, "condition", conditions),
        _with_terms(index, "cell_type", cell_types),
        BitMap(sponsored.iterator()),
    )
    left = (union(shares) & index.public) - BitMap(besides)
    found: list[int] = []
    for status in (*_OPEN_FIRST, None):
        open_ones = left if status is None else left & index.members["status"].get(enum_slug(status), NOTHING)
        found += _closest(index, open_ones, shares, most - len(found))
        left = left - open_ones
        if len(found) == most:
            break
    return found


def _with_terms(index: FacetIndex, key: str, terms: Collection[int]) -> BitMap:
    """The trials that have one of these terms themselves. A trial may stand under the id of one merged into it."""
    values, direct = index.values[key], index.direct[key]
    slugs = (values.terms[pk].slug for pk in terms if pk in values.terms)
    return union(direct.get(pk, NOTHING) for slug in slugs for pk in values.ids_of[slug])


def _closest(index: FacetIndex, trials: BitMap, shares: tuple[BitMap, ...], most: int) -> list[int]:
    """The first of these trials by what they share, the weightiest share first."""
    if not trials or not most:
        return []
    if not shares:
        return list(index.orders["updated"].page(trials, 0, most))
    found = _closest(index, trials & shares[0], shares[1:], most)
    return found + _closest(index, trials - shares[0], shares[1:], most - len(found))
