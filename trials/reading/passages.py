"""The words that prove a fact, with the sentence that they stand in: “apheresis” alone proves nothing to a reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cached_property

from trials.reading.facts import DoseFacts, Fact, Passage, ProductFacts, Reading
from trials.reading.lexicon import NOTHING
from trials.reading.marked import Marked
from trials.reading.sections import Section, sections
from trials.records import TrialRecord

# In characters: of a sentence longer than this, so many on both sides of the words.
_MOST, _BESIDE = 320, 120


class Passages:
    """The texts of one record, to look up the sentences around the readers' words in.

    `found` are sentences that were looked up before, by the words.
    """

    def __init__(self, record: TrialRecord, found: Iterable[tuple[Passage, Passage]] = ()) -> None:
        self._record = record
        self._marked: dict[str, Marked] = {}
        # Every attribute of a product may be proven by the same words.
        self._found = dict(found)

    def around(self, passage: Passage) -> Passage:
        """The same passage with its whole sentence; as it is where its words are not in this record."""
        found = self._found.get(passage)
        if found is None:
            found = self._found[passage] = self._around(passage)
        return found

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.field: section for section in sections(self._record)}

    def _around(self, passage: Passage) -> Passage:
        section = self._sections.get(passage.field)
        text = section.text if section else ""
        if section is None or not passage.text or text[passage.start : passage.end] != passage.text:
            return passage
        # Keeps where the sentences of a text end.
        marked = self._marked.setdefault(passage.field, Marked(section, NOTHING))
        start = marked.sentence(passage.start)[0]
        end = marked.sentence(max(passage.start, passage.end - 1))[1]
        if end - start > _MOST:
            start, end = _shortened(text, passage, start, end)
        whole = text[start:end]
        start += len(whole) - len(whole.lstrip())
        return marked.passage(start, start + len(whole.strip()))


def around_all(record: TrialRecord, reading: Reading) -> list[tuple[Passage, Passage]]:
    """All words that prove something in a reading, each with its sentence."""
    passages = Passages(record)
    return [(words, passages.around(words)) for words in dict.fromkeys(_proofs(reading))]


def _proofs(reading: Reading) -> Iterator[Passage]:
    yield from (arm.passage for arm in reading.arms)
    yield from (found.fact.passage for found in reading.plan)
    told: list[ProductFacts | DoseFacts] = [*reading.products, *reading.doses]
    for found in told:
        yield found.passage
        for part in fields(found):
            value = getattr(found, part.name)
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Fact):
                    yield one.passage


def _shortened(text: str, passage: Passage, start: int, end: int) -> tuple[int, int]:
    """The words with some of their sentence on both sides, cut between words."""
    first, last = passage.start - _BESIDE, passage.end + _BESIDE
    if first > start:
        blank = text.find(" ", first, passage.start)
        start = blank + 1 if blank >= 0 else passage.start
    if last < end:
        blank = text.rfind(" ", passage.end, last)
        end = blank if blank >= 0 else passage.end
    return start, end
