"""WHO ICTRP exports, as XML or CSV, taken apart trial by trial.

Exports are large and come from outside, so nothing is ever read whole, and a trial that cannot be read stops only
itself. An XML file is cut at its `<Trial>` elements, each parsed alone: junk before the declaration does no harm, and
no declaration of a document type or of entities ever reaches the parser.
"""

from __future__ import annotations

import codecs
import csv
import html
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

import msgspec

from trials.records import Problem, TrialRecord
from trials.registries.ictrp_row import parse_row
from trials.registries.values import Unreadable, key

# A trial with its raw text, and what it says or why it cannot be read.
Read = tuple[bytes, TrialRecord | Unreadable]

CHUNK = 1 << 16
# Bytes; the longest record of the real exports has 60,000.
MOST_PER_TRIAL = 4 << 20


def parse(raw: bytes | Mapping[str, str]) -> TrialRecord:
    """Reads one trial: the bytes of a `<Trial>` element, of a JSON object of columns, or the columns themselves.

    Unreadable where it is none of these or has no trial number.
    """
    if not isinstance(raw, bytes):
        return parse_row(raw)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _parse_element(raw)
    try:
        return parse_row(msgspec.json.decode(raw, type=dict[str, str]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"neither a <Trial> element nor a JSON object of texts: {error}") from None


# --------------------------------------------------------------------------------------------------------------- XML
_START = re.compile(rb"<Trial(?=[\s>/])", re.IGNORECASE)
_END = re.compile(rb"</Trial\s{0,20}>", re.IGNORECASE)
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']", re.IGNORECASE)
_NUMBER = re.compile(r"<TrialID>\s*([^<]{1,60}?)\s*</TrialID>", re.IGNORECASE)


def parse_xml(source: bytes | str | Path | BinaryIO) -> Iterator[Read]:
    """Every trial of an XML export (`Trials_downloaded_from_ICTRP`), read as a stream.

    `source` is a path, the bytes themselves or a binary stream, which is closed at the end. Unreadable is raised for a
    file that declares a document type or entities, and for one without any trial.
    """
    count = 0
    with _opened(source) as stream:
        for encoding, raw, whole in _elements(_utf8(stream)):
            count += 1
            yield raw, _read_element(raw, encoding, f"trial {count} of the file", whole)
    if not count:
        raise Unreadable("the file holds no <Trial> element: is it an XML export of WHO ICTRP?")


def _opened(source: bytes | str | Path | BinaryIO) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return Path(source).open("rb") if isinstance(source, str | Path) else source


def _utf8(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in chunks; UTF-16, told by its first bytes, becomes UTF-8."""
    chunk = stream.read(CHUNK)
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(
        chunk[:2]
    )
    decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk
        chunk = stream.read(CHUNK)


def _elements(chunks: Iterator[bytes]) -> Iterator[tuple[str, bytes, bool]]:
    """(Declared encoding, bytes of an element, whether it is whole) for each trial. Holds one trial at a time."""
    encoding, held, searched, inside = "", b"", 0, False
    for chunk in chunks:
        held += chunk
        while True:
            if not inside:
                start = _START.search(held)
                before = held[: start.start()] if start else held
                if _DECLARES.search(before):
                    raise Unreadable("the file declares a document type or entities, as no export of WHO ICTRP does")
                if not encoding and (declared := _ENCODING.search(before)):
                    encoding = declared[1].decode("ascii")
                if start is None:
                    held = held[-CHUNK:]
                    break
                held, searched, inside = held[start.start() :], len(b"<Trial"), True
            end = _END.search(held, searched)
            following = _START.search(held, searched, end.start() if end else len(held))
            if following is None and end is None and len(held) <= MOST_PER_TRIAL:
                # The end may be cut in two by the end of the chunk.
                searched = max(len(b"<Trial"), len(held) - 40)
                break
            stop = following.start() if following else end.end() if end else len(held)
            yield encoding, held[:stop], following is None and end is not None
            held, inside = held[stop:], False
    if inside:
        yield encoding, held, False


def _read_element(raw: bytes, encoding: str, place: str, whole: bool) -> TrialRecord | Unreadable:
    if not whole:
        what = "is too long" if len(raw) > MOST_PER_TRIAL else "ends before its </Trial>"
        return Unreadable(f"{place}{_called(raw)}: the element {what}")
    try:
        return _parse_element(raw, encoding)
    except Unreadable as error:
        return Unreadable(f"{place}{_called(raw)}: {error}")


def _called(raw: bytes) -> str:
    found = _NUMBER.search(raw[:CHUNK].decode("utf-8", "replace"))
    return f" ({found[1]})" if found else ""


# What XML 1.0 allows neither as a character nor as a reference to one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(
    r"&(?:#(?P<dec>[0-9]{1,7});|#[xX](?P<hex>[0-9a-fA-F]{1,6});|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});|)"
)
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}


def _parse_element(raw: bytes, encoding: str = "utf-8") -> TrialRecord:
    text, misread = _decoded(raw, encoding)
    if _DECLARES.search(raw):
        raise Unreadable("declares a document type or entities inside a trial")
    text = _FORBIDDEN.sub("", _REFERENCE.sub(_reference, text))
    try:
        element = ET.fromstring(text)  # noqa: S314 (no document type, so no entities; bounded in length)
    except (ET.ParseError, RecursionError, ValueError) as error:
        raise Unreadable(f"not well-formed XML: {error}") from None
    row: dict[str, str] = {}
    for child in element:
        name = key(child.tag if isinstance(child.tag, str) else "")
        said = _content(child)
        row[name] = f"{row[name]}; {said}" if row.get(name) and said.strip() else row.get(name) or said
    return _noted(parse_row(row), misread)


def _reference(match: re.Match[str]) -> str:
    """XML's own references as they are, HTML's as the characters they mean, anything else as plain text."""
    if match["name"]:
        if match["name"] in _XML_NAMES:
            return match[0]
        meant = html.unescape(match[0])
        return meant if meant != match[0] else f"&amp;{match['name']};"
    if match["dec"] or match["hex"]:
        code = int(match["dec"] or match["hex"], 10 if match["dec"] else 16)
        return match[0] if code <= 0x10FFFF and not _FORBIDDEN.match(chr(code)) else ""
    return "&amp;"


def _content(element: ET.Element) -> str:
    """All text of an element; a break in it, where an export forgot to escape one, is a line end."""
    said = [element.text or ""]
    for child in element:
        said.append("\n" if str(child.tag).lower() == "br" else "")
        said.append("".join(child.itertext()))
        said.append(child.tail or "")
    return "".join(said)


def _decoded(raw: bytes, encoding: str) -> tuple[str, str]:
    """(Text, encoding if it is another than UTF-8). What a file declares is believed only where UTF-8 fails."""
    for name in ("utf-8-sig", encoding or "cp1252", "cp1252", "latin-1"):
        try:
            return raw.decode(name), "" if name == "utf-8-sig" else name
        except (UnicodeError, LookupError):
            continue
    raise AssertionError("latin-1 reads any bytes")


def _noted(record: TrialRecord, misread: str) -> TrialRecord:
    """The record, with a problem that warns of wrong letters where `misread` names the encoding used."""
    if not misread:
        return record
    problem = Problem("encoding", misread, "the text is not UTF-8; it was read in this encoding")
    return replace(record, problems=(*record.problems, problem))


# --------------------------------------------------------------------------------------------------------------- CSV
# Characters of one field; the longest of the real exports has 30,000.
MOST_PER_FIELD = 1 << 20


def parse_csv(source: bytes | str | Path | BinaryIO) -> Iterator[Read]:
    """Every trial of a CSV export with a header line, read as a stream; raw text is a JSON object of the columns.

    Commas, semicolons or tabs between columns. A binary stream is closed at the end. Unreadable is raised for a file
    without a TrialID column.
    """
    csv.field_size_limit(MOST_PER_FIELD)
    with _opened(source) as stream, io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="") as text:
        lines = (line.replace("\x00", "") for line in text)
        first = next(lines, "")
        rows = csv.reader(itertools.chain([first], lines), delimiter=max(",;\t", key=first.count))
        numbered = _rows(rows)
        _, header = next(numbered, (1, []))
        if isinstance(header, csv.Error) or "trialid" not in {key(name) for name in header}:
            raise Unreadable("no TrialID among the names in the first line: is it a CSV export of WHO ICTRP?")
        for number, cells in numbered:
            if isinstance(cells, csv.Error):
                yield b"", Unreadable(f"row {number}: {cells}")
            elif any(cell.strip() for cell in cells):
                yield _read_cells(header, cells, f"row {number}")


def _rows(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Rows with their numbers from 1; a row that cannot be taken apart is the error that says why."""
    for number in itertools.count(1):
        try:
            yield number, next(rows)
        except csv.Error as error:
            yield number, error
        except StopIteration:
            return


def _read_cells(header: list[str], cells: list[str], place: str) -> Read:
    """One row; `place` names it. Columns too many or too few mean that texts stand under the wrong names."""
    texts = [_recoded(cell) for cell in cells]
    misread = "cp1252" if texts != cells else ""
    if len(texts) != len(header):
        what = f"{len(texts)} columns where the first line names {len(header)}"
        return msgspec.json.encode(texts), Unreadable(f"{place}: {what}")
    row = dict(zip(header, texts, strict=True))
    raw = msgspec.json.encode(row)
    try:
        return raw, _noted(parse_row(row), misread)
    except Unreadable as error:
        return raw, Unreadable(f"{place}: {error}")


def _recoded(cell: str) -> str:
    """A cell whose bytes were no UTF-8, read as Windows-1252."""
    if cell.isascii():
        return cell
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return _decoded(cell.encode("utf-8", "surrogateescape"), "cp1252")[0]
    return cell
