"""An import that reads in advance: the same catalogue, whatever becomes of the process that reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from trials.intake import in_advance, interpreting
from trials.intake.digest import catalogue_digest
from trials.intake.importing import Import
from trials.intake.runs import lease
from trials.intake.saving import Saver
from trials.intake.versions import Incoming, read_record
from trials.models import CellType, RawRecord, Trial
from trials.reading.lexicon import Lexicon, Words
from trials.reading.passages import around_all
from trials.reading.read import read
from trials.registries.ahead import Found, _encode, pack
from trials.registries.readers import READERS
from trials.tests.admin.making import superuser
from trials.tests.intake.making import compact, study

pytestmark = pytest.mark.django_db

GIVEN = {"armGroups": [{"label": "A", "description": "1 x 10^6 allogeneic stem cells/kg, intravenously, once"}]}
NO_CELLS = study(8, title="Aspirin")
RECORDS = (
    *compact(study(1), study(2, armsInterventionsModule=GIVEN), NO_CELLS),
    b'{"protocolSection": {}}',
    *compact(study(3, armsInterventionsModule=GIVEN), study(1, title="Stem cells again", updated="2025-01-01")),
)


class Beside:
    """Stands in for the second process, without one. `made` counts how often it began."""

    made = 0

    def __init__(self, words: Words) -> None:
        type(self).made += 1
        self._lexicon = Lexicon.of(words)
        self._asked: Sequence[tuple[str, str, bytes]] = ()

    def ask(self, records: Sequence[tuple[str, str, bytes]]) -> None:
        self._asked = records

    def answer(self) -> dict[str, bytes]:
        asked, self._asked = self._asked, ()
        return {name: packed for name, source, raw in asked if (packed := self._packed(source, raw))}

    def _packed(self, source: str, raw: bytes) -> bytes:
        try:
            record = READERS[source](raw)
        except ValueError:
            return b""
        reading = read(record, self._lexicon)
        return _encode(Found(record, reading, around_all(record, reading), pack(raw)))

    def close(self) -> None: ...


@pytest.fixture
def here(monkeypatch) -> list[bytes]:
    """The raw records that the saver read itself."""
    monkeypatch.setattr(in_advance, "WORTH_IT", 1)
    monkeypatch.setattr(in_advance, "Ahead", Beside)
    monkeypatch.setattr(Beside, "made", 0)
    found: list[bytes] = []

    def noted(incoming, readers):
        found.append(incoming.body)
        return read_record(incoming, readers)

    monkeypatch.setattr(interpreting, "read_record", noted)
    return found


def run(pieces: Iterator[Incoming], apart: bool = True, told=lambda _: None) -> dict[str, int]:
    with lease("CTGOV", "records") as held:
        importing = Import("CTGOV", held, Saver(READERS), 2, told, apart)
        importing.run(pieces)
    return {name: count for name, count in held.counts.items() if count}


def incoming(records: Sequence[bytes] = RECORDS) -> Iterator[Incoming]:
    return (Incoming("CTGOV", body) for body in records)


def test_the_catalogue_is_the_same_as_without(here):
    counted, digest = run(incoming()), catalogue_digest()
    assert counted == {"new": 3, "skipped": 1, "set_aside": 1, "changed": 1}
    # The first batch is not read ahead, what cannot be read is read again, and so is a version that stood here before.
    assert here == [*RECORDS[:2], RECORDS[3]]
    Trial.objects.all().delete()
    RawRecord.objects.all().delete()
    assert run(incoming(), apart=False) == counted
    assert catalogue_digest() == digest


def test_what_is_held_already_is_not_read_ahead(here):
    run(incoming(), apart=False)
    assert run(incoming()) == {"unchanged": 4, "skipped": 1, "set_aside": 1}
    assert Beside.made == 1  # for the one that was set aside, which is tried again


def test_what_was_read_before_an_editor_changed_a_word_is_read_again(here):
    cells = CellType.objects.create(slug="stem", label="Stem cells")
    editor, kind = superuser(), ContentType.objects.get_for_model(CellType)

    def edited(running: Import) -> None:
        if running.counts.total() == 2:
            LogEntry.objects.create(user=editor, content_type=kind, object_id=str(cells.pk), action_flag=CHANGE)

    records = compact(*(study(number) for number in range(1, 9)))
    assert run(incoming(records), told=edited) == {"new": 8}
    # Seen when the second batch was read and the third on its way; the fourth is read with the new words.
    assert here == list(records[:6])
    assert Beside.made == 2


def test_what_came_before_a_source_broke_is_saved(here):
    def broken() -> Iterator[Incoming]:
        yield from incoming(compact(*(study(number) for number in range(1, 6))))
        raise OSError("the cable was pulled")

    with pytest.raises(OSError, match="pulled"):
        run(broken())
    assert Trial.objects.count() == 4
