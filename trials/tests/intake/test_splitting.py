"""JSON texts taken apart into records: literal bytes in, literal bytes out."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.intake import splitting
from trials.intake.splitting import Cut, split


def parts(text: bytes, by_line: bool = False) -> list[bytes]:
    return list(split(io.BytesIO(text), by_line))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a": 1}', [b'{"a": 1}']),
        (b' \n{"a": {\n "b": "}"}}\n', [b'{"a": {\n "b": "}"}}']),
        (b'\xef\xbb\xbf{"a": 1}', [b'{"a": 1}']),
        (b'[{"a": 1}, {"b": [2]} ,3,"x"]', [b'{"a": 1}', b'{"b": [2]}', b"3", b'"x"']),
        (b"[]", []),
        (b"", []),
        (b'{"studies": [{"a":1},{"b":2}], "nextPageToken": "x"}', [b'{"a":1}', b'{"b":2}']),
        (b'{"totalCount": {"n": [1]}, "studies": []}', []),
        (b'{"studies": "none"}', [b'{"studies": "none"}']),
        (b'{"x": {"studies": [1]}}', [b'{"x": {"studies": [1]}}']),
        (b'{"studies":[{"a":1}]}\n{"studies":[{"b":1}]}\n', [b'{"a":1}', b'{"b":1}']),
        (b'{"a":1}\n\n{"b":2}\r\n{"c":3}', [b'{"a":1}', b'{"b":2}', b'{"c":3}']),
        (b'{"a": "\\\\"}\n{"b": "\\"}{"}', [b'{"a": "\\\\"}', b'{"b": "\\"}{"}']),
    ],
    ids=[
        "one record",
        "one record on several lines",
        "a byte order mark",
        "a list",
        "an empty list",
        "nothing",
        "an envelope",
        "an envelope whose list comes last",
        "a record with a field named studies",
        "a record with a deeper list named studies",
        "pages one to a line",
        "a record to a line",
        "escaped backslashes and quotation marks",
    ],
)
def test_the_form_shows_from_the_content(text, expected, monkeypatch):
    assert parts(text) == expected
    # Wherever the pieces in which a file is read begin and end, the records are the same.
    for size in (3, 4, 5, 7):
        monkeypatch.setattr(splitting, "CHUNK", size)
        assert parts(text) == expected


def test_a_line_that_is_cut_off_spoils_no_other():
    assert parts(b'{"a":1}\n{"b":"tr\n{"c":{\n{"d":4}\n') == [b'{"a":1}', b'{"b":"tr', b'{"c":{', b'{"d":4}']


def test_a_first_line_that_is_cut_off_spoils_no_other():
    assert parts(b'{"a":{"b":1\n{"c":1}\n{"d":2}') == [b'{"a":{"b":1', b'{"c":1}', b'{"d":2}']
    assert parts(b'{"a":"tr\n{"c":"d"}\n', by_line=True) == [b'{"a":"tr', b'{"c":"d"}']


def test_a_broken_record_in_a_list_spoils_no_other():
    assert parts(b'[{"a":tru}, {"b" 1}, {"c":2}]') == [b'{"a":tru}', b'{"b" 1}', b'{"c":2}']


def collected(text: bytes) -> tuple[list[bytes], str]:
    found = []
    try:
        for part in split(io.BytesIO(text)):
            found.append(part)
    except Cut as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        (b'[{"a":1},{"b":', [b'{"a":1}', b'{"b":'], "the file ends before its list of records does"),
        (b'[{"a":1},', [b'{"a":1}'], "the file ends before its list of records does"),
        (b'{"studies":[{"a":1}]', [b'{"a":1}'], "the file ends before its envelope of records does"),
    ],
)
def test_a_file_that_is_cut_off_says_so_after_what_it_holds(text, found, why):
    assert collected(text) == (found, why)


def test_a_record_without_end_is_not_read_into_memory(monkeypatch):
    monkeypatch.setattr(splitting, "MOST", 1 << 20)
    stream = io.BytesIO(b'[{"a":1},{"b":"' + b"x" * (8 << 20) + b'"},{"c":1}]')
    records = split(stream)
    assert next(records) == b'{"a":1}'
    with pytest.raises(Cut, match="a record is longer than 1 MB; the rest of the file was not read"):
        next(records)
    assert stream.tell() < 4 << 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
RECORDS = st.lists(st.dictionaries(st.text().filter(lambda name: name != "studies"), JSON, max_size=4), max_size=6)


@given(RECORDS, st.sampled_from([None, 0, 1]), st.booleans())
def test_any_records_come_back_in_every_form(records, indent, is_ascii):
    texts = [json.dumps(record, indent=indent, ensure_ascii=is_ascii) for record in records]
    listed = [text.encode("utf-8", "surrogatepass") for text in texts]
    assert parts(b"[" + b" ,\n".join(listed) + b"]") == listed
    assert parts(b'{"next": "]", "studies": [' + b",".join(listed) + b"]}") == listed
    one_to_a_line = [json.dumps(record, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass") for record in records]
    assert parts(b"\n".join(one_to_a_line)) == one_to_a_line


def test_lines_without_an_end_that_hold_nothing_are_refused(monkeypatch):
    monkeypatch.setattr(splitting, "CHUNK", 1 << 10)
    monkeypatch.setattr(splitting, "MOST", 1 << 20)
    with pytest.raises(Cut):
        parts(b'{"a":1}\n' + b"\n \f" * (1 << 20), by_line=True)
