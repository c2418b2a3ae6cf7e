"""Questions and answers as every peer understands them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A value of a facet: (facet key, slug).
Value = tuple[str, str]


@dataclass(frozen=True)
class Around:
    """All within `km` kilometres of a city (degrees, WGS 84); `city` is how the project's addresses name it."""

    city: str
    latitude: float
    longitude: float
    km: int


@dataclass(frozen=True)
class Ask:
    """One value at most in each of some facets, all to be met, and perhaps a word (as a token) of the text or a site
    around a city."""

    name: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    word: str = ""
    around: Around | None = None

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(self.chosen.items())


@dataclass(frozen=True)
class Answer:
    """How many trials, the first of them in the default order, and how many each value would leave (0 left out)."""

    total: int
    ids: tuple[int, ...]
    counts: Mapping[Value, int]


def differences(wanted: Answer, given: Answer, without: frozenset[str] = frozenset()) -> list[str]:
    """In words, what differs; counts of the facets in `without` are not compared."""
    found = []
    if wanted.total != given.total:
        found.append(f"{given.total:,} trials instead of {wanted.total:,}")
    if wanted.ids != given.ids:
        found.append(f"first trials {given.ids[:3]} instead of {wanted.ids[:3]}")
    values = {value for value in {*wanted.counts, *given.counts} if value[0] not in without}
    wrong = [value for value in sorted(values) if wanted.counts.get(value, 0) != given.counts.get(value, 0)]
    if wrong:
        key, slug = wrong[0]
        found.append(
            f"{len(wrong):,} counts, such as {key} {slug}: {given.counts.get(wrong[0], 0):,} instead of "
            f"{wanted.counts.get(wrong[0], 0):,}"
        )
    return found
