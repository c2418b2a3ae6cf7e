"""Zip archives, written by Python's own module and read member by member."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from trials.intake import zips
from trials.intake.zips import BadZip, members


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as written:
        for name, content in files.items():
            written.writestr(name, content)
        written.comment = comment
    return stream


def contents(stream: io.BytesIO) -> dict[str, bytes]:
    return {member.name: io.BufferedReader(member.open(stream)).read() for member in members(stream)}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_back_as_they_were(method):
    draw = random.Random(1)  # noqa: S311
    files = {"a.json": b'{"a": 1}', "empty.json": b"", "folder/é.json": b"x" * 300_000, "b": draw.randbytes(200_000)}
    assert contents(archive(files, method, comment=b"made up")) == files


def test_a_member_read_in_small_pieces_is_whole():
    draw = random.Random(2)  # noqa: S311
    content = b"".join(draw.choice([b"z" * 70_000, draw.randbytes(50), b"abc" * 900]) for _ in range(30))
    stream = archive({"a": content})
    opened, found = next(members(stream)).open(stream), b""
    while piece := opened.read(draw.choice([1, 7, 258, 5000])):
        found += piece
    assert found == content


def test_folders_are_no_members():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        written.writestr(zipfile.ZipInfo("folder/"), b"")
        written.writestr("folder/a.json", b"{}")
    assert contents(stream) == {"folder/a.json": b"{}"}


def test_more_members_than_a_small_directory_can_count():
    stream = archive({str(number): b"" for number in range(70_000)}, zipfile.ZIP_STORED)
    assert sum(1 for _ in members(stream)) == 70_000


def test_a_member_with_zip64_sizes():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written, written.open("a.json", "w", force_zip64=True) as member:
        member.write(b"{}")
    directory = stream.getvalue().rindex(b"PK\x01\x02")
    data = bytearray(stream.getvalue())
    # As a writer of big archives leaves it: the sizes full, the real ones in the Zip64 field behind the name.
    data[directory + 20 : directory + 28] = b"\xff" * 8
    data[directory + 30 : directory + 32] = (20).to_bytes(2, "little")
    field = b"\x01\x00\x10\x00" + (2).to_bytes(8, "little") * 2
    data[directory + 52 : directory + 52] = field
    assert [(member.size, member.packed) for member in members(io.BytesIO(bytes(data)))] == [(2, 2)]


def test_an_archive_without_its_end_is_none():
    cut = io.BytesIO(archive({"a.json": b"{}" * 1000}).getvalue()[:-30])
    with pytest.raises(BadZip, match="it is no zip archive, or its end is missing"):
        list(members(cut))


def test_a_damaged_directory_is_noticed():
    data = archive({"a.json": b"{}"}).getvalue().replace(b"PK\x01\x02", b"PK\x01\x00")
    with pytest.raises(BadZip, match="its directory is damaged"):
        list(members(io.BytesIO(data)))


def test_damaged_content_is_noticed():
    data = bytearray(archive({"a.json": b"0123456789"}, zipfile.ZIP_STORED).getvalue())
    data[data.index(b"5")] = ord("6")
    with pytest.raises(BadZip, match="its content is damaged: length or checksum differ"):
        contents(io.BytesIO(bytes(data)))


def test_a_member_that_holds_more_than_it_says_is_not_given():
    data = bytearray(archive({"a.json": b"x" * 1000}).getvalue())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(BadZip, match="its content is damaged"):
        contents(io.BytesIO(bytes(data)))


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (zips.Member("a", 1, 8, 0, 1, 1, 0), "it is encrypted"),
        (zips.Member("a", 0, 12, 0, 1, 1, 0), r"it is packed by a method \(12\) that is not known here"),
        (zips.Member("a", 0, 8, 0, 1, 1, 5), "it is not where the archive's directory says"),
    ],
)
def test_what_cannot_be_opened_says_why(member, why):
    with pytest.raises(BadZip, match=why):
        member.open(archive({"a.json": b"{}"}))
