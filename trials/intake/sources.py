"""Files of registry records, read as a stream: folders, JSON in every form, `.gz`, `.zip`, ICTRP's XML and CSV.

What a file is shows from its first bytes, not from its name. Memory holds one record and a piece of its file. A file,
member or record that cannot be read becomes a `Fault`, and the reading goes on behind it.
"""

from __future__ import annotations

import errno
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from trials.intake import zips
from trials.intake.splitting import split
from trials.intake.versions import Incoming
from trials.registries.readers import FORMS, recognise
from trials.registries.values import Unreadable

# Files in folders and archives that are looked at; a file named by itself always is.
ENDINGS = (".json", ".ndjson", ".jsonl", ".xml", ".csv", ".gz", ".zip")
_LINES = (".ndjson", ".jsonl")
_GZIP = b"\x1f\x8b"
_PACKED = (_GZIP, b"PK\x03\x04", b"PK\x05\x06")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"{\x00", b"[\x00", b"\x00{", b"\x00[")
# Text of records packs to a tenth or so. What grows more than this, and beyond a fair size, is no text of records.
MOST_GROWTH = 200
FAIR_SIZE = 64 << 20
_GROWS = f"it unpacks to more than {MOST_GROWTH} times its size, as no file of records does"
# An archive in an archive in an archive is enough.
_DEEPEST = 3


@dataclass(frozen=True)
class Fault:
    """A file, or a part of one, in which no record could be read: where, and why."""

    place: str
    reason: str


Piece = Incoming | Fault


@dataclass
class Files:
    """What an import reads: the files, in order, and how many others stand beside them in the folders."""

    paths: list[Path] = field(default_factory=list)
    passed_over: int = 0

    @property
    def size(self) -> int:
        """Bytes of all files, as they are stored."""
        return sum(path.stat().st_size for path in self.paths if path.is_file())


class Meter:
    """How many bytes of the files have been read so far."""

    def __init__(self) -> None:
        self.read = 0


def find(paths: Iterable[Path]) -> Files:
    """The files behind `paths`: each file as it is, each folder with all below it, sorted by name.

    OSError, with its file name, for a path that does not exist or must not be read.
    """
    found = Files()
    for path in paths:
        if not path.is_dir():
            found.paths.append(_readable(path))
            continue
        for folder, below, names in os.walk(path, onerror=_refuse):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                if _looks_like_records(name):
                    found.paths.append(_readable(Path(folder, name)))
                else:
                    found.passed_over += 1
    return found


def _readable(path: Path) -> Path:
    path.stat()
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return path


def _refuse(error: OSError) -> None:
    raise error


def _looks_like_records(name: str) -> bool:
    own = name.rpartition("/")[2]
    return own.lower().endswith(ENDINGS) and not own.startswith(".")


def received(registry: str, raw: bytes, place: str = "") -> Incoming:
    """A JSON record as it goes to the saver: without white space between its parts.

    So one record has the same bytes however a file lays it out, alone, in a list or to a line.
    """
    try:
        body = msgspec.json.format(raw, indent=-1)
    except (msgspec.DecodeError, RecursionError):
        body = raw
    return Incoming(registry, body, place)


def read(paths: Iterable[Path], registry: str = "", meter: Meter | None = None) -> Iterator[Piece]:
    """The records of files, in their order. `registry` is a key of `FORMS`; without one each is told by its look,
    and a record that looks like none has an empty source.
    """
    for path in paths:
        yield from _Reading(registry, meter or Meter()).file(path)


def read_as(path: Path, name: str, registry: str = "", meter: Meter | None = None) -> Iterator[Piece]:
    """The same for one file that people know by another name."""
    return _Reading(registry, meter or Meter()).file(path, name)


class _Counted(io.RawIOBase):
    """A stream that counts what is read from it, and refuses to grow without bounds from the `packed` one below."""

    def __init__(self, inner: io.RawIOBase | io.BufferedIOBase, packed: _Counted | None, meter: Meter | None) -> None:
        self._inner, self._packed, self._meter = inner, packed, meter
        self.count = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._packed is None and self._inner.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._inner.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = self._inner.readinto(buffer) or 0
        self.count += length
        if self._meter:
            self._meter.read += length
        if self._packed and self.count > max(FAIR_SIZE, MOST_GROWTH * self._packed.count):
            raise Unreadable(_GROWS)
        return length

    def close(self) -> None:
        self._inner.close()
        super().close()


@dataclass
class _Reading:
    """One file being read, layer by layer. What fails in one of its places, opening included, is a fault of that."""

    registry: str
    meter: Meter

    def file(self, path: Path, name: str = "") -> Iterator[Piece]:
        return self._pieces(lambda: _Counted(io.FileIO(path), None, self.meter), name or str(path), 0)

    def _pieces(self, opened: Callable[[], _Counted], place: str, depth: int) -> Iterator[Piece]:
        try:
            with opened() as counted, io.BufferedReader(counted) as stream:
                yield from self._inside(stream, counted, place, depth)
        except (OSError, EOFError, zlib.error, ValueError) as error:
            yield Fault(place, _in_words(error))

    def _inside(self, stream: io.BufferedReader[Any], counted: _Counted, place: str, depth: int) -> Iterator[Piece]:
        beginning = stream.peek(1024)
        if beginning.startswith(_PACKED) and depth == _DEEPEST:
            raise Unreadable("it is packed too many times: unpack it first")
        if beginning.startswith(_GZIP):
            unpacked = gzip.GzipFile(fileobj=stream)
            return self._pieces(lambda: _Counted(unpacked, counted, None), place, depth + 1)
        if beginning.startswith(_PACKED):
            return self._members(stream, counted, place, depth)
        text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
        if text.startswith((b"{", b"[")):
            return self._json(stream, place)
        return self._other(stream, text, place)

    def _members(self, stream: io.BufferedReader[Any], counted: _Counted, place: str, depth: int) -> Iterator[Piece]:
        if not counted.seekable():
            raise Unreadable("it is a zip archive inside another: unpack it first")
        for member in zips.members(stream):
            if not _looks_like_records(member.name):
                continue

            def opened(member: zips.Member = member) -> _Counted:
                if member.size > max(FAIR_SIZE, MOST_GROWTH * member.packed):
                    raise Unreadable(_GROWS)
                return _Counted(member.open(stream), counted, None)

            yield from self._pieces(opened, f"{place} › {member.name}", depth + 1)

    def _json(self, stream: io.BufferedReader[Any], place: str) -> Iterator[Piece]:
        by_line = place.lower().removesuffix(".gz").endswith(_LINES)
        for number, raw in enumerate(split(stream, by_line), 1):
            yield self._json_piece(raw, f"{place}, record {number}")

    def _json_piece(self, raw: bytes, place: str) -> Piece:
        if not self.registry:
            return received(recognise(raw), raw, place)
        if f'"{FORMS[self.registry].mark}"'.encode() not in raw:
            other = recognise(raw)
            if other and other != self.registry:
                return Fault(place, f"it is a record of {FORMS[other].label}: import it as {other.lower()}")
        return received(self.registry, raw, place)

    def _other(self, stream: io.BufferedReader[Any], text: bytes, place: str) -> Iterator[Piece]:
        """A file that is no JSON."""
        if not text:
            raise Unreadable("it is empty")
        for registry, form in FORMS.items():
            if form.split and registry == (self.registry or registry):
                for number, (raw, why) in enumerate(form.split(stream), 1):
                    where = f"{place}, record {number}"
                    yield Incoming(registry, raw, where) if raw else Fault(where, why)
                return
        if text.startswith(_WIDE):
            raise Unreadable("it is UTF-16: save it as UTF-8")
        raise Unreadable(f"it is no JSON, as {FORMS[self.registry].label} gives: it begins with “{_shown(text)}”")


def _shown(text: bytes) -> str:
    return " ".join(text[:60].decode("utf-8", "replace").split())[:40]


def _in_words(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "its end is missing: the file was cut off"
    if isinstance(error, zlib.error | gzip.BadGzipFile):
        return f"its content is damaged: {error}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
