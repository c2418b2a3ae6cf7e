"""The versions of a trial's records, the newest first, and what each changed.

A page costs a bounded number of queries: the versions of all records as bare dates, and the changes of one page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator

from trials.models import Change, RawRecord, Registration, Trial
from trials.models.choices import Verdict
from trials.records import PartialDate, TrialRecord
from trials.views._history.compare import Piece, pieces
from trials.views._history.edits import Edited, edited_days, edits_of
from trials.views._history.values import heading, in_words, line_of, parts_of, told_by
from trials.views._record.links import registry_url, web_url

STEPS_ON_A_PAGE = 10
# A longer text is folded, and shown once with its changes marked; more rows than this are folded too.
LONG = 160
UNFOLDED_ROWS = 12

_ORDER = {field.name: place for place, field in enumerate(fields(TrialRecord))}
_LISTS = {
    "keywords", "identifiers", "aliases", "conditions", "condition_meshes", "condition_ancestors", "areas", "arms",
    "interventions", "products", "criteria", "outcomes", "sites", "contacts", "sponsors", "references", "related",
}  # fmt: skip


class Version(NamedTuple):
    """A kept version of a registration, without what was received."""

    pk: int
    registration: int
    updated: PartialDate | None
    copied: PartialDate | None


@dataclass(frozen=True)
class ShortValue:
    """A field with its value before and after; empty is not stated."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class LongText:
    """A text whose two wordings are shown as one, in pieces."""

    name: str
    summary: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Rows:
    """Rows of a list that went and that came; `note` says what changed where no row did."""

    name: str
    gone: tuple[str, ...]
    come: tuple[str, ...]
    note: str

    @property
    def is_folded(self) -> bool:
        return len(self.gone) + len(self.come) > UNFOLDED_ROWS

    @property
    def summary(self) -> str:
        """How many rows, for what is folded."""
        return f"{len(self.gone)} removed, {len(self.come)} added"


@dataclass(frozen=True)
class LeftOut:
    """What this copy leaves out, so that the earlier value, in lines, still stands."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A version with what it changed. `before` is empty for the first one that is held.

    One that `is_edit` is a day on which editors of the catalogue changed something, and no version of a record.
    """

    anchor: str
    document: str
    url: str
    date: str
    copied: str
    before: str
    is_first: bool
    values: tuple[ShortValue, ...]
    texts: tuple[LongText, ...]
    lists: tuple[Rows, ...]
    left_out: tuple[LeftOut, ...]
    is_edit: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing that the catalogue keeps changed."""
        return not (self.values or self.texts or self.lists or self.left_out)


@dataclass(frozen=True)
class History:
    """One page of a trial's history. `single` says in a sentence that no record has a second version."""

    page: Page[Version | dt.date]
    steps: tuple[Step, ...]
    single: str

    @property
    def page_numbers(self) -> Iterator[int | str]:
        """Numbers of the pages to offer, with gaps where there are many."""
        return self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)


def history_of(trial: Trial, number: str) -> History:
    """The page of the trial's history that is asked for, or the nearest there is; at most five queries."""
    registrations = {row.pk: row for row in trial.registrations.all()}
    versions = _versions(registrations)
    before = _neighbours(versions)
    per_record = Counter(version.registration for version in versions)
    page = Paginator(_newest_first(versions, edited_days(trial)), STEPS_ON_A_PAGE).get_page(number)
    single = ""
    if max(per_record.values(), default=0) < 2:
        single = f"Only one version of {'each' if len(per_record) > 1 else 'this'} record is held."
    shown = {
        version.pk: step
        for version, step in _steps([item for item in page if isinstance(item, Version)], before, registrations)
    }
    days = edits_of(trial, [item for item in page if not isinstance(item, Version)])
    steps = (shown[item.pk] if isinstance(item, Version) else _edited(item, days[item]) for item in page)
    return History(page, tuple(steps), single)


def _newest_first(versions: Sequence[Version], days: Iterable[dt.date]) -> list[Version | dt.date]:
    """Versions and days of edits in one line; an edit stands above the versions of its day."""
    placed: list[tuple[tuple[str, int, int], Version | dt.date]] = [
        ((str(version.updated or ""), 0, place), version) for place, version in enumerate(versions)
    ]
    placed += [((day.isoformat(), 1, 0), day) for day in days]
    return [item for _, item in sorted(placed, key=lambda entry: entry[0], reverse=True)]


def _edited(day: dt.date, edits: Sequence[Edited]) -> Step:
    parts = [(name, old, new) for name, old, new, is_list in edits if not is_list]
    return Step(
        anchor=f"edited-{day.isoformat()}",
        document="Changed by an editor of this catalogue",
        url="",
        date=PartialDate(day.year, day.month, day.day).label,
        copied="",
        before="",
        is_first=False,
        values=tuple(ShortValue(*part) for part in parts if max(map(len, part[1:])) <= LONG),
        texts=tuple(_long_text(*part) for part in parts if max(map(len, part[1:])) > LONG),
        lists=tuple(
            Rows(name, (), (), f"{old} changed or removed, {new} changed or added.")
            for name, old, new, is_list in edits
            if is_list
        ),
        left_out=(),
        is_edit=True,
    )


def _versions(registrations: Iterable[int]) -> list[Version]:
    """All kept versions, the oldest first; the undated before the dated."""
    rows = RawRecord.objects.filter(registration__in=list(registrations), verdict=Verdict.KEPT).order_by()
    found = sorted(rows.only("registration", "updated", "copied", "size", "digest"), key=lambda row: row.place)
    return [Version(row.pk, row.registration_id, row.updated, row.copied) for row in found]  # type: ignore[arg-type]


def _neighbours(versions: Iterable[Version]) -> dict[int, Version]:
    """The version of the same record before each, by its number."""
    before: dict[int, Version] = {}
    latest: dict[int, Version] = {}
    for version in versions:
        if version.registration in latest:
            before[version.pk] = latest[version.registration]
        latest[version.registration] = version
    return before


def _steps(
    versions: Sequence[Version], before: dict[int, Version], registrations: dict[int, Registration]
) -> Iterator[tuple[Version, Step]]:
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(after__in=[version.pk for version in versions]):
        changes[change.after_id].append(change)
    for version in versions:
        own = sorted(changes[version.pk], key=lambda change: _place(change.field))
        earlier = before.get(version.pk)
        document = registrations[version.registration]
        parts = list(_changed_parts(own))
        step = Step(
            anchor=f"version-{version.pk}",
            document=str(document),
            url=web_url(document.url) or registry_url(document.number),
            date=_date(version.updated),
            copied=_date(version.copied),
            before=_dated(earlier.updated, earlier.copied) if earlier else "",
            is_first=earlier is None,
            values=tuple(_short_values(parts)),
            texts=tuple(_long_texts(parts)),
            lists=tuple(_rows(change) for change in own if change.field in _LISTS and not change.kept),
            left_out=tuple(_left_out(change) for change in own if change.kept),
        )
        yield version, step


def _place(field: str) -> tuple[int, str]:
    """Sorts fields as records list them; databases keep what changed together in orders of their own."""
    return _ORDER.get(field, len(_ORDER)), field


def _date(date: PartialDate | None) -> str:
    return date.label if date else ""


def _dated(updated: PartialDate | None, copied: PartialDate | None) -> str:
    """When a version is from, in words."""
    if updated:
        return f"of {updated.label}"
    return f"a copy of {copied.label}" if copied else "without a date"


def _changed_parts(changes: Iterable[Change]) -> Iterator[tuple[str, str, str]]:
    """(name, old, new) of every single value that differs, in words; what is told with another is not told again."""
    for change in changes:
        if change.kept or change.field in _LISTS:
            continue
        old, new = parts_of(change.field, change.old), parts_of(change.field, change.new)
        told: set[str] = set()
        for name in sorted({change.field, *old, *new}, key=_place):
            before, after = in_words(name, old), in_words(name, new)
            if name not in told and before != after:
                yield name, before, after
                told.update(told_by(name))


def _short_values(parts: Iterable[tuple[str, str, str]]) -> Iterator[ShortValue]:
    for name, old, new in parts:
        if max(len(old), len(new)) <= LONG:
            yield ShortValue(heading(name), old, new)


def _long_texts(parts: Iterable[tuple[str, str, str]]) -> Iterator[LongText]:
    for name, old, new in parts:
        if max(len(old), len(new)) > LONG:
            yield _long_text(heading(name), old, new)


def _long_text(name: str, old: str, new: str) -> LongText:
    summary = "changed" if old and new else "added" if new else "removed"
    return LongText(name, summary, pieces(old, new))


def _lines(field: str, value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [line_of(field, row) for row in listed]


def _rows(change: Change) -> Rows:
    """Rows that read alike on both sides differ in their place or in what they point to, which lines do not show."""
    gone, come = _lines(change.field, change.old), _lines(change.field, change.new)
    went, came = Counter(gone) - Counter(come), Counter(come) - Counter(gone)
    note = ""
    if not went and not came:
        note = "The same rows belong together differently." if gone else "The same rows stand in another order."
    return Rows(heading(change.field), tuple(went.elements()), tuple(came.elements()), note)


def _left_out(change: Change) -> LeftOut:
    """The value that still stands."""
    if change.field in _LISTS:
        return LeftOut(heading(change.field), tuple(_lines(change.field, change.old)))
    old = parts_of(change.field, change.old)
    told = {told for name in old for told in told_by(name)}
    named = [(name, in_words(name, old)) for name in sorted(old, key=_place) if name not in told]
    single = len(named) == 1 and named[0][0] == change.field
    lines = tuple(words if single else f"{heading(name)}: {words}" for name, words in named if words)
    return LeftOut(heading(change.field), lines)
