"""Records into the catalogue, batch by batch: each batch in one transaction, and only a bad record set aside.

A batch that the database refuses, or that cannot be published, is repeated record by record.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils import timezone

from trials.intake.applying import Target
from trials.intake.conditions import CONDITION_LISTS, ConditionTerms, condition_lists
from trials.intake.content import Content, Row, content, fitted
from trials.intake.editing import hold_all
from trials.intake.fact_lists import apply, apply_facts, with_terms
from trials.intake.keeping import RULE, is_cell_therapy
from trials.intake.lexicon import last_edit
from trials.intake.matching import Number, from_records, node_of, register_of
from trials.intake.organisations import Organisations
from trials.intake.reading import ReadTexts, Terms, add_reading, load_reader, read_or_none
from trials.intake.registering import claim_rows, refresh_registrations, registration_row
from trials.intake.regrouping import regroup
from trials.intake.rows import free_slug
from trials.intake.versions import (
    Incoming,
    Reader,
    place_of,
    raw_row,
    read_record,
    record_history,
    state_of,
    versions_of,
)
from trials.models import (
    CellProduct,
    Claim,
    FormerSlug,
    Lock,
    RawRecord,
    Registration,
    Sponsorship,
    Trial,
    bulk,
)
from trials.models.choices import State, Verdict
from trials.models.trial import RESERVED_SLUGS
from trials.reading.facts import Reading
from trials.records import Problem, TrialRecord
from trials.search.publishing import publishing, trials_made
from trials.search.rows import handed

# What one record can do wrong, a stored version whose bytes are damaged among it.
FAULTS = (DatabaseError, ValueError, LookupError, ArithmeticError, TypeError, AttributeError, zlib.error)

# Why a further version of a record is not kept; no rule, and no import of everything, brings back what people deleted.
DELETED = "deleted by an editor"


@dataclass(frozen=True)
class SetAside:
    """A record that could not be kept, by its number or else its place, and why."""

    number: str
    reason: str


@dataclass
class Result:
    """What became of the records of an import, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    aside: list[SetAside] = field(default_factory=list)
    problems: int = 0

    def add(self, other: Result) -> None:
        self.counts += other.counts
        self.aside += other.aside
        self.problems += other.problems


@dataclass
class Read:
    """A received record that is to be kept."""

    incoming: Incoming
    record: TrialRecord
    earlier: int | None

    @property
    def number(self) -> Number:
        return node_of(self.record)


class Saver:
    """Saves batches of one import. Keeps what they share: the readers, the condition terms, the organisations.

    `read` reads products and doses out of a record's texts: where none is given, by the catalogue's vocabularies.
    With `reads` switched off the texts are not read, and what was read before stays.
    """

    reads = True

    def __init__(self, readers: Mapping[str, Reader], keep_all: bool = False, read: ReadTexts | None = None) -> None:
        self.readers = readers
        self._read = read
        # The records of a batch that were read, by identity, with what their texts say.
        self._just_read: dict[int, tuple[TrialRecord, Reading | None]] = {}
        self.keep_all = keep_all
        self.rule = "all" if keep_all else RULE
        self.loaded = timezone.now()
        self._last_edit = last_edit()
        self._forget()

    @cached_property
    def read(self) -> ReadTexts:
        """Made when it is first needed: to learn all words takes a tenth of a second."""
        return self._read or load_reader()

    def reading_of(self, record: TrialRecord) -> Reading | None:
        """What the texts of a record say, read once in a batch; None where they are not read, or cannot be."""
        if not self.reads:
            return None
        if id(record) not in self._just_read:
            self._just_read[id(record)] = record, read_or_none(self.read, record)
        return self._just_read[id(record)][1]

    def _renew_words(self) -> None:
        """Learns the readers' words again where an editor changed some: what is read now counts as up to date."""
        last = last_edit()
        if last != self._last_edit:
            self._last_edit = last
            self.__dict__.pop("read", None)
            self.read_terms = Terms.load()

    def _forget(self) -> None:
        """Drops what was learned in a transaction that did not happen."""
        self.terms = ConditionTerms.load()
        self.read_terms = Terms.load()
        self.organisations = Organisations.load()

    def save(self, batch: Sequence[Incoming], first: Callable[[], None] = lambda: None) -> Result:
        """Keeps, skips or sets aside every record of a batch; nothing of a record is half saved.

        `first` is called at the beginning of every transaction. Called outside of any, so that what cannot be published
        is a fault of its record, too.
        """
        try:
            with publishing():
                first()
                return self._save(batch)
        except FAULTS:
            self._forget()
        outcome = Result()
        for incoming in batch:
            outcome.add(self._save_alone(incoming, first))
        return outcome

    def _save_alone(self, incoming: Incoming, first: Callable[[], None]) -> Result:
        try:
            with publishing():
                first()
                return self._save([incoming])
        except FAULTS as error:
            self._forget()
            reason = f"could not be saved: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            with transaction.atomic():
                first()
                return self._set_aside(incoming, reason, self._record_or_none(incoming), None)

    def _record_or_none(self, incoming: Incoming) -> TrialRecord | None:
        try:
            return read_record(incoming, self.readers)
        except ValueError:
            return None

    def _save(self, batch: Sequence[Incoming]) -> Result:
        outcome = Result()
        self._just_read.clear()
        self._renew_words()
        by_digest = {incoming.digest: incoming for incoming in batch}
        outcome.counts["unchanged"] += len(batch) - len(by_digest)
        known = {
            digest: (pk, verdict, rule)
            for pk, digest, verdict, rule in RawRecord.objects.filter(
                source__in={incoming.source for incoming in batch}, digest__in=list(by_digest)
            ).values_list("pk", "digest", "verdict", "rule")
        }
        kept: list[Read] = []
        skipped: list[Row] = []
        for digest, incoming in by_digest.items():
            pk, verdict, rule = known.get(digest, (None, "", ""))
            if verdict == Verdict.KEPT:
                outcome.counts["unchanged"] += 1
                continue
            if verdict == Verdict.SKIPPED and rule == self.rule:
                outcome.counts["skipped"] += 1
                continue
            try:
                record = read_record(incoming, self.readers)
            except ValueError as error:
                outcome.add(self._set_aside(incoming, str(error), None, pk))
                continue
            is_kept, why = (True, "everything is kept") if self.keep_all else is_cell_therapy(self.reading_of(record))
            if is_kept:
                kept.append(Read(incoming, record, pk))
            else:
                outcome.counts["skipped"] += 1
                row = self._skipped(incoming, record, why)
                if pk is None:
                    skipped.append(row)
                else:
                    self._note(row, pk)
        bulk.add(RawRecord, skipped)
        for group in _one_version_each(kept):
            outcome.add(self._keep(group))
        return outcome

    def _set_aside(self, incoming: Incoming, reason: str, record: TrialRecord | None, pk: int | None) -> Result:
        if pk is None:
            known = RawRecord.objects.filter(source=incoming.source, digest=incoming.digest)
            pk = known.values_list("pk", flat=True).first()
        self._note(raw_row(incoming, record, Verdict.SET_ASIDE, reason=reason[:500], rule=self.rule), pk)
        number = record.number if record else ""
        return Result(Counter(set_aside=1), [SetAside(number or incoming.place, reason)])

    def _skipped(self, incoming: Incoming, record: TrialRecord, why: str) -> Row:
        return raw_row(incoming, record, Verdict.SKIPPED, reason=why[:500], rule=self.rule)

    def _note(self, row: Row, pk: int | None) -> int:
        """Writes a received record, over what was noted of it before."""
        if pk is not None:
            held = RawRecord.objects.filter(pk=pk).values(*row).get()
            if any(held[name] != value for name, value in row.items() if name != "body"):
                RawRecord.objects.filter(pk=pk).update(**row)
            return pk
        return RawRecord.objects.create(**row).pk

    def _keep(self, reads: Sequence[Read]) -> Result:
        held = {
            (register_of(registry, number, publisher), number): pk
            for pk, registry, number, publisher in from_records()
            .filter(number__in=[read.record.number for read in reads])
            .values_list("pk", "registry", "number", "publisher")
        }
        new = [read for read in reads if read.number not in held]
        deleted = _deleted_by_editors([read.record.number for read in new])
        fresh = [read for read in new if read.record.number not in deleted]
        known = [read for read in reads if read.number in held]
        outcome = Result(problems=sum(len(read.record.problems) for read in reads))
        outcome.counts["new"] += len(fresh)
        outcome.counts["skipped"] += len(new) - len(fresh)
        outcome.counts["changed"] += len(known)
        self.learn([read.record for read in (*fresh, *known)])
        self._add(fresh)
        titles = self._add_versions(known, [held[read.number] for read in known])
        for read in new:
            if read.record.number in deleted:
                self._note(self._skipped(read.incoming, read.record, DELETED), read.earlier)
        regroup(self, [read.number for read in (*fresh, *known)], titles=titles)
        return outcome

    def _add(self, reads: Sequence[Read]) -> None:
        """New registrations, each with a trial of its own for now."""
        if not reads:
            return
        trials = bulk.reserve(Trial, len(reads))
        registrations = bulk.reserve(Registration, len(reads))
        slugs = _free_slugs([read.record.number for read in reads])
        targets = []
        trial_rows, registration_rows, claims = [], [], []
        for read, trial, registration, slug in zip(reads, trials, registrations, slugs, strict=True):
            target = Target(trial, self.content_of(read.record, registration), is_new=True)
            targets.append(target)
            trial_rows.append(
                target.content.columns | {"id": trial, "slug": slug, "state": State.PUBLISHED, "version": 1}
            )
            registration_rows.append(
                {"id": registration, "trial_id": trial, "order": 1, "is_lead": True} | registration_row(read.record)
            )
            claims += claim_rows(registration, read.record)
        bulk.insert(Trial, trial_rows)
        bulk.insert(Registration, registration_rows)
        bulk.add(Claim, claims)
        self._keep_raw(reads, registrations)
        apply(targets)
        trials_made(
            handed(trial, {**target.content.lists, CellProduct: with_terms(target), Registration: [registration]})
            for trial, target, registration in zip(trial_rows, targets, registration_rows, strict=True)
        )

    def _keep_raw(self, reads: Sequence[Read], registrations: Sequence[int]) -> list[int]:
        """The numbers of the kept versions, in the order of `reads`."""
        rows = [
            raw_row(read.incoming, read.record, Verdict.KEPT, registration_id=registration, reason="")
            for read, registration in zip(reads, registrations, strict=True)
        ]
        bulk.add(RawRecord, [row for read, row in zip(reads, rows, strict=True) if not read.earlier])
        bulk.update(RawRecord, [(read.earlier, row) for read, row in zip(reads, rows, strict=True) if read.earlier])
        return [read.earlier or row["id"] for read, row in zip(reads, rows, strict=True)]

    def _add_versions(self, reads: Sequence[Read], registrations: Sequence[int]) -> set[str]:
        """Further versions of registrations: history, and the trials that they lead. Returns keys of former titles."""
        if not reads:
            return set()
        added = self._keep_raw(reads, registrations)
        hold_all(Registration.objects.filter(pk__in=registrations).values("trial"))
        known = {read.incoming.digest: read.record for read in reads}
        versions = versions_of(registrations, self.readers, known)
        record_history((versions[registration], pk) for registration, pk in zip(registrations, added, strict=True))
        records = {registration: state_of(own) for registration, own in versions.items()}
        titles = refresh_registrations(records)
        led = dict(Registration.objects.filter(pk__in=registrations, is_lead=True).values_list("trial", "pk"))
        self.refresh_trials({trial: records[registration] for trial, registration in led.items()})
        others = Registration.objects.filter(pk__in=registrations).exclude(trial__in=list(led))
        self.reread(others.values_list("trial", flat=True).distinct())
        return titles

    def refresh_trials(self, records: Mapping[int, TrialRecord]) -> None:
        """Makes trials, given by their numbers, what the records of their leading registrations say."""
        hold_all(list(records))
        apply(self._targets(records))

    def reread(self, trials: Iterable[int]) -> list[Target]:
        """Reads the texts of trials anew, from the stored records that lead them; the trials that were read."""
        self._just_read.clear()
        self._renew_words()
        rows = Registration.objects.filter(trial__in=list(trials), is_lead=True, versions__verdict=Verdict.KEPT)
        leads = dict(rows.distinct().values_list("trial", "pk"))
        if not leads:
            return []
        hold_all(list(leads))
        versions = versions_of(leads.values(), self.readers)
        targets = self._targets({trial: state_of(versions[lead]) for trial, lead in leads.items()})
        read = [target for target in targets if target.content.reading is not None]
        apply_facts(read)
        return read

    def _targets(self, records: Mapping[int, TrialRecord]) -> list[Target]:
        """Standing trials and what the records of their leading registrations say."""
        locked: defaultdict[int, set[str]] = defaultdict(set)
        for trial, name in Lock.objects.filter(trial__in=list(records)).values_list("trial", "name"):
            locked[trial].add(name)
        rows = Registration.objects.filter(trial__in=list(records), is_lead=True)
        leads = dict(rows.values_list("trial", "pk"))
        others = self._others(leads)
        return [
            Target(
                trial,
                self.content_of(record, leads.get(trial), others[trial]),
                is_new=False,
                locked=frozenset(locked[trial]),
            )
            for trial, record in records.items()
        ]

    def _others(self, leads: Mapping[int, int]) -> defaultdict[int, list[tuple[int, Reading]]]:
        """For trials with several registrations, what is read of those that do not lead; copies are passed over."""
        found: defaultdict[int, list[tuple[int, Reading]]] = defaultdict(list)
        rows = Registration.objects.filter(trial__in=list(leads), publisher="", versions__verdict=Verdict.KEPT)
        others = rows.exclude(pk__in=list(leads.values())).order_by("trial", "order", "pk").distinct()
        trials = dict(others.values_list("pk", "trial"))
        for registration, versions in versions_of(trials, self.readers).items():
            reading = self.reading_of(state_of(versions))
            if reading is not None:
                found[trials[registration]].append((registration, reading))
        return found

    def content_of(
        self, record: TrialRecord, registration: int | None = None, others: Sequence[tuple[int, Reading]] = ()
    ) -> Content:
        """A record's rows, its conditions and sponsors mapped to terms and organisations, and what its texts say.

        `registration` is the document that evidence names; `others` is what was read of the trial's further ones.
        """
        found = content(record)
        problems: list[Problem] = found.problems
        reading = self.reading_of(record)
        if reading is not None:
            add_reading(found, record, reading, registration, self.read_terms, others)
        found.lists[Sponsorship] = [
            {
                "organisation_id": self.organisations.number(item.name),
                "role": item.role,
                "wording": item.wording,
            }
            for item in record.sponsors
        ]
        found.lists |= condition_lists(self.terms, record)
        models: list[type[Model]] = [*CONDITION_LISTS, Sponsorship]
        for model in models:
            for order, row in enumerate(found.lists[model], 1):
                row["order"] = order
                fitted(model, row, problems)
        return found

    def learn(self, records: Collection[TrialRecord]) -> None:
        """Writes the terms and organisations that versions as received bring, so that `content_of` finds them."""
        self.terms.learn(records)
        self.organisations.learn(records)


def _deleted_by_editors(numbers: Sequence[str]) -> set[str]:
    """Those of these numbers that the catalogue kept once, and whose registration somebody took away."""
    rows = RawRecord.objects.filter(number__in=numbers, verdict=Verdict.KEPT, registration=None)
    return set(rows.order_by().values_list("number", flat=True))


def _free_slugs(numbers: Sequence[str]) -> list[str]:
    """An address per number: the number itself unless a trial of another name stands there."""
    wanted = ["".join(mark if mark.isalnum() else "-" for mark in number.lower()) for number in numbers]
    taken = set(Trial.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    taken |= set(FormerSlug.objects.filter(slug__in=wanted).values_list("slug", flat=True)) | set(RESERVED_SLUGS)
    slugs: list[str] = []
    for slug, number in zip(wanted, numbers, strict=True):
        slugs.append(slug if slug not in taken else free_slug([number], "", taken))
        taken.add(slugs[-1])
    return slugs


def _one_version_each(reads: Iterable[Read]) -> list[list[Read]]:
    """Splits reads into groups in which no registration occurs twice, older versions first."""
    groups: list[list[Read]] = []
    seen: Counter[Number] = Counter()
    for read in sorted(reads, key=lambda read: place_of(read.record, read.incoming)):
        place = seen[read.number]
        seen[read.number] += 1
        if place == len(groups):
            groups.append([])
        groups[place].append(read)
    return groups
