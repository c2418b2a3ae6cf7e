"""What a record says, in the catalogue's own terms: its rows, its conditions and sponsors, and what its texts say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from django.db.models import Model

from trials.intake.conditions import CONDITION_LISTS, ConditionTerms, condition_lists
from trials.intake.content import Content, content, in_order
from trials.intake.lexicon import last_edit
from trials.intake.organisations import Organisations
from trials.intake.reading import ReadTexts, Terms, add_reading, load_reader, read_or_none
from trials.intake.versions import Incoming, Reader, dated, read_record
from trials.models import Sponsorship
from trials.reading.facts import Reading
from trials.reading.passages import Passages
from trials.records import Problem, TrialRecord
from trials.registries.ahead import unpacked


class Interpreter:
    """Keeps what the records of one run share: the readers, the condition terms, the organisations.

    `read` reads products and doses out of a record's texts: where none is given, by the catalogue's vocabularies.
    With `reads` switched off the texts are not read, and what was read before stays.
    """

    reads = True

    def __init__(self, readers: Mapping[str, Reader], read: ReadTexts | None = None) -> None:
        self.readers = readers
        self._read = read
        # The records of a batch that were read, by identity, with what their texts say.
        self._just_read: dict[int, tuple[TrialRecord, Reading | None]] = {}
        # Of those that were read ahead, the sentences that prove it.
        self._passages: dict[int, Passages] = {}
        self._ahead: Mapping[str, bytes] = {}
        self.last_edit = last_edit()
        self.forget()

    @cached_property
    def read(self) -> ReadTexts:
        """Made when it is first needed: to learn all words takes a tenth of a second."""
        return self._read or load_reader()

    def begin(self) -> None:
        """Begins a batch. Learns the readers' words again where an editor changed some: what is read now counts as up
        to date.
        """
        self._just_read.clear()
        self._passages.clear()
        last = last_edit()
        if last != self.last_edit:
            self.last_edit = last
            self._ahead = {}
            self.__dict__.pop("read", None)
            self._read_terms = Terms.load()

    def expect(self, ahead: Mapping[str, bytes]) -> None:
        """Takes records of the next batch, by digest, that were read already with today's words (see `ahead`)."""
        self._ahead = ahead

    def record_of(self, incoming: Incoming) -> TrialRecord:
        """The record that was received; ValueError says why it cannot be read."""
        packed = self._ahead.get(incoming.digest) if self.reads else None
        if packed is None:
            return read_record(incoming, self.readers)
        found = unpacked(packed)
        record = dated(found.record, incoming)
        self._just_read[id(record)] = record, found.reading
        self._passages[id(record)] = Passages(record, found.sentences)
        incoming.came_packed(found.packed)
        return record

    def forget(self) -> None:
        """Drops what was learned: in a transaction that did not happen, or before others may have written."""
        self._terms = ConditionTerms.load()
        self._read_terms = Terms.load()
        self._organisations = Organisations.load()

    def learn(self, records: Collection[TrialRecord]) -> None:
        """Writes the terms and organisations that versions as received bring, so that `content_of` finds them."""
        self._terms.learn(records)
        self._organisations.learn(records)

    def reading_of(self, record: TrialRecord) -> Reading | None:
        """What the texts of a record say, read once in a batch; None where they are not read, or cannot be."""
        if not self.reads:
            return None
        if id(record) not in self._just_read:
            self._just_read[id(record)] = record, read_or_none(self.read, record)
        return self._just_read[id(record)][1]

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
            passages = self._passages.get(id(record))
            add_reading(found, record, reading, registration, self._read_terms, others, passages)
        found.lists[Sponsorship] = [
            {
                "organisation_id": self._organisations.number(item.name),
                "role": item.role,
                "wording": item.wording,
            }
            for item in record.sponsors
        ]
        found.lists |= condition_lists(self._terms, record)
        models: list[type[Model]] = [*CONDITION_LISTS, Sponsorship]
        for model in models:
            in_order(model, found.lists[model], problems)
        return found
