"""The timeline of a trial: what people did, what registries changed, and what was decided, in one line.

A page costs a bounded number of queries: the moments of all as bare dates, and the changes of one page.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.text import capfirst

from trials.admin.owning import edit_lines
from trials.admin.timeline_words import Difference, difference, told_lines
from trials.admin.words import lock_name
from trials.intake.history import changes_in, words_known
from trials.models import Change, Edit, MatchDecision, Moment, RawRecord, Registration
from trials.models.choices import MomentKind, Verdict

ENTRIES_ON_A_PAGE = 20
NOBODY = "Nobody (the catalogue’s own work)"
LEFT = "An editor who has left"
# What can be undone as one change; what joined, moved or deleted has a way back of its own.
_UNDONE = (MomentKind.EDITED, MomentKind.TAKEN_BACK, MomentKind.RESTORED, MomentKind.OTHERWISE)
_NO_STATE = (MomentKind.DELETED, MomentKind.JOINED)


@dataclass(frozen=True)
class Told:
    """A field or list with its values before and after in lines, without a way back from here."""

    words: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline. `moment` is the number by which its state can be restored; 0 for none.

    `can_undo`: whether the entry as a whole, and each row and field of it, can be put back as it was before.
    """

    on: dt.datetime
    what: str
    who: str
    why: str = ""
    note: str = ""
    difference: Difference = field(default_factory=Difference)
    told: tuple[Told, ...] = ()
    moment: int = 0
    can_undo: bool = False
    is_registry: bool = False


class _Key(NamedTuple):
    on: dt.datetime
    place: int
    number: int


@dataclass(frozen=True)
class Timeline:
    """One page of a trial's timeline, the newest first."""

    page: Page[Any]
    entries: tuple[Entry, ...]

    @property
    def page_numbers(self) -> Iterator[int | str]:
        return self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)


def timeline_of(trial: int, number: str) -> Timeline:
    """The page of the timeline that is asked for, or the nearest there is; `trial` may have been deleted."""
    sources = [_moments, _bare_edits, _versions, _decisions]
    keys = [
        _Key(on, place, pk)
        for place, source in enumerate(sources)
        for pk, on in source(trial).values_list("pk", _ON[source])
    ]
    # Within one moment the later rows are the newer ones.
    page = Paginator(sorted(keys, reverse=True), ENTRIES_ON_A_PAGE).get_page(number)
    made = {
        place: _MAKERS[source](trial, [key.number for key in page if key.place == place])
        for place, source in enumerate(sources)
    }
    return Timeline(page, tuple(made[key.place][key.number] for key in page))


# What there is ---------------------------------------------------------------------------------------------------


def _moments(trial: int) -> Any:
    return Moment.objects.filter(trial=trial).order_by()


def _bare_edits(trial: int) -> Any:
    """Edits that no moment of this trial tells: of what has no history, and those that joined trials brought."""
    return Edit.objects.filter(trial=trial).exclude(moment__trial=trial).order_by()


def _versions(trial: int) -> Any:
    return RawRecord.objects.filter(registration__trial=trial, verdict=Verdict.KEPT).order_by()


def _decisions(trial: int) -> Any:
    own = Registration.objects.filter(trial=trial).exclude(number="").order_by().values("number")
    return MatchDecision.objects.filter(Q(first__in=own) | Q(second__in=own)).order_by()


# In words --------------------------------------------------------------------------------------------------------


def _of_moments(trial: int, keys: Collection[int]) -> dict[int, Entry]:
    if not keys:
        return {}
    words = words_known(trial)
    changes = changes_in(trial, keys)
    first = Moment.objects.filter(trial=trial).order_by("pk").values_list("pk", flat=True).first()
    rows = Moment.objects.filter(pk__in=keys).defer("names")
    return {row.pk: _of_moment(row, row.pk == first, changes[row.pk], words) for row in rows}


def _of_moment(row: Moment, is_first: bool, changes: list[Any], words: Any) -> Entry:
    kind = MomentKind(row.kind)
    what, note = str(capfirst(row.get_kind_display())), ""
    if kind == MomentKind.OTHERWISE:
        what = "Changed by imports, fixtures or terms"
        note = "What changed since the entry before this one, found when a person next edited the trial."
    if is_first:
        what = "Made by an editor" if kind == MomentKind.EDITED else "As it was before the first edit"
        note = "" if kind == MomentKind.EDITED else "The first state that the history keeps, whole."
    if row.what:
        what = f"{what}: {row.what}"
    return Entry(
        on=row.on,
        what=what,
        who=NOBODY if kind == MomentKind.OTHERWISE else row.by_name or LEFT,
        why=row.why,
        note=note,
        difference=Difference() if is_first else difference(changes, words),
        moment=0 if kind in _NO_STATE else row.pk,
        can_undo=kind in _UNDONE and not is_first,
    )


def _of_edits(trial: int, keys: Collection[int]) -> dict[int, Entry]:
    rows = Edit.objects.filter(pk__in=keys).select_related("by", "moment").defer("moment__names")
    return {
        row.pk: Entry(
            on=row.on,
            what=str(capfirst(row.get_kind_display())),
            who=row.moment.by_name if row.moment else row.by.get_username() if row.by else LEFT,
            why=row.moment.why if row.moment else "",
            told=(Told(lock_name(row.name), *edit_lines(row)),),
        )
        for row in rows
    }


def _of_versions(trial: int, keys: Collection[int]) -> dict[int, Entry]:
    rows = (
        RawRecord.objects.filter(pk__in=keys)
        .select_related("registration")
        .only("received", "updated", "copied", "registration__document")
    )
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(after__in=keys).order_by("pk"):
        changes[change.after_id].append(change)
    return {row.pk: _of_version(row, changes[row.pk]) for row in rows}


def _of_version(row: RawRecord, changes: Iterable[Change]) -> Entry:
    date = row.updated.label if row.updated else f"copied {row.copied.label}" if row.copied else "without a date"
    told = tuple(
        Told(
            lock_name(change.field),
            told_lines(change.field, change.old),
            told_lines(change.field, change.new),
            "The newer copy leaves this out; the earlier value goes on standing." if change.kept else "",
        )
        for change in changes
    )
    return Entry(
        on=row.received,
        what=f"A version of the record came in ({date})",
        who=str(row.registration),
        note="" if told else "The first version that is held, or one that changes nothing that the catalogue keeps.",
        told=told,
        is_registry=True,
    )


def _of_decisions(trial: int, keys: Collection[int]) -> dict[int, Entry]:
    return {
        row.pk: Entry(
            on=row.on,
            what=f"Decided: {row.first} and {row.second} are {'one trial' if row.same else 'two trials'}",
            who=row.by.get_username() if row.by else LEFT,
            why=row.reason,
        )
        for row in MatchDecision.objects.filter(pk__in=keys).select_related("by")
    }


_ON: dict[Any, str] = {_moments: "on", _bare_edits: "on", _versions: "received", _decisions: "on"}
_MAKERS: dict[Any, Any] = {
    _moments: _of_moments, _bare_edits: _of_edits, _versions: _of_versions, _decisions: _of_decisions,
}  # fmt: skip
