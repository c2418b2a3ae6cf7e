"""A dry run says what the import then does, and leaves nothing behind."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.intake.checking import DryRun, DrySaver, NoLease, add_differences
from trials.intake.importing import Import
from trials.intake.runs import lease
from trials.intake.saving import Fate, Saver
from trials.intake.sources import Fault, Piece
from trials.intake.versions import Incoming
from trials.models import RawRecord, Trial
from trials.records import TrialRecord
from trials.registries import ctgov
from trials.tests.drawing import over_tables
from trials.tests.intake.making import study
from trials.tests.intake.test_saving import snapshot

pytestmark = pytest.mark.django_db

ROGUE = "a masking that the database refuses"


def parse(raw: bytes) -> TrialRecord:
    record = ctgov.parse(raw)
    return replace(record, masking="NONESUCH") if ROGUE in record.title else record


READERS = {"CTGOV": parse}


def incoming(record: Any, place: str = "") -> Incoming:
    return Incoming("CTGOV", json.dumps(record).encode() if isinstance(record, dict) else record, place)


def told(fates: list[Fate]) -> list[Any]:
    return [(fate.became, fate.number, fate.title, fate.place, fate.why, fate.differs) for fate in fates]


def run(
    kind: type[Import], lease: Any, saver: Saver, pieces: list[Piece], batch: int
) -> tuple[list[Any], Counter[str]]:
    found: list[Fate] = []

    def noted(running: Import) -> None:
        if kind is Import:
            add_differences(running.fates)
        found.extend(running.fates)

    running = kind("CTGOV", lease, saver, batch, noted)
    running.run(iter(pieces))
    return told(found), running.again


def dry(pieces: list[Piece], batch: int = 200) -> Any:
    return run(DryRun, NoLease(), DrySaver(READERS), pieces, batch)


def real(pieces: list[Piece], batch: int = 200) -> Any:
    with lease("CTGOV", "a file") as held:
        return run(Import, held, Saver(READERS), pieces, batch)


def stands(*records: Any) -> None:
    Saver(READERS).save([incoming(record) for record in records])


def test_a_changed_record_says_what_differs():
    stands(study(1))
    later = study(1, title="Stem cells again", updated="2024-06-01")
    fates, _ = dry([incoming(later, "a.json, record 1")])
    differs = [
        {"field": "title", "old": "Stem cells", "new": "Stem cells again"},
        {"field": "last_update_posted", "old": "2024-01-01", "new": "2024-06-01"},
    ]
    assert fates == [("changed", "NCT00000001", "Stem cells again", "a.json, record 1", "", differs)]


def test_a_second_version_in_a_later_batch_stands_on_the_first():
    pieces: list[Piece] = [incoming(study(1)), incoming(study(1, title="Stem cells II", updated="2024-06-01"))]
    fates, _ = dry(pieces, batch=1)
    assert [(became, title) for became, _, title, *_ in fates] == [("new", "Stem cells"), ("changed", "Stem cells II")]
    assert fates[1][-1][0] == {"field": "title", "old": "Stem cells", "new": "Stem cells II"}


def test_a_record_that_the_database_refuses_is_found_too():
    fates, _ = dry([incoming(study(1, title=f"Stem cells, {ROGUE}")), incoming(study(2))])
    assert [(fate[0], fate[1]) for fate in fates] == [("set_aside", "NCT00000001"), ("new", "NCT00000002")]
    assert fates[0][4].startswith("could not be saved: IntegrityError")


def test_a_broken_record_that_stands_twice_in_a_batch_is_tried_anew_in_the_next():
    pieces: list[Piece] = [incoming(b"{"), incoming(b"{"), incoming(b"{")]
    said, _ = dry(pieces, batch=2)
    assert [fate[0] for fate in said] == ["set_aside", "unchanged", "set_aside"]
    assert (said, Counter()) == real(pieces, batch=2)


def test_a_record_of_a_trial_that_an_editor_deleted_would_be_skipped():
    stands(study(1))
    Trial.objects.all().delete()
    fates, _ = dry([incoming(study(1, updated="2024-06-01"))])
    assert [(fate[0], fate[4]) for fate in fates] == [("skipped", "deleted by an editor")]


RECORDS = st.one_of(
    st.builds(
        study,
        st.integers(1, 5),
        st.sampled_from(["Stem cells", "Stem cells II", "Aspirin", f"Stem cells, {ROGUE}"]),
        st.sampled_from(["2023-05-01", "2024-01-01", "2024-06-01"]),
    ),
    st.sampled_from([b"{", b'{"protocolSection": 5}', Fault("a.json, record 3", "it is empty")]),
)


@given(st.lists(RECORDS, max_size=6), st.lists(RECORDS, max_size=9), st.integers(1, 4), st.booleans())
@over_tables(45)
def test_what_is_said_is_what_the_import_does(before, file, batch, deleted):
    for model in (Trial, RawRecord):
        model.objects.all().delete()
    stands(*(record for record in before if not isinstance(record, Fault)))
    if deleted:
        Trial.objects.order_by("pk")[:1].get().delete() if Trial.objects.exists() else None
    pieces: list[Piece] = [
        record if isinstance(record, Fault) else incoming(record, f"record {place}")
        for place, record in enumerate(file)
    ]
    was = snapshot()
    said = dry(pieces, batch)
    assert snapshot() == was
    assert said == real(pieces, batch)
