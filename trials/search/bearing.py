"""Which public trials bear a sponsor's or an intervention's name: kept by each process for names that many bear.

Reading the trials of one such name takes as long as all else that a suggestion needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from pyroaring import BitMap

from trials.models import NameKind, TrialName
from trials.search.text import store

# A name that so many trials bear is kept. A trial bears a few names, so all kept ones take 4 bytes for each of a few.
LEAST_KEPT = 1_000
# After so many changed trials all kept ones are read anew.
MOST_CHANGED = 1_000
# The kinds of names that are counted.
COUNTED = (NameKind.SPONSOR, NameKind.INTERVENTION)

_Name = tuple[str, str]


@dataclass(frozen=True)
class Bearers:
    """What is kept at one state of the catalogue. Of a name in `_held` all trials are right but those in `changed`."""

    changed: BitMap = field(default_factory=BitMap)
    _held: dict[_Name, BitMap] = field(default_factory=dict)

    def after(self, trials: BitMap) -> Bearers:
        """What is kept when these trials have changed."""
        changed = self.changed | trials
        return Bearers() if len(changed) > MOST_CHANGED else Bearers(changed, dict(self._held))

    def of(self, kind: NameKind, keys: Collection[str]) -> dict[str, BitMap]:
        """The trials that bear each of these names, read at the moment of the index that this belongs to. Nobody may
        change them."""
        held = {key: ids for key in keys if (ids := self._held.get((kind, key))) is not None}
        read = _read(kind, [key for key in keys if key not in held])
        self._held.update({(kind, key): ids for key, ids in read.items() if len(ids) >= LEAST_KEPT})
        return {**self._corrected(kind, held), **read}

    def read_most(self) -> None:
        """Reads the names that most trials bear, so that nobody who types waits for them."""
        for kind in COUNTED:
            for key in _most_borne(kind):
                # One by one, so that other threads of the process have their turn.
                self.of(kind, [key])

    def _corrected(self, kind: NameKind, held: dict[str, BitMap]) -> dict[str, BitMap]:
        if not (held and self.changed):
            return held
        rows = TrialName.objects.filter(kind=kind, trial__in=list(self.changed), key__in=list(held))
        now: dict[str, list[int]] = {key: [] for key in held}
        for key, trial in rows.values_list("key", "trial"):
            now[key].append(trial)
        return {key: (ids - self.changed) | BitMap(now[key]) for key, ids in held.items()}


def _read(kind: NameKind, keys: Collection[str]) -> dict[str, BitMap]:
    if not keys:
        return {}
    engine = store.engine()
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, {engine.IDS.format('trial')} FROM trials_trialname"  # noqa: S608 (a constant of the engine)
            f" WHERE kind = %s AND key IN ({marks}) GROUP BY key",
            [kind, *keys],
        )
        return {found: engine.bitmap(ids) for found, ids in cursor.fetchall()}


def _most_borne(kind: NameKind) -> Iterable[str]:
    """The names that are worth keeping: for each pair of first letters the index has the most borne ones first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE heads (head) AS (SELECT MIN(head) FROM trials_name WHERE kind = %s UNION ALL"
            " SELECT (SELECT MIN(head) FROM trials_name WHERE kind = %s AND head > heads.head) FROM heads"
            " WHERE heads.head IS NOT NULL)"
            " SELECT DISTINCT name.key FROM heads JOIN trials_name AS name ON name.kind = %s AND name.head = heads.head"
            " WHERE name.trials >= %s",
            [kind, kind, kind, LEAST_KEPT],
        )
        return [key for (key,) in cursor.fetchall()]
