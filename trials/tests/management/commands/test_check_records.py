"""`manage.py check_records`: an account of every record below a folder."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from trials.management.commands import check_records
from trials.registries.readers import FORMS, Form
from trials.tests.intake.making import lines, study

# Without a mark for the database pytest-django refuses any query: the command makes none.

ANSWER = {"ctNumber": "2023-501234-11-00", "authorizedApplication": {}}
ROWS = "TrialID,Public title,Phase\nChiCTR2100050713,Stem cells,0\nNCT00000001,Cells\n"


def run(*paths: Any) -> tuple[int, list[str]]:
    out, status = StringIO(), 0
    try:
        call_command("check_records", *map(str, paths), stdout=out, stderr=StringIO())
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, out.getvalue().splitlines()


def test_records_of_every_registry_are_told_by_their_look_and_read(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(study(1), ANSWER))
    (tmp_path / "c.csv").write_text(ROWS.rpartition("NCT")[0])
    (tmp_path / "notes.md").write_text("Three records.")
    status, printed = run(tmp_path)
    assert status == 0
    assert printed == [
        "ClinicalTrials.gov          1 read, 0 of them with problems; 0 unreadable",
        "EU CTIS                     1 read, 0 of them with problems; 0 unreadable",
        "WHO ICTRP                   1 read, 1 of them with problems; 0 unreadable",
        "",
        "Problems:",
        "        1  WHO ICTRP, phase: early phase 1 in some registers, no phase in others "
        "(first: ChiCTR2100050713: “0”)",
        "Files read: 2; passed over, being of other kinds: 1.",
    ]


def test_what_cannot_be_read_is_named_with_its_place_and_fails(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(study(1))[:60] + b"\n")
    (tmp_path / "b.json").write_bytes(b"")
    (tmp_path / "c.csv").write_text(ROWS)
    status, printed = run(tmp_path)
    assert status == 1
    unreadable = printed[printed.index("Unreadable:") + 1 : -1]
    assert unreadable[0].startswith(f"  {tmp_path}/a.ndjson, record 1: ")
    assert unreadable[1] == f"  {tmp_path}/b.json: it is empty"
    assert unreadable[2].startswith(f"  {tmp_path}/c.csv, record 2: ")
    assert "ClinicalTrials.gov          0 read, 0 of them with problems; 1 unreadable" in printed


def test_what_looks_like_no_record_is_counted_and_does_not_fail(tmp_path):
    (tmp_path / "labels.jsonl").write_bytes(lines({"nct_id": "NCT1", "label": "yes"}, {"nct_id": "NCT2"}))
    status, printed = run(tmp_path)
    assert status == 0
    assert printed[-3:-1] == ["Look like no record of a registry:", f"        2  {tmp_path}/labels.jsonl"]


def test_a_reader_that_fails_is_found(tmp_path, monkeypatch):
    def fails(raw: bytes) -> Any:
        raise KeyError("phase")

    monkeypatch.setitem(check_records.FORMS, "CTGOV", Form(FORMS["CTGOV"].label, fails, FORMS["CTGOV"].mark))
    (tmp_path / "a.json").write_text(json.dumps(study(1)))
    status, printed = run(tmp_path)
    assert status == 1
    assert printed[-2] == f"  {tmp_path}/a.json, record 1: the reader failed, KeyError: 'phase'"


def test_problems_of_one_kind_are_counted_together_the_commonest_first(tmp_path):
    odd = [study(number, designModule={"studyType": "NEW", "phases": ["PHASE9"]}) for number in (1, 2)]
    (tmp_path / "a.ndjson").write_bytes(lines(*odd, study(3, designModule={"phases": ["PHASE9"]})))
    _, printed = run(tmp_path)
    assert [line.strip() for line in printed if "unknown value" in line] == [
        "3  ClinicalTrials.gov, phase: unknown value (first: NCT00000001: “PHASE9”)",
        "2  ClinicalTrials.gov, study_type: unknown value (first: NCT00000001: “NEW”)",
    ]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="missing cannot be read: No such file or directory") as refused:
        run(tmp_path / "missing")
    assert refused.value.returncode == 2
