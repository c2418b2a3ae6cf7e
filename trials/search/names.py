"""Names of public trials, kept so that those that begin with a text are found at once.

Sponsors and interventions are found by the beginning of any of their words, and each knows how many public trials bear
it. Acronyms and registry numbers lead to their trials.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from django.db import connection
from django.db.models import Q

from trials.models import Name, NameKind, TrialName, bulk
from trials.models.trial import REGISTRY_NUMBER_KINDS
from trials.search.bearing import COUNTED
from trials.search.filters import MAX_QUERY_LENGTH
from trials.search.rows import Rows
from trials.search.text.keys import END, key, number_key, starts, words_before

# Longer names cannot be asked for.
MAX_LABEL = MAX_QUERY_LENGTH - 2
MAX_KEY = 200
# Of so many beginnings all are ranked by their trials.
MAX_RANKED = 1_000
# A name in which several words begin alike has several rows.
ROWS_PER_NAME = 2
HEAD = 2

_LETTERS = re.compile("[a-z]+(?=[0-9]{4})")

# Trial, kind, key.
_Borne = tuple[int, str, str]
_Name = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """A sponsor's or an intervention's name, and how many public trials bear it. `place` counts the words before what
    was looked for."""

    key: str
    label: str
    trials: int
    place: int


# Grows when names are written in another way.
FORM = 1


def beginning(kind: NameKind, start: str, most: int) -> list[Named]:
    """Names of a counted kind in which `start` (a key) begins a word: the very name first, then by their trials."""
    # Rows that begin so come in the order of the alphabet; if there are too many to rank, in that of their trials.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, trials FROM trials_name WHERE kind = %s AND start >= %s AND start < %s ORDER BY start LIMIT %s",
            [kind, start, start + END, MAX_RANKED],
        )
        rows = cursor.fetchall()
    best = [pk for pk, _ in nsmallest(ROWS_PER_NAME * most, rows, key=lambda row: (-row[1], row[0]))]
    if len(rows) == MAX_RANKED:
        best = _most_borne(kind, start, ROWS_PER_NAME * most)
    named: dict[str, Named] = {}
    for found, whole, label, trials in _rows_of(kind, start, best) if rows else ():
        if found.startswith(start):
            one = Named(whole, label, trials, words_before(found, whole))
            named[whole] = min(named.get(whole, one), one, key=lambda name: name.place)
    return sorted(named.values(), key=lambda name: (name.key != start, -name.trials, name.key))[:most]


def _rows_of(kind: NameKind, start: str, ids: Collection[int]) -> list[tuple[str, str, str, int]]:
    """(start, key, label, trials) of these rows and of those of the very name."""
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT start, key, label, trials FROM trials_name WHERE id IN ({marks}) UNION"  # noqa: S608 (only marks)
            " SELECT start, key, label, trials FROM trials_name WHERE kind = %s AND key = %s",
            [*ids, kind, start],
        )
        return cursor.fetchall()


def _most_borne(kind: NameKind, start: str, most: int) -> list[int]:
    """Rows of names that begin so, those first that most trials bear."""
    with connection.cursor() as cursor:
        # Joined to nothing, the column keeps its index out of this: sorting all that begin so would take longer.
        cursor.execute(
            "SELECT id FROM trials_name WHERE kind = %s AND head = %s AND start || '' >= %s AND start || '' < %s"
            " ORDER BY trials DESC, start LIMIT %s",
            [kind, start[:HEAD], start, start + END, most],
        )
        return [pk for (pk,) in cursor.fetchall()]


def of_trials(start: str, number: str, most: int) -> list[tuple[str, str, str, int]]:
    """(kind, key, label, trial) of acronyms that begin with `start` and numbers that begin with `number`."""
    wanted = Q()
    for kind, text in ((NameKind.ACRONYM, start), (NameKind.NUMBER, number)):
        if text:
            wanted |= Q(kind=kind, key__gte=text, key__lt=text + END)
    rows = TrialName.objects.filter(wanted).order_by("kind", "key", "trial") if wanted else TrialName.objects.none()
    return list(rows.values_list("kind", "key", "label", "trial")[:most])


def write(trials: Collection[int], public: Collection[Rows]) -> None:
    """Takes away the names of these trials and writes those of `public` ones, inside the caller's transaction.

    Counting needs that nobody else writes at the same time: who publishes holds the catalogue's state.
    """
    rows = TrialName.objects.filter(trial__in=trials).values_list("pk", "trial", "kind", "key", "label")
    held = {(trial, kind, name): (pk, label) for pk, trial, kind, name, label in rows}
    wanted = borne_by(public)
    gone = [one for one, (_, label) in held.items() if wanted.get(one) != label]
    new = [one for one, label in wanted.items() if one not in held or held[one][1] != label]
    TrialName.objects.filter(pk__in=[held[one][0] for one in gone]).delete()
    bulk.add(TrialName, [{"trial": one[0], "kind": one[1], "key": one[2], "label": wanted[one]} for one in new])
    change = Counter(one[1:] for one in new if one[1] in COUNTED)
    change.subtract(one[1:] for one in gone if one[1] in COUNTED)
    _count({name: by for name, by in change.items() if by}, {one[1:]: wanted[one] for one in reversed(new)})


def _count(change: Mapping[_Name, int], labels: Mapping[_Name, str]) -> None:
    """Counts so many trials more or fewer for names given as (kind, key); `labels` are those of new ones."""
    for kind in COUNTED:
        own = {name: by for (of_kind, name), by in change.items() if of_kind == kind}
        known = _counted(kind, own) if own else set()
        Name.objects.filter(kind=kind, key__in=[name for name, by in own.items() if by < 0], trials=0).delete()
        new = ((name, labels[kind, name], by) for name, by in own.items() if name not in known)
        bulk.add(Name, [row for name, label, by in new for row in _rows(kind, name, label, by)])


def _counted(kind: str, change: Mapping[str, int]) -> set[str]:
    """Counts so many trials more or fewer for those of these names that are kept, and says which these are."""
    changed = list(change.items())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE trials_name SET trials = trials + more"
                " FROM unnest(%s::text[], %s::int[]) AS change (name, more) WHERE kind = %s AND key = name"
                " RETURNING key",
                [[name for name, _ in changed], [by for _, by in changed], kind],
            )
            return {name for (name,) in cursor.fetchall()}
        known = set(Name.objects.filter(kind=kind, key__in=list(change)).values_list("key", flat=True))
        cursor.executemany(
            "UPDATE trials_name SET trials = trials + %s WHERE kind = %s AND key = %s",
            [(by, kind, name) for name, by in changed if name in known],
        )
        return known


def _rows(kind: str, name: str, label: str, trials: int) -> Iterator[bulk.Row]:
    for start in starts(name):
        yield {"kind": kind, "key": name, "head": start[:HEAD], "start": start, "label": label, "trials": trials}


def borne_by(trials: Iterable[Rows]) -> dict[_Borne, str]:
    """The names that these trials bear, each as its first row writes it."""
    found: dict[_Borne, str] = {}
    for rows in trials:
        for kind, text in _texts(rows):
            label = " ".join(text.split())
            for name in _number_keys(label) if kind == NameKind.NUMBER else (key(label),):
                if name and len(name) <= MAX_KEY and len(label) <= MAX_LABEL:
                    found.setdefault((rows.trial.id, kind, name), label)
    return found


def _number_keys(number: str) -> list[str]:
    """NCT04034316 is found by its figures too."""
    whole = number_key(number)
    return list(dict.fromkeys((whole, _LETTERS.sub("", whole, count=1))))


def _texts(rows: Rows) -> Iterator[tuple[str, str]]:
    """(kind, name), with repeats."""
    other_names = (text for row in rows.interventions for text in row.other_names)
    issued = (row.value for row in rows.identifiers if row.kind in REGISTRY_NUMBER_KINDS)
    for kind, texts in (
        (NameKind.SPONSOR, rows.sponsors()),
        (NameKind.INTERVENTION, (row.name for row in rows.interventions)),
        (NameKind.INTERVENTION, (text for text in other_names if isinstance(text, str))),
        (NameKind.INTERVENTION, (row.name for row in rows.products)),
        (NameKind.ACRONYM, (rows.trial.acronym,)),
        (NameKind.NUMBER, (row.number for row in rows.registrations)),
        (NameKind.NUMBER, issued),
    ):
        for text in texts:
            yield str(kind), text
