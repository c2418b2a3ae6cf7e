"""Files and folders of records: what they hold, and what becomes of the parts that hold none."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from trials.intake import sources
from trials.intake.sources import Meter, find, read, received
from trials.tests.intake.making import compact, lines, pieces, study

A, B, C = study(1), study(2), study(3)


def all_of(paths: list[Path], registry: str = "CTGOV") -> list[Any]:
    return list(read(paths, registry))


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.json", json.dumps([A, B], indent=1).encode()),
        ("page.json", json.dumps({"studies": [A, B], "nextPageToken": "x"}).encode()),
        ("all.ndjson", lines(A, B)),
        ("lines-by-another-name.txt", lines(A, B)),
        ("all.ndjson.gz", gzip.compress(lines(A, B))),
        ("two-members.gz", gzip.compress(lines(A)) + gzip.compress(lines(B))),
        ("packed-by-another-name.json", gzip.compress(json.dumps([A, B]).encode())),
        (
            "bulk.zip",
            zipped(("NCT1.json", compact(A)[0]), ("Contents.txt", b"two studies"), ("NCT2.json", compact(B)[0])),
        ),
        ("inner.zip", zipped(("all.ndjson.gz", gzip.compress(lines(A, B))))),
        ("marked.json", b"\xef\xbb\xbf" + json.dumps([A, B]).encode()),
    ],
)
def test_records_come_out_of_every_form(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert pieces(tmp_path / name) == [A, B]


def test_a_folder_gives_all_below_it_by_name_and_passes_over_what_holds_no_records(tmp_path):
    for name, record in (("b/2.json", B), ("a.json", A), ("b/c/3.ndjson", C), (".cache/4.json", A), ("b/.5.json", A)):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(lines(record))
    (tmp_path / "README.md").write_text("Three studies.")
    assert pieces(tmp_path) == [A, B, C]
    assert find([tmp_path]).passed_over == 2


def test_one_record_has_the_same_bytes_however_it_is_laid_out(tmp_path):
    (tmp_path / "pretty.json").write_text(json.dumps(A, indent=2))
    (tmp_path / "list.json").write_text(json.dumps([A], indent="\t"))
    (tmp_path / "page.json").write_text(json.dumps({"studies": [A]}))
    (tmp_path / "line.ndjson").write_bytes(lines(A))
    bodies = {piece.body for piece in all_of(find([tmp_path]).paths)}
    assert bodies == set(compact(A))


def test_numbers_and_escapes_stay_as_they_were_received():
    assert (
        received("CTGOV", b'{ "a" : 1.50, "b" : "\\u00e9\\/", "c": 1E5 }').body
        == b'{"a":1.50,"b":"\\u00e9\\/","c":1E5}'
    )


def test_a_line_that_is_cut_off_is_one_record(tmp_path):
    (tmp_path / "cut.ndjson").write_bytes(lines(A) + lines(B)[:40] + b"\n" + lines(C))
    found = all_of([tmp_path / "cut.ndjson"])
    assert [piece.body for piece in found] == [*compact(A), lines(B)[:40], *compact(C)]
    assert [piece.place for piece in found] == [f"{tmp_path}/cut.ndjson, record {number}" for number in (1, 2, 3)]


def damaged(content: bytes) -> bytes:
    return content[:-8] + bytes(4) + content[-4:]


def encrypted(content: bytes) -> bytes:
    """A zip archive whose directory says of its first member that it is encrypted."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("page.json", b"<!DOCTYPE html><title>Oh", [
            ("page.json", "it is no JSON, as ClinicalTrials.gov gives: it begins with “<!DOCTYPE html><title>Oh”")
        ]),
        ("empty.json", b" \n", [("empty.json", "it is empty")]),
        ("wide.json", json.dumps(A).encode("utf-16"), [("wide.json", "it is UTF-16: save it as UTF-8")]),
        ("cut.json", json.dumps([A, B])[:-1].encode(), [
            A, B, ("cut.json", "the file ends before its list of records does")
        ]),
        ("cut.gz", gzip.compress(lines(A, B))[:-12], [("cut.gz", "its end is missing: the file was cut off")]),
        ("damaged.gz", damaged(gzip.compress(lines(A))), [
            ("damaged.gz", f"its content is damaged: CRC check failed 0x0 != {zlib.crc32(lines(A)):#x}")
        ]),
        ("cut.zip", zipped(("a.json", compact(A)[0]))[:-30], [
            ("cut.zip", "it is no zip archive, or its end is missing")
        ]),
        ("secret.zip", encrypted(zipped(("a.json", compact(A)[0]), ("b.json", compact(B)[0]))), [
            ("secret.zip › a.json", "it is encrypted"), B
        ]),
        ("nested.zip", zipped(("a.zip", zipped(("a.json", b"{}"))), ("b.json", compact(B)[0])), [
            ("nested.zip › a.zip", "it is a zip archive inside another: unpack it first"), B
        ]),
        ("often.gz", gzip.compress(gzip.compress(gzip.compress(gzip.compress(lines(A))))), [
            ("often.gz", "it is packed too many times: unpack it first")
        ]),
        ("other.json", json.dumps([{"ctNumber": "2023-501234-11-00"}, A, {"TrialID": "ChiCTR1"}]).encode(), [
            ("other.json, record 1", "it is a record of EU CTIS: import it as ctis"),
            A,
            ("other.json, record 3", "it is a record of WHO ICTRP: import it as ictrp"),
        ]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_why_and_the_rest_goes_on(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "z.json").write_bytes(lines(C))
    assert pieces(tmp_path) == [*expected, C]


def test_a_file_that_goes_away_meanwhile_is_a_fault(tmp_path):
    (tmp_path / "a.json").write_bytes(lines(A))
    files = find([tmp_path])
    (tmp_path / "a.json").unlink()
    (fault,) = all_of(files.paths)
    assert fault.reason == "No such file or directory"


@pytest.mark.parametrize("form", ["gz", "zip"])
def test_what_unpacks_without_bounds_is_not_unpacked(tmp_path, monkeypatch, form):
    monkeypatch.setattr(sources, "FAIR_SIZE", 1 << 20)
    monkeypatch.setattr("trials.intake.splitting.MOST", 64 << 20)
    bomb = b"[" + b" " * (32 << 20) + b"]"
    path = tmp_path / f"bomb.{form}"
    path.write_bytes(gzip.compress(bomb) if form == "gz" else zipped(("bomb.json", bomb)))
    (fault,) = all_of([path])
    assert fault.reason == "it unpacks to more than 200 times its size, as no file of records does"


@pytest.mark.parametrize("form", ["page.json", "all.ndjson.gz"])
def test_memory_does_not_grow_with_the_file(tmp_path, form):
    records = [study(number, descriptionModule={"briefSummary": "x" * 20_000}) for number in range(1, 501)]
    path = tmp_path / form
    path.write_bytes(
        gzip.compress(lines(*records)) if form.endswith("gz") else json.dumps({"studies": records}).encode()
    )
    del records
    tracemalloc.start()
    try:
        count = sum(1 for _ in read([path], "CTGOV"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 500
    assert most < 3 << 20  # the file is 10 MB


def test_the_meter_tells_how_much_was_read(tmp_path):
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(lines(A, B)))
    (tmp_path / "b.json").write_bytes(lines(C))
    files, meter = find([tmp_path]), Meter()
    for _ in read(files.paths, "CTGOV", meter):
        pass
    assert meter.read == files.size


def test_a_pipe_is_read_like_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[gzip.compress(lines(A, B))])
    writer.start()
    assert pieces(tmp_path / "pipe") == [A, B]
    writer.join()


def test_a_path_that_is_not_there_or_closed_is_refused(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        find([tmp_path / "missing.json"])
    (tmp_path / "closed.json").write_bytes(lines(A))
    # Whoever runs the tests as root may read everything.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError) as refused:
        find([tmp_path])
    assert refused.value.filename == f"{tmp_path}/closed.json"


XML = """junk<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP>
<Trial><TrialID>ChiCTR1</TrialID><Public_title>Stem cells</Public_title></Trial>
<Trial><TrialID>ChiCTR2</TrialID></Trial></Trials_downloaded_from_ICTRP>"""
CSV = "TrialID,Public title\nChiCTR1,Stem cells\nChiCTR2\n"


@pytest.mark.parametrize(
    ("name", "content", "bodies"),
    [
        ("a.xml", XML.encode(), [
            b"<Trial><TrialID>ChiCTR1</TrialID><Public_title>Stem cells</Public_title></Trial>",
            b"<Trial><TrialID>ChiCTR2</TrialID></Trial>",
        ]),
        ("a.csv", CSV.encode(), [b'{"TrialID":"ChiCTR1","Public title":"Stem cells"}', b'["ChiCTR2"]']),
        ("rows.json", b'[{"TrialID": "ChiCTR1"}]', [b'{"TrialID":"ChiCTR1"}']),
    ],
    ids=["xml", "csv", "json"],
)  # fmt: skip
@pytest.mark.parametrize("packed", ["", "gz", "zip"])
def test_ictrp_comes_as_xml_csv_or_json(tmp_path, name, content, bodies, packed):
    path = tmp_path / f"{name}.{packed}"
    path.write_bytes({"": content, "gz": gzip.compress(content), "zip": zipped((name, content))}[packed])
    assert [piece.body for piece in all_of([path], "ICTRP")] == bodies


def test_without_a_registry_each_record_is_told_by_its_look(tmp_path):
    (tmp_path / "a.json").write_bytes(b'[{"protocolSection": {}}, {"ctNumber": "1"}, {"a": 1}, {"TrialID": x}]')
    (tmp_path / "b.xml").write_bytes(XML.encode())
    (tmp_path / "c.csv").write_bytes(b"a,b\n1,2\n")
    found = all_of(find([tmp_path]).paths, "")
    assert [piece.source for piece in found[:6]] == ["CTGOV", "CTIS", "", "ICTRP", "ICTRP", "ICTRP"]
    assert found[6].reason.startswith("no TrialID among the names in the first line")
