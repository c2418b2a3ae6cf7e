"""The history of what people did: a trial with all its rows before and after, of which only what differs is written.

What imports, fixtures and changes of terms did in between is found when a person next edits the trial, and kept as a
moment of its own (`OTHERWISE`, by nobody). So the trial as of any kept moment is exact, and imports write nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Max, Q
from django.utils import timezone

from trials.models import Moment
from trials.models.choices import MomentKind
from trials.models.history import HISTORIES, LINK_HISTORIES, OWN, TRACKED

# The columns of a row by attribute, and what it is linked with by the field that links: sorted numbers.
Values = dict[str, Any]
# List -> number of the row -> the row.
Snapshot = dict[str, dict[int, Values]]

# A row of a list that came, went or changed: the list, the row's number, and the row before and after.
RowChange = tuple[str, int, Values | None, Values | None]

LIST_OF: dict[type[models.Model], str] = {model: name for name, model in TRACKED.items() if name != OWN}
# What every save changes.
_CLOCKS = {"version", "created", "updated"}


def columns_of(name: str) -> list[str]:
    """The columns of a list's rows that are kept."""
    return [column.attname for column in TRACKED[name]._meta.concrete_fields if not column.generated]


def trial_column(name: str) -> str:
    """The column that says of which trial a row is."""
    return "id" if name == OWN else "trial_id"


# Looking ---------------------------------------------------------------------------------------------------------


def look(trials: Collection[int]) -> dict[int, Snapshot]:
    """Trials with all their rows as they stand now; a bounded number of queries for however many trials."""
    found: dict[int, Snapshot] = {trial: {name: {} for name in TRACKED} for trial in trials}
    for name, model in TRACKED.items():
        of = trial_column(name)
        rows = model._base_manager.filter(**{f"{of}__in": list(trials)}).order_by("pk").values(*columns_of(name))
        for row in rows:
            found[row[of]][name][row["id"]] = row
        for field in model._meta.local_many_to_many:
            _add_links(found, name, field, model)
    return found


def _add_links(found: Mapping[int, Snapshot], name: str, field: Any, model: type[models.Model]) -> None:
    own, other = field.m2m_column_name(), field.m2m_reverse_name()
    links: defaultdict[int, list[int]] = defaultdict(list)
    # Asked even where no row is: a save costs as many statements whatever the trial holds.
    through = field.remote_field.through._base_manager.filter(**{f"{field.m2m_field_name()}__trial__in": list(found)})
    for row, linked in through.order_by(other).values_list(own, other):
        links[row].append(linked)
    for whole in found.values():
        for number, row in whole[name].items():
            row[field.name] = links[number]


def recorded(trials: Collection[int], upto: int | None = None) -> dict[int, Snapshot]:
    """Trials as the history last has them, or had them after the moment `upto`; empty where it has nothing."""
    found: dict[int, Snapshot] = {trial: {name: {} for name in TRACKED} for trial in trials}
    for name, history in HISTORIES.items():
        of = trial_column(name)
        rows = history._base_manager.filter(**{f"{of}__in": list(trials)})
        rows = rows if upto is None else rows.filter(moment__lte=upto)
        newest = rows.order_by().values(of, "id").annotate(newest=Max("history_id")).values("newest")
        for row in _with_links(name, history._base_manager.filter(history_id__in=newest)):
            if row.pop("history_type") != "-":
                found[row[of]][name][row["id"]] = {key: row[key] for key in names_of(name)}
    return found


def names_of(name: str) -> list[str]:
    """The columns and links of a list's rows."""
    return [*columns_of(name), *(field.name for field in TRACKED[name]._meta.local_many_to_many)]


def _with_links(name: str, rows: Any) -> list[Values]:
    """Rows of a history table in the order of their writing, with what they were linked with."""
    found = list(rows.order_by("history_id").values(*columns_of(name), "history_id", "history_type", "moment_id"))
    by_number = {row["history_id"]: row for row in found}
    for field in TRACKED[name]._meta.local_many_to_many:
        for row in found:
            row[field.name] = []
        links = LINK_HISTORIES[field]._base_manager.filter(history__in=rows.order_by().values("history_id"))
        for number, linked in links.values_list("history_id", field.m2m_reverse_name()):
            by_number[number][field.name].append(linked)
        for row in found:
            row[field.name].sort()
    return found


def same(name: str, one: Values | None, other: Values | None) -> bool:
    """Whether two rows of a list hold the same, whenever they were saved."""
    if one is None or other is None:
        return one is other
    skipped = _CLOCKS if name == OWN else set()
    return all(one[key] == other[key] for key in names_of(name) if key not in skipped)


def differing(before: Snapshot, after: Snapshot) -> Iterator[RowChange]:
    """Every row that came, went or changed."""
    for name in TRACKED:
        old, new = before.get(name, {}), after.get(name, {})
        for number in old.keys() | new.keys():
            if not same(name, old.get(number), new.get(number)):
                yield name, number, old.get(number), new.get(number)


# Recording -------------------------------------------------------------------------------------------------------


def record(
    before: Mapping[int, Snapshot],
    after: Mapping[int, Snapshot],
    by: Any,
    kind: MomentKind,
    why: str = "",
    what: str = "",
) -> dict[int, Moment]:
    """Keeps what `by` (a user or None) did to trials, in the transaction in which it was done.

    Of each trial that differs: first its state before, should the history not have it yet, then what changed. Returns
    the moments of those trials.
    """
    changes = {trial: list(differing(before[trial], after[trial])) for trial in before}
    changed = [trial for trial, found in changes.items() if found]
    if not changed:
        return {}
    _catch_up({trial: before[trial] for trial in changed})
    return _write({trial: changes[trial] for trial in changed}, by, kind, why, what, after)


def record_end(before: Mapping[int, Snapshot], by: Any, kind: MomentKind, why: str = "") -> dict[int, Moment]:
    """Keeps trials as they were before they went as a whole; their last moments say who took them away."""
    _catch_up(before)
    return _write({trial: [] for trial in before}, by, kind, why, "", before)


def record_return(trial: int, by: Any, why: str = "") -> None:
    """Keeps that a deleted trial is back, and how it differs from what it was."""
    known, now = recorded([trial]), look([trial])
    changes = {trial: list(differing(known[trial], now[trial]))}
    _write(changes, by, MomentKind.UNDELETED, why, "", now)


def _catch_up(before: Mapping[int, Snapshot]) -> None:
    """Keeps what nobody recorded since the last moment: the work of imports, fixtures and changes of terms."""
    known = recorded(before)
    missed = {trial: list(differing(known[trial], before[trial])) for trial in before}
    _write({trial: found for trial, found in missed.items() if found}, None, MomentKind.OTHERWISE, "", "", before)


def _write(
    changes: Mapping[int, list[RowChange]],
    by: Any,
    kind: MomentKind,
    why: str,
    what: str,
    wholes: Mapping[int, Snapshot],
) -> dict[int, Moment]:
    if not changes:
        return {}
    named = _words(changes, wholes)
    common: dict[str, Any] = {"kind": kind, "by": by, "by_name": by.get_username() if by else "", "on": timezone.now()}
    made = Moment.objects.bulk_create(
        Moment(trial=trial, why=why[:300], what=what[:200], names=named[trial], **common) for trial in changes
    )
    moments = {moment.trial: moment for moment in made}
    by_list: defaultdict[str, list[models.Model]] = defaultdict(list)
    links: defaultdict[str, list[Values]] = defaultdict(list)
    for trial, found in changes.items():
        for name, _, old, new in found:
            by_list[name].append(_row(name, old, new, moments[trial]))
            links[name].append(new or {})
    for name, rows in by_list.items():
        HISTORIES[name]._base_manager.bulk_create(rows)
        _write_links(name, rows, links[name])
    return moments


def _row(name: str, old: Values | None, new: Values | None, moment: Moment) -> models.Model:
    row = new or old or {}
    return HISTORIES[name](
        **{column: row[column] for column in columns_of(name)},
        moment=moment,
        history_type="-" if new is None else "+" if old is None else "~",
        history_date=moment.on,
        history_user_id=moment.by_id,
        history_change_reason=moment.why or None,
    )


def _write_links(name: str, rows: Iterable[Any], links: Iterable[Values]) -> None:
    for field in TRACKED[name]._meta.local_many_to_many:
        table, own, other = LINK_HISTORIES[field], field.m2m_column_name(), field.m2m_reverse_name()
        table._base_manager.bulk_create(
            table(id=0, history_id=row.pk, **{own: row.id, other: linked})
            for row, values in zip(rows, links, strict=True)
            for linked in values.get(field.name, ())
        )


# Words -----------------------------------------------------------------------------------------------------------


def targets_of(name: str) -> Iterator[tuple[str, type[models.Model]]]:
    """What the rows of a list name: (column or link, model of what is named)."""
    for column in TRACKED[name]._meta.concrete_fields:
        if column.related_model is not None and column.attname != trial_column(name):
            yield column.attname, column.related_model
    for field in TRACKED[name]._meta.local_many_to_many:
        yield field.name, field.related_model


def numbers(value: Any) -> list[int]:
    """The numbers in a column or a link."""
    return value if isinstance(value, list) else [] if value is None else [value]


def key_of(model: type[models.Model]) -> str:
    """What a model is called in `Moment.names`."""
    return str(model._meta.model_name)


def _words(changes: Mapping[int, list[RowChange]], wholes: Mapping[int, Snapshot]) -> dict[int, dict[str, Any]]:
    """For each trial the words for what its changed rows name: {model: {number: words}}."""
    wanted = {trial: _named(found) for trial, found in changes.items()}
    outside: defaultdict[type[models.Model], set[int]] = defaultdict(set)
    for of_trial in wanted.values():
        for model in of_trial.keys() - LIST_OF.keys():
            outside[model] |= of_trial[model]
    things = {model: model._default_manager.in_bulk(keys) for model, keys in outside.items() if keys}
    named: dict[int, dict[str, Any]] = {trial: {} for trial in wanted}
    for trial, of_trial in wanted.items():
        for model, keys in of_trial.items():
            rows, there = wholes[trial].get(LIST_OF.get(model, ""), {}), things.get(model, {})
            words = {key: _label(model, rows[key]) for key in keys if key in rows}
            words |= {key: _called(there[key]) for key in keys if key in there}
            if words:
                named[trial][key_of(model)] = {str(key): words[key] for key in sorted(words)}
    return named


def _named(changes: Iterable[RowChange]) -> dict[type[models.Model], set[int]]:
    """The numbers of what changed rows name, before or after."""
    found: defaultdict[type[models.Model], set[int]] = defaultdict(set)
    for name, _, old, new in changes:
        for column, model in targets_of(name):
            found[model].update(number for row in (old, new) if row for number in numbers(row[column]))
    return found


def _called(thing: Any) -> str:
    return thing.get_username() if isinstance(thing, get_user_model()) else str(thing)


def _label(model: type[models.Model], row: Values) -> str:
    """A row of a list in words, without asking the database: what the words would take from elsewhere is left out."""
    columns = {column.attname for column in model._meta.concrete_fields if column.related_model is None}
    return str(model(**{column: value for column, value in row.items() if column in columns}))


# Looking back ----------------------------------------------------------------------------------------------------


def changes_in(trial: int, moments: Collection[int]) -> dict[int, list[RowChange]]:
    """The rows that changed in these moments of a trial, lists in their order."""
    found: dict[int, list[RowChange]] = {moment: [] for moment in moments}
    for name, history in HISTORIES.items():
        own = history._base_manager.filter(**{trial_column(name): trial})
        touched = own.filter(moment__in=list(moments)).values("id")
        last: dict[int, Values] = {}
        for row in _with_links(name, own.filter(id__in=touched)):
            old = last.get(row["id"])
            old = None if old is None or old["history_type"] == "-" else old
            if row["moment_id"] in found:
                found[row["moment_id"]].append((name, row["id"], old, None if row["history_type"] == "-" else row))
            last[row["id"]] = row
    return found


def words_known(trial: int, also: Q | None = None) -> dict[str, dict[int, str]]:
    """The words for everything that rows of a trial's history name, the latest where they changed."""
    known: defaultdict[str, dict[int, str]] = defaultdict(dict)
    moments = Moment.objects.filter(Q(trial=trial) | (also or Q(pk=None))).order_by("pk")
    for names in moments.values_list("names", flat=True):
        for model, words in names.items():
            known[model].update({int(number): text for number, text in words.items()})
    return known
