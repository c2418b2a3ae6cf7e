import gzip
import io
import json

import pytest
from django.core.management import CommandError, call_command

from trials.management.commands import evaluate_reading

pytestmark = pytest.mark.django_db

RECORD = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Intravenous Allogeneic UC-MSC for Relief"},
        "designModule": {"studyType": "INTERVENTIONAL"},
        "armsInterventionsModule": {"interventions": [{"type": "BIOLOGICAL", "name": "UC-MSC"}]},
    }
}
LABEL = {
    "nct_id": "NCT00000001",
    "is_cell_therapy": "yes",
    "cell_types": ["mesenchymal stromal"],
    "source_tissue": ["umbilical cord/Wharton's jelly"],
    "donor": "autologous",
    "routes": ["IV"],
    "doses": [],
}


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(LABEL) + "\n" + json.dumps(LABEL | {"nct_id": "NCT00000002"}) + "\n", encoding="utf-8")
    with gzip.open(tmp_path / "records.ndjson.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(RECORD) + "\n" + '{"strange": 1}\n')
    return path


def run(*args):
    out, err = io.StringIO(), io.StringIO()
    call_command("evaluate_reading", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_scores_misses_and_what_could_not_be_read_are_told(labels):
    out, err = run(labels)
    assert "is_cell_therapy      1.000   0.500  0.667" in out
    assert "NCT00000001: missed autologous, wrongly allogeneic" in out
    assert "record 2: looks like no registry's record" in err
    assert "holds no readable record of NCT00000002" in err


def test_a_record_on_which_a_reader_fails_is_named_and_counted_and_ends_nothing(labels, monkeypatch):
    def fail(record, lexicon):
        raise KeyError("no such key")

    monkeypatch.setattr(evaluate_reading, "read", fail)
    out, err = run(labels)
    assert "The readers failed on 1 record, counted as refused:\n  NCT00000001: KeyError: 'no such key'\n" in out
    assert "is_cell_therapy      1.000   0.000  0.000" in out
    assert "holds no readable record of NCT00000002." in err


def test_predictions_are_written_in_the_labels_form(labels, tmp_path):
    run(labels, "--predictions", tmp_path / "out.jsonl", "--records", tmp_path / "records.ndjson.gz")
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == LABEL | {"donor": "allogeneic"}


@pytest.mark.parametrize("content", [None, "not json\n"])
def test_labels_that_cannot_be_read_are_an_error(tmp_path, content):
    path = tmp_path / "labels.jsonl"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=r"labels\.jsonl") as error:
        run(path)
    assert error.value.returncode == 2


def test_records_that_are_not_there_are_an_error(labels, tmp_path):
    (tmp_path / "records.ndjson.gz").unlink()
    with pytest.raises(CommandError, match="name the records with --records"):
        run(labels)
