"""The demo made anew from a few small records, as `make demo` does it."""

from __future__ import annotations

import gzip
import json

import pytest

from tools.demo import FILES, build, missing


def study(number: int, text: str) -> dict[str, object]:
    """A study object of cells, with what its only arm gets in `text`."""
    arm = {"label": "Cells", "type": "EXPERIMENTAL", "description": text, "interventionNames": ["Biological: Cells"]}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": "Mesenchymal stem cells for sore knees"},
            "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": "2020-01-01"}},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1"]},
            "conditionsModule": {"conditions": ["Osteoarthritis"]},
            "armsInterventionsModule": {
                "armGroups": [arm],
                "interventions": [
                    {"type": "BIOLOGICAL", "name": "Autologous mesenchymal stem cells", "armGroupLabels": ["Cells"]}
                ],
            },
        }
    }


@pytest.fixture
def records(tmp_path):
    """A folder with the files that the demo is made from, one study in each."""
    names = [name for _, names in FILES for name in names]
    for number, name in enumerate(names, 1):
        body = json.dumps(study(number, f"{number} x 10^6 cells/kg, infused intravenously in secret")).encode()
        if name.endswith(".gz"):
            (tmp_path / name).write_bytes(gzip.compress(body + b"\n"))
        else:
            (tmp_path / name).mkdir()
            (tmp_path / name / "study.json").write_bytes(body)
    return tmp_path


def test_a_file_that_is_not_there_is_named(records):
    assert missing(records) == []
    (records / "more.ndjson.gz").unlink()
    assert missing(records) == ["more.ndjson.gz"]


@pytest.mark.early
def test_the_demo_holds_what_was_read_and_none_of_the_words(records):
    output = records / "demo.json.gz"
    build(records, output)
    text = gzip.decompress(output.read_bytes()).decode()
    found = [(record["model"].removeprefix("trials."), record["fields"]) for record in json.loads(text)]
    products = [fields for model, fields in found if model == "cellproduct"]
    assert len(products) == len([name for _, names in FILES for name in names])
    assert all(fields["donors"] == [["autologous"]] and fields["source_field"] for fields in products)
    doses = [fields for model, fields in found if model == "dose"]
    assert sorted(int(fields["amount_low"]) for fields in doses) == [1_000_000 * at for at in range(1, len(doses) + 1)]
    assert {fields["basis"] for fields in doses} == {"PER_KG"}
    assert "secret" not in text
    assert "passage" not in text
