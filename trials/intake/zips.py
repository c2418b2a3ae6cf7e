"""Members of a zip archive one after the other, however many there are.

Python's own `zipfile` keeps the whole directory: 340 MB for the 560,000 members of ClinicalTrials.gov's bulk archive.
Here one entry at a time is held. The layout is PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3 (Zip64).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_END, _END64, _END64_LOCATOR, _ENTRY, _LOCAL = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2", b"PK\3\4"
# An end record is this long, plus a comment of up to 65,535 bytes.
_END_LENGTH, _LONGEST_COMMENT = 22, 0xFFFF
_FULL = 0xFFFFFFFF  # the real value stands in the Zip64 field
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_PIECE = 1 << 16


class BadZip(ValueError):  # noqa: N818 (says what it is)
    """The archive or one of its members cannot be read. The message says why."""


@dataclass(frozen=True)
class Member:
    """A file inside an archive. `size` is what its directory says it unpacks to."""

    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int

    def open(self, archive: BinaryIO) -> io.RawIOBase:
        """The member's content as a stream. BadZip, here or while reading, says what is wrong with it."""
        if self.flags & _ENCRYPTED:
            raise BadZip("it is encrypted")
        if self.method not in (_STORED, _DEFLATED):
            raise BadZip(f"it is packed by a method ({self.method}) that is not known here: pack it as deflate")
        archive.seek(self.offset)
        head = archive.read(30)
        if len(head) < 30 or head[:4] != _LOCAL:
            raise BadZip("it is not where the archive's directory says")
        name, extra = struct.unpack("<HH", head[26:30])
        return _Content(self, archive, self.offset + 30 + name + extra)


def members(archive: BinaryIO) -> Iterator[Member]:
    """Every file of an archive, in the order of its directory. BadZip for what is no whole archive."""
    start, count = _directory(archive)
    for _ in range(count):
        archive.seek(start)
        head = archive.read(46)
        if len(head) < 46 or head[:4] != _ENTRY:
            raise BadZip("its directory is damaged")
        flags, method = struct.unpack("<HH", head[8:12])
        checksum, packed, size, named, extra, comment = struct.unpack("<LLLHHH", head[16:34])
        offset = int.from_bytes(head[42:46], "little")
        name = archive.read(named).decode("utf-8" if flags & _IS_UTF8 else "cp437", "replace")
        size, packed, offset = _wide(archive.read(extra), size, packed, offset)
        start += 46 + named + extra + comment
        if not name.endswith("/"):
            yield Member(name, flags, method, checksum, packed, size, offset)


def _directory(archive: BinaryIO) -> tuple[int, int]:
    """(Where the directory begins, how many entries it has)."""
    length = archive.seek(0, io.SEEK_END)
    archive.seek(max(0, length - _END_LENGTH - _LONGEST_COMMENT))
    tail = archive.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_LENGTH:
        raise BadZip("it is no zip archive, or its end is missing")
    count, _, start = struct.unpack("<HLL", tail[place + 10 : place + 20])
    locator = tail[place - 20 : place] if place >= 20 else b""
    if locator[:4] == _END64_LOCATOR:
        archive.seek(int.from_bytes(locator[8:16], "little"))
        wide = archive.read(56)
        if len(wide) < 56 or wide[:4] != _END64:
            raise BadZip("its directory is damaged")
        count, _, start = struct.unpack("<QQQ", wide[32:56])
    return start, count


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers, each from the Zip64 field where the entry has no room for it."""
    numbers = [size, packed, offset]
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 1:
            for place, number in enumerate(numbers):
                if number == _FULL:
                    numbers[place], field = int.from_bytes(field[:8], "little"), field[8:]
    return numbers[0], numbers[1], numbers[2]


class _Content(io.RawIOBase):
    """Unpacks a member. The archive may be used for other things between two reads."""

    def __init__(self, member: Member, archive: BinaryIO, start: int) -> None:
        self._member, self._archive, self._at = member, archive, start
        self._left = member.packed
        self._unpack = zlib.decompressobj(-15) if member.method == _DEFLATED else None
        self._waiting = b""
        self._given = self._checksum = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = b""
        while not piece and (self._waiting or self._left):
            piece = self._next(len(buffer))
        if not piece and self._unpack is not None:
            # All input is in, but the last piece of output may not have had room yet.
            piece = self._unpack.decompress(b"", len(buffer))
        self._given += len(piece)
        self._checksum = zlib.crc32(piece, self._checksum)
        is_whole = self._given == self._member.size and self._checksum == self._member.checksum
        if self._given > self._member.size or not (piece or is_whole):
            raise BadZip("its content is damaged: length or checksum differ from those of the directory")
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, most: int) -> bytes:
        if not self._waiting:
            self._archive.seek(self._at)
            self._waiting = self._archive.read(min(_PIECE, self._left))
            if not self._waiting:
                raise BadZip("the archive ends inside it")
            self._at += len(self._waiting)
            self._left -= len(self._waiting)
        if self._unpack is None:
            piece, self._waiting = self._waiting[:most], self._waiting[most:]
            return piece
        try:
            piece = self._unpack.decompress(self._waiting, most)
        except zlib.error as error:
            raise BadZip(f"its content is damaged ({error})") from None
        self._waiting = self._unpack.unconsumed_tail
        return piece
