"""`manage.py import_trials`: what it says, what it counts, and what becomes of what it cannot keep."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from trials.intake import importing, interpreting, keeping, saving
from trials.intake.digest import catalogue_digest
from trials.intake.runs import LEASE
from trials.models import ImportRun, RawRecord, Trial
from trials.tests.intake.making import lines, study

pytestmark = pytest.mark.django_db

NO_CELLS = study(8, title="Aspirin")
COUNTS = {"new": 0, "changed": 0, "unchanged": 0, "skipped": 0, "set_aside": 0}


def run(*arguments: Any, registry: str = "ctgov") -> tuple[int, str, str]:
    """(Exit status, what it printed, what it printed as it went on)."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("import_trials", registry, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, out.getvalue(), err.getvalue()


def counts(*arguments: Any, registry: str = "ctgov") -> tuple[int, dict[str, int]]:
    """(Exit status, the counts that are not 0) of an import."""
    status, out, _ = run(*arguments, "--json", registry=registry)
    found = json.loads(out.splitlines()[-1])
    assert list(found) == list(COUNTS)
    return status, {name: count for name, count in found.items() if count}


@pytest.fixture
def file(tmp_path) -> Path:
    """Two trials of cells, one of none, and a line that is cut off."""
    path = tmp_path / "studies.ndjson"
    path.write_bytes(lines(study(1), NO_CELLS) + b'{"protocolSection": {"identificati\n' + lines(study(2)))
    return path


def test_every_record_is_accounted_for_and_the_status_tells_of_what_was_set_aside(file):
    assert counts(file) == (1, {"new": 2, "skipped": 1, "set_aside": 1})
    assert sorted(Trial.objects.values_list("slug", flat=True)) == ["nct00000001", "nct00000002"]


def test_what_was_set_aside_or_skipped_is_kept_with_its_reason(file):
    run(file)
    aside = RawRecord.objects.get(verdict="SET_ASIDE")
    assert aside.text == b'{"protocolSection": {"identificati'
    assert "is not valid JSON" in aside.reason
    skipped = RawRecord.objects.get(verdict="SKIPPED")
    assert (skipped.number, json.loads(skipped.text)) == ("NCT00000008", NO_CELLS)
    assert skipped.reason == "no title, arm or intervention says that cells are given"


def test_the_closing_table(file, tmp_path):
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("Nothing here.")
    _, out, _ = run(tmp_path)
    printed = out.splitlines()
    assert printed[-1].startswith("5 records in ")
    assert printed[:-1] == [
        "Passed over: 1 of the files, being of other kinds.",
        "New                2",
        "Changed            0",
        "Unchanged          0",
        "Skipped            1",
        "Set aside          2",
        "  1 × it is empty",
        f"      {tmp_path}/empty.json",
        "  1 × The record, which shows no NCT number, is not valid JSON: Input data was truncated.",
        f"      {file}, record 3",
    ]


def test_reasons_of_one_kind_are_counted_together_and_few_of_their_records_named(tmp_path):
    broken = [{"protocolSection": {"identificationModule": {"nctId": f"NCT{number}"}}} for number in range(25)]
    (tmp_path / "a.ndjson").write_bytes(lines(*broken))
    _, out, _ = run(tmp_path)
    (kind,) = [line for line in out.splitlines() if "×" in line]
    assert kind.startswith("  25 × “NCT0” at protocolSection.identificationModule.nctId")
    assert f"{tmp_path}/a.ndjson, record 10 and 15 more" in out
    assert f"{tmp_path}/a.ndjson, record 11" not in out


def test_the_second_time_nothing_changes(file):
    run(file)
    before, rows = catalogue_digest(), list(RawRecord.objects.order_by("pk").values())
    assert counts(file) == (1, {"unchanged": 2, "skipped": 1, "set_aside": 1})
    assert catalogue_digest() == before
    assert list(RawRecord.objects.order_by("pk").values()) == rows


def test_batches_of_any_size_give_the_same_catalogue(tmp_path):
    first = [study(number, conditionsModule={"conditions": ["Lupus"]}) for number in range(1, 8)]
    second = [study(number, updated="2024-02-01", title=f"Stem cells {number}") for number in (2, 5)]
    (tmp_path / "a.ndjson").write_bytes(lines(*first, *second))
    digests = []
    for size in (1, 3, 500):
        Trial.objects.all().delete()
        RawRecord.objects.all().delete()
        assert counts(tmp_path, "--batch", size) == (0, {"new": 7, "changed": 2})
        digests.append(catalogue_digest())
    assert len(set(digests)) == 1


def test_all_that_was_asked_for_is_kept(file):
    assert counts(file, "--keep", "all") == (1, {"new": 3, "set_aside": 1})


@pytest.mark.parametrize(
    ("registry", "name", "content", "slug"),
    [
        ("ctis", "a.json", {"ctNumber": "2023-501234-11-00", "authorizedApplication": {"authorizedPartI": {
            "trialDetails": {"clinicalTrialIdentifiers": {"publicTitle": "CAR T cells"}}}}}, "2023-501234-11-00"),
        ("ictrp", "a.csv", "TrialID,Public title,Study type\nChiCTR2100050713,Stem cells,Interventional\n",
         "chictr2100050713"),
        ("ictrp", "a.xml", "<Trials><Trial><TrialID>ChiCTR2100050713</TrialID><Public_title>Stem cells</Public_title>"
         "<Study_type>Interventional</Study_type></Trial></Trials>", "chictr2100050713"),
    ],
)  # fmt: skip
def test_every_registry_has_its_form(tmp_path, registry, name, content, slug):
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    assert counts(tmp_path, registry=registry) == (0, {"new": 1})
    assert Trial.objects.get().slug == slug


def test_records_of_another_registry_are_set_aside_and_not_stored(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(study(1), study(2)))
    status, out, _ = run(tmp_path, registry="ctis")
    assert status == 1
    assert "  2 × it is a record of ClinicalTrials.gov: import it as ctgov" in out
    assert not RawRecord.objects.exists()
    assert ImportRun.objects.get().notes[0] == (
        f"{tmp_path}/a.ndjson, record 1: it is a record of ClinicalTrials.gov: import it as ctgov"
    )


def test_the_run_is_noted(file):
    run(file)
    noted = ImportRun.objects.get()
    assert (noted.source, noted.what, noted.new, noted.skipped, noted.set_aside) == ("CTGOV", str(file), 2, 1, 1)
    assert noted.ended is not None


def test_what_was_set_aside_is_tried_again_by_the_next_run_of_its_registry(file, tmp_path, monkeypatch):
    real = interpreting.content

    def stumbles(record):
        if record.number == "NCT00000002":
            raise ValueError("a fault of ours")
        return real(record)

    monkeypatch.setattr(interpreting, "content", stumbles)
    assert counts(file) == (1, {"new": 1, "skipped": 1, "set_aside": 2})
    monkeypatch.undo()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.ndjson").write_bytes(lines(study(3)))
    status, out, _ = run(tmp_path / "more", "--json")
    assert status == 0
    assert "Of 2 records of earlier imports that were waiting, 1 are kept now, 0 skipped and 1 still set aside." in out
    assert json.loads(out.splitlines()[-1]) == COUNTS | {"new": 2}
    assert Trial.objects.filter(slug="nct00000002").exists()


def test_what_was_skipped_is_judged_again_when_the_rule_has_changed(file, tmp_path, monkeypatch):
    run(file)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.ndjson").write_bytes(lines(study(3)))
    assert counts(tmp_path / "more") == (0, {"new": 1})
    for module in (keeping, saving, importing):
        monkeypatch.setattr(module, "RULE", "another")
    monkeypatch.setattr(saving, "is_cell_therapy", lambda reading: (True, "a new rule"))
    assert counts(tmp_path / "more") == (0, {"new": 1, "unchanged": 1})
    assert Trial.objects.filter(slug="nct00000008").exists()


def test_another_import_is_waited_for(file):
    until = timezone.now() + LEASE
    ImportRun.objects.create(source="CTIS", what="elsewhere.zip", holder="1@another-computer", lease_until=until)
    with pytest.raises(CommandError, match=r"Another import is running: EU CTIS, elsewhere\.zip; 1@another") as refused:
        run(file)
    assert refused.value.returncode == 2
    assert not RawRecord.objects.exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.json", "missing.json cannot be read: No such file or directory."), ("", "No file of records in ")],
)
def test_a_path_with_nothing_to_read_is_refused_before_anything_starts(tmp_path, name, message):
    with pytest.raises(CommandError) as refused:
        run(tmp_path / name)
    assert message in str(refused.value)
    assert refused.value.returncode == 2
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("arguments", [["--batch", "0"], ["--batch", "x"], ["--keep", "some"]])
def test_options_that_make_no_sense_are_refused(file, arguments):
    with pytest.raises(CommandError):
        run(file, *arguments)


def test_a_database_that_goes_away_is_no_fault_of_the_records(file, monkeypatch):
    def gone(self, batch, first):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(saving.Saver, "save", gone)
    with pytest.raises(CommandError, match="The database gave up: the server closed the connection") as ended:
        run(file)
    assert ended.value.returncode == 2
    assert not RawRecord.objects.filter(verdict="SET_ASIDE").exists()
    assert "OperationalError" in ImportRun.objects.get().notes[0]


def test_an_interrupted_import_ends_its_run_and_can_go_on(file, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(saving.Saver, "save", interrupted)
        with pytest.raises(CommandError, match="Interrupted"):
            run(file)
    assert ImportRun.objects.get().ended is not None
    assert counts(file) == (1, {"new": 2, "skipped": 1, "set_aside": 1})


def interrupted(self: Any, batch: Any, first: Any) -> None:
    raise KeyboardInterrupt


def test_a_log_gets_a_line_for_every_thousand_records(tmp_path):
    records = [study(number, title="Aspirin") for number in range(1, 2101)]
    (tmp_path / "a.ndjson").write_bytes(lines(*records))
    _, _, err = run(tmp_path, "--batch", 500)
    assert [line[4:] for line in err.splitlines()] == [
        "  1,000 records: 1,000 skipped",
        "  2,000 records: 2,000 skipped",
    ]


def test_a_terminal_gets_a_bar(tmp_path, monkeypatch):
    (tmp_path / "a.ndjson").write_bytes(lines(study(1)))
    terminal = StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    call_command("import_trials", "ctgov", str(tmp_path), stdout=StringIO(), stderr=terminal)
    drawn, erased = terminal.getvalue().split("\r")[1:]
    assert drawn == "[########################] 100%  1 record: 1 new\x1b[K"
    assert erased == "\x1b[K"


def test_a_lease_is_renewed_with_every_batch(file, monkeypatch):
    left = []
    save = saving.Saver.save

    def slow(self, batch, first):
        ImportRun.objects.update(lease_until=timezone.now())
        saved = save(self, batch, first)
        left.append(ImportRun.objects.get().lease_until - timezone.now())
        return saved

    monkeypatch.setattr(saving.Saver, "save", slow)
    run(file, "--batch", 1)
    assert len(left) == 4
    assert min(left) > LEASE - dt.timedelta(seconds=10)


def test_country_copies_of_one_number_in_one_batch_are_all_kept(tmp_path):
    rows = "TrialID,Public title\nEUCTR2017-005115-13-FR,Stem cells\nEUCTR2017-005115-13-ES,Stem cells\n"
    (tmp_path / "a.csv").write_text(rows)
    assert counts(tmp_path, registry="ictrp") == (0, {"new": 2})


def test_a_site_of_which_only_a_part_of_the_world_is_known_is_kept(tmp_path):
    (tmp_path / "a.csv").write_text(
        "TrialID,Public title,Countries\nJPRN-UMIN000039686,Stem cells,Asia(except Japan)\n"
    )
    assert counts(tmp_path, registry="ictrp") == (0, {"new": 1})
    assert [str(site) for site in Trial.objects.get().sites.all()] == ["Asia(except Japan)"]


def test_what_the_database_refuses_is_set_aside_alone(tmp_path, monkeypatch):
    real = interpreting.content

    def wrong(record):
        found = real(record)
        if record.number == "NCT00000002":
            found.columns["status"] = "NOBODY_KNOWS"
        return found

    monkeypatch.setattr(interpreting, "content", wrong)
    (tmp_path / "a.ndjson").write_bytes(lines(study(1), study(2), study(3)))
    assert counts(tmp_path) == (1, {"new": 2, "set_aside": 1})
    assert "trial_status_known" in RawRecord.objects.get(verdict="SET_ASIDE").reason


def test_the_closing_table_counts_the_condition_words_that_mean_no_term(tmp_path):
    path = tmp_path / "studies.ndjson"
    path.write_bytes(lines(*(study(n, conditionsModule={"conditions": ["Bad knees", f"Odd {n}"]}) for n in (1, 2))))
    assert "3 condition words of the catalogue mean no term yet" in run(path)[1]


def test_a_waiting_record_whose_stored_bytes_are_damaged_does_not_end_the_run(tmp_path):
    RawRecord.objects.create(source="CTGOV", digest="a", body=b"damaged", verdict="SET_ASIDE")
    path = tmp_path / "studies.ndjson"
    path.write_bytes(lines(study(1)))
    assert counts(path) == (0, {"new": 1})
