"""Made catalogues into the database, in chunks, so that a million trials need no more memory than a few thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from django.db import transaction

from trials.generating.ahead import made_ahead
from trials.generating.places import organisations
from trials.generating.trials import NOTE, Row, slug_of, slugs_begin
from trials.generating.vocabulary import PREFIX, Entry, entries
from trials.generating.world import World
from trials.long_work import long_work
from trials.models import Area, Condition, Organisation, Trial, bulk

# Trials per transaction.
CHUNK = 1_000
MOST = 9_999_999
# Columns that link rows of one trial.
_LINKS = frozenset({"trial_id", "registration_id", "arm_id", "intervention_id", "product_id", "cellproduct_id"})

Told = Callable[[int], None]


class NotOursError(Exception):
    """The catalogue holds trials that this did not make; the message says which and what to do."""


def standing(seed: int) -> int:
    """How many trials of this seed the catalogue holds. NotOursError if it holds any other trial."""
    ours = Trial.objects.filter(slug__startswith=slugs_begin(seed))
    count = ours.count()
    others = Trial.objects.exclude(slug__startswith=slugs_begin(seed)).order_by("pk")
    stranger = others.values_list("slug", flat=True).first()
    if stranger:
        raise NotOursError(
            f"The catalogue holds {others.count():,} other trials ({stranger} is one), so nothing was written: made "
            "trials never go among real ones. Name an empty place, for example DATA_DIR=var/generated, and run "
            "“manage.py migrate” there first; trials of another seed need a place of their own too."
        )
    last = ours.order_by("slug").values_list("slug", flat=True).last()
    if last and last != slug_of(seed, count):
        raise NotOursError(
            f"Some of the {count:,} made trials were taken away since. Make them anew in an empty place, for example "
            "DATA_DIR=var/generated."
        )
    return count


def generate(total: int, seed: int, told: Told = lambda done: None) -> int:
    """Makes the catalogue hold the trials 1 to `total` of a seed; returns how many were added.

    `told` hears after each chunk how many there are. What is written stays when this is cut off, and another call goes
    on from there. NotOursError if other trials are in the way.
    """
    held = standing(seed)
    chunks = [range(start, min(total, start + CHUNK - 1) + 1) for start in range(held + 1, total + 1, CHUNK)]
    with long_work(), closing(made_ahead(_world(), seed, chunks)) as made:
        for chunk in chunks:
            _write(next(made))
            told(chunk[-1])
    return sum(map(len, chunks))


@transaction.atomic
def _write(trials: Iterable[Mapping[type[Any], list[Row]]]) -> None:
    tables: defaultdict[type[Any], list[Row]] = defaultdict(list)
    for trial in trials:
        for model, some in trial.items():
            tables[model] += some
    for model, rows in tables.items():
        _number(model, rows)
    # Foreign keys are checked at the end of the transaction, so the tables may come in any order.
    for model, rows in tables.items():
        bulk.insert(model, [_plain(row) for row in rows])


def _number(model: type[Any], rows: Sequence[Row]) -> None:
    for row, number in zip(rows, bulk.reserve(model, len(rows)), strict=True):
        row["id"] = number


def _plain(row: Row) -> Row:
    links = row.keys() & _LINKS
    return row | {column: row[column]["id"] for column in links if isinstance(row[column], dict)}


def _world() -> World:
    """Writes the vocabularies and organisations unless they are there, and returns what trials choose from."""
    terms = entries()
    with transaction.atomic():
        numbers = {model: _terms(model, some) for model, some in terms.items()}
        _areas(terms[Condition], numbers)
        named = _organisations()
    return World.of(terms, numbers, named)


def _terms(model: type[Any], wanted: Sequence[Entry]) -> dict[str, int]:
    """Numbers of the terms by slug; those that are missing are written."""
    known = dict(model.objects.filter(slug__startswith=PREFIX).values_list("slug", "pk"))
    missing = [entry for entry in wanted if entry.slug not in known]
    known |= zip((entry.slug for entry in missing), bulk.reserve(model, len(missing)), strict=True)
    rows: list[Row] = [
        {
            "id": known[entry.slug],
            "slug": entry.slug,
            "label": entry.label,
            "parent_id": known[entry.parent] if entry.parent else None,
            "synonyms": list(entry.synonyms),
            "note": NOTE,
        }
        for entry in missing
    ]
    bulk.insert(model, rows)
    return known


def _areas(conditions: Sequence[Entry], numbers: Mapping[type[Any], Mapping[str, int]]) -> None:
    through: Any = Condition.areas.through
    linked = set(through.objects.values_list("condition_id", "area_id"))
    wanted = {(numbers[Condition][entry.slug], numbers[Area][area]) for entry in conditions for area in entry.areas}
    rows: list[Row] = [{"condition_id": condition, "area_id": area} for condition, area in sorted(wanted - linked)]
    _number(through, rows)
    bulk.insert(through, rows)


def _organisations() -> list[int]:
    wanted = organisations()
    known = dict(Organisation.objects.values_list("name", "pk"))
    rows: list[Row] = [{"name": name, "agency_class": kind} for name, kind in wanted if name not in known]
    _number(Organisation, rows)
    bulk.insert(Organisation, rows)
    known |= {row["name"]: row["id"] for row in rows}
    return [known[name] for name, _ in wanted]
