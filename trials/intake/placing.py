"""Moves registrations between trials: decided in memory, group after group, and then written with few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from trials.intake.dissolving import dissolve, worked_on
from trials.intake.editing import grow, hold_all
from trials.intake.interpreting import Interpreter
from trials.intake.matching import rank, register_of
from trials.intake.refreshing import refresh_trials
from trials.intake.rows import free_slug, may_stand_at
from trials.intake.versions import state_of, versions_of
from trials.models import Edit, FormerSlug, Lock, RawRecord, Registration, Trial, bulk
from trials.models.choices import EditKind, State
from trials.search.publishing import trials_changed


def gather(interpreter: Interpreter, groups: Sequence[Sequence[int]]) -> None:
    """One trial for each group of registrations, the first of which leads; strangers in it move out."""
    if not groups:
        return
    places = _Places.around({pk for group in groups for pk in group})
    for group in groups:
        places.gather(group)
    places.write(interpreter)


@dataclass
class _Places:
    """Which registrations stand on which trial. `from_record` are those that a registry's record made or renewed."""

    rows: dict[int, Registration]
    on: defaultdict[int, list[Registration]]
    from_record: frozenset[int]
    locked: frozenset[int]
    states: dict[int, str]
    # Trials that begin here; those that lost their last record, with where it went; those that may get another leader.
    begun: dict[int, Registration] = field(default_factory=dict)
    dissolved: dict[int, int] = field(default_factory=dict)
    touched: dict[int, None] = field(default_factory=dict)
    moved: dict[int, None] = field(default_factory=dict)
    spare: Iterator[int] | None = None

    @classmethod
    def around(cls, registrations: Iterable[int]) -> _Places:
        """Every registration on the trials of these."""
        trials = list(Registration.objects.filter(pk__in=registrations).order_by().values_list("trial", flat=True))
        hold_all(trials)
        versions = RawRecord.objects.filter(registration=OuterRef("pk"))
        rows = list(Registration.objects.filter(trial__in=trials).annotate(has_versions=Exists(versions)))
        on: defaultdict[int, list[Registration]] = defaultdict(list)
        for row in rows:
            on[row.trial_id].append(row)
        locked = Lock.objects.filter(trial__in=list(on)).values_list("trial", flat=True)
        from_record = frozenset(row.pk for row in rows if row.has_versions)
        states = dict(Trial.objects.filter(pk__in=list(on)).values_list("pk", "state"))
        return cls({row.pk: row for row in rows}, on, from_record, frozenset(locked), states)

    def gather(self, group: Sequence[int]) -> None:
        """One trial for these registrations."""
        rows = [self.rows[pk] for pk in group]
        home = self._home(rows)
        strangers = [row for row in self.on[home] if row.pk in self.from_record and row.pk not in group]
        movers = [row for row in rows if row.trial_id != home]
        if not strangers and not movers:
            return
        left = list(dict.fromkeys(row.trial_id for row in movers))
        for row in movers:
            self._move(row, home)
        for trial in left:
            if not any(row.pk in self.from_record for row in self.on[trial]):
                self.dissolved[trial] = home
        for row in strangers:
            trial = self._new_trial()
            self.begun[trial] = row
            # What an editor withdrew stays withdrawn when it is parted.
            self.states[trial] = self.states[home]
            self._move(row, trial)
            left.append(trial)
        self.touched |= dict.fromkeys([*left, home])

    def _new_trial(self) -> int:
        """A number for a trial. A registration is a stranger at most once, so they are reserved together."""
        if self.spare is None:
            self.spare = iter(bulk.reserve(Trial, len(self.rows)))
        return next(self.spare)

    def _home(self, rows: Sequence[Registration]) -> int:
        """The trial that stays: one that people worked on before one that only records made, then the leader's."""

        def worth(row: Registration) -> tuple[bool, bool, int]:
            led_by_hand = any(other.is_lead and other.pk not in self.from_record for other in self.on[row.trial_id])
            return not led_by_hand, row.trial_id not in self.locked, rows.index(row)

        home = min(rows, key=worth).trial_id
        self.dissolved.pop(home, None)
        return home

    def _move(self, row: Registration, trial: int) -> None:
        self.on[row.trial_id].remove(row)
        row.order = max((other.order for other in self.on[trial]), default=0) + 1
        row.trial_id, row.is_lead = trial, False
        self.on[trial].append(row)
        self.moved[row.pk] = None

    def write(self, interpreter: Interpreter) -> None:
        """Writes what changed, in an order in which no trial ever has two leaders."""
        begun = {trial: row for trial, row in self.begun.items() if trial not in self.dissolved}
        withdrawn = self._withdrawn()
        slugs: list[str] = []
        for row in begun.values():
            slugs.append(free_slug([row.number], "", slugs))
        bulk.insert(
            Trial,
            [
                {"id": trial, "slug": slug, "title": row.number, "state": self.states[trial]}
                for (trial, row), slug in zip(begun.items(), slugs, strict=True)
            ],
        )
        trials_changed(*begun)
        _withdraw(withdrawn)
        leads = {trial: lead for trial in self.touched if trial not in self.dissolved and (lead := self._lead(trial))}
        Registration.objects.filter(trial__in=list(leads), is_lead=True).update(is_lead=False)
        moved = [self.rows[pk] for pk in self.moved]
        bulk.update(
            Registration,
            [(row.pk, {"trial_id": row.trial_id, "order": row.order, "is_lead": row.is_lead}) for row in moved],
        )
        Registration.objects.filter(pk__in=[lead.pk for lead in leads.values()]).update(is_lead=True)
        self._dissolve()
        # A trial's documents are on its form.
        grow(*(trial for trial in self.touched if trial not in self.dissolved and trial not in self.begun))
        versions = versions_of([lead.pk for lead in leads.values()], interpreter.readers)
        refresh_trials(interpreter, {trial: state_of(versions[lead.pk]) for trial, lead in leads.items()})
        self._rename(leads)

    def _lead(self, trial: int) -> Registration | None:
        """The best-ranked registration, unless a document that people wrote leads already."""
        if any(row.is_lead and row.pk not in self.from_record for row in self.on[trial]):
            return None
        rows = [row for row in self.on[trial] if row.pk in self.from_record]
        return min(rows, key=_rank, default=None)

    def _dissolve(self) -> None:
        """Takes away trials that lost their last record; their addresses, and what people did, go where it went."""
        homes = {trial: self._final_home(trial) for trial in self.dissolved if trial not in self.begun}
        for trial in worked_on(homes):
            dissolve(trial, homes.pop(trial))
        for former in FormerSlug.objects.filter(trial__in=list(homes)):
            FormerSlug.objects.filter(pk=former.pk).update(trial=homes[former.trial_id])  # type: ignore[index]
        slugs = dict(Trial.objects.filter(pk__in=list(homes)).values_list("pk", "slug"))
        trials_changed(*homes)
        Trial.objects.filter(pk__in=list(homes)).delete()
        kept = {trial: {row.number.lower() for row in self.on[trial]} for trial in homes.values()}
        FormerSlug.objects.bulk_create(
            [
                FormerSlug(slug=slug, trial_id=homes[trial])
                for trial, slug in slugs.items()
                if slug not in kept[homes[trial]]
            ],
            ignore_conflicts=True,
        )

    def _withdrawn(self) -> list[int]:
        """Published trials into which one that an editor withdrew dissolves: they are drafts now."""
        unseen = [trial for trial in self.dissolved if trial not in self.begun and self._is_unseen(trial)]
        homes = sorted({self._final_home(trial) for trial in unseen})
        found = [home for home in homes if not self._is_unseen(home)]
        self.states |= dict.fromkeys(found, State.DRAFT)
        return found

    def _is_unseen(self, trial: int) -> bool:
        return self.states[trial] != State.PUBLISHED

    def _final_home(self, trial: int) -> int:
        while trial in self.dissolved:
            trial = self.dissolved[trial]
        return trial

    def _rename(self, leads: dict[int, Registration]) -> None:
        """A trial that stands at the number of a registration stands at that of its leader, if that is free."""
        for pk, slug in Trial.objects.filter(pk__in=list(leads)).values_list("pk", "slug"):
            wanted = leads[pk].number.lower()
            stands_at_a_number = slug in {row.number.lower() for row in self.on[pk]}
            if slug != wanted and stands_at_a_number and may_stand_at(pk, wanted):
                FormerSlug.objects.filter(slug=wanted).delete()
                Trial.objects.filter(pk=pk).update(slug=wanted)
                trials_changed(pk)


def _withdraw(trials: Sequence[int]) -> None:
    """Makes trials drafts, and says so in their history."""
    Trial.objects.filter(pk__in=trials).update(state=State.DRAFT)
    Edit.objects.bulk_create(
        Edit(trial_id=trial, name="state", kind=EditKind.GAVE_WAY, old=State.PUBLISHED, new=State.DRAFT)
        for trial in trials
    )
    grow(*trials)


def _rank(row: Registration) -> tuple[int, str, str]:
    return rank((register_of(row.registry, row.number, row.publisher), row.number))
