"""The index on disk, so that a new worker need not read the whole catalogue.

One file under `DATA_DIR`: a line that names what it was made from and the digest of the rest, then msgpack. A file
that is damaged, or was made from another database, by another release or after a point that the log does not hold any
more, is never used.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from pyroaring import BitMap

from trials.search import facets
from trials.search.bitmaps import Sliced, Spans
from trials.search.declaring import Source
from trials.search.facets import PLACES
from trials.search.index import Direct, FacetIndex, State, complete
from trials.search.orders import Order

logger = logging.getLogger(__name__)

# Seconds after which a half-written file is nobody's any more.
ABANDONED = 3600


def path() -> Path:
    return Path(settings.DATA_DIR) / "search" / "index.bin"


def shape() -> str:
    """Digest of what is indexed and of the code that does it: another release or set of facets has another."""
    declared = [
        *((facet.key, [_source(source) for source in facet.sources]) for facet in facets.FACETS),
        *((item.key, item.columns) for item in facets.RANGES),
        ("places", _source(PLACES)),
    ]
    return hashlib.sha256(repr((_code(), sys.byteorder, declared)).encode()).hexdigest()


@cache
def _code() -> str:
    room = Path(__file__).parent
    sources = [*sorted(room.glob("*.py")), room.parent / "records.py", room.parent / "models" / "choices.py"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _source(source: Source) -> tuple[object, ...]:
    return (source.model._meta.label, source.trial, source.columns, str(source.where), source.named)


@contextmanager
def building() -> Iterator[None]:
    """One process at a time; the others wait. Where no file can be locked, each goes on by itself."""
    with ExitStack() as stack:
        try:
            path().parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path().with_name("building.lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            logger.warning("The search index is built without a lock: %s.", error)
        yield


def save(index: FacetIndex) -> None:
    """Writes the index in one step: a reader finds the old file or the new one. Failing to is only logged."""
    body = msgspec.msgpack.encode(_packed(index))
    head = _Head(
        catalogue=index.state.catalogue,
        revision=index.state.revision,
        token=index.state.token,
        shape=shape(),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    try:
        _replace(path(), msgspec.json.encode(head) + b"\n" + body)
    except OSError as error:
        logger.warning("The search index could not be saved: %s. New workers will build it.", error)


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob("index-*"):
        # Of a process that was stopped while it wrote.
        if time.time() - left.stat().st_mtime > ABANDONED:
            left.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix="index-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def save_aside(index: FacetIndex) -> None:
    """Writes the index without holding up the request that noticed the need."""
    threading.Thread(target=save, args=(index,), name="save-index", daemon=True).start()


def load(state: State) -> FacetIndex | None:
    """The saved index, if it is whole and was made from this catalogue at `state` or before."""
    try:
        head, body = _read()
        if head is None:
            return None
        misfit = _misfit(head, state)
        if misfit:
            logger.info("The saved search index is not used: it is %s.", misfit)
            return None
        return _unpacked(State(head.catalogue, head.revision, head.token), msgspec.msgpack.decode(body, type=_Packed))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError) as error:
        logger.warning("The saved search index is damaged (%s); it is built anew.", error)
        return None


def revision() -> int | None:
    """The revision that the saved index says it was made at; None without one."""
    try:
        with path().open("rb") as file:
            return msgspec.json.decode(file.readline(), type=_Head).revision
    except (OSError, msgspec.MsgspecError):
        return None


def is_ahead(state: State) -> bool:
    """Whether the saved index is of this catalogue at a later revision than `state`."""
    try:
        head, _ = _read()
    except (msgspec.MsgspecError, ValueError):
        return False
    return (
        head is not None
        and head.shape == shape()
        and head.catalogue == state.catalogue
        and head.revision > state.revision
    )


def _read() -> tuple[_Head | None, bytes]:
    """Head and body of the file; no head if there is none that can be read. ValueError for a damaged one."""
    try:
        with path().open("rb") as file:
            head_line, body = file.readline().removesuffix(b"\n"), file.read()
    except FileNotFoundError:
        return None, b""
    except OSError as error:
        logger.warning("The saved search index cannot be read: %s. It is built anew.", error)
        return None, b""
    head = msgspec.json.decode(head_line, type=_Head)
    if hashlib.sha256(body).hexdigest() != head.sha256:
        raise ValueError("its digest is not that of its contents")
    return head, body


def _misfit(head: _Head, state: State) -> str:
    """What keeps an index from serving `state`; empty if nothing does."""
    if head.catalogue != state.catalogue:
        return "of another catalogue"
    if head.shape != shape():
        return "of another release"
    if head.revision > state.revision:
        return f"at revision {head.revision}, and the database at {state.revision}"
    return ""


class _Head(msgspec.Struct):
    catalogue: str
    revision: int
    token: str
    shape: str
    sha256: str


# What is read back is copied out of the file's contents piece by piece: thousands of them at once leave gaps behind.
_Pairs = list[tuple[Any, memoryview]]


class _Packed(msgspec.Struct):
    public: memoryview
    direct: dict[str, _Pairs]
    places: _Pairs
    spans: dict[str, tuple[memoryview, list[memoryview], list[memoryview]]]
    orders: dict[str, tuple[str, memoryview, memoryview]]


def _packed(index: FacetIndex) -> _Packed:
    return _Packed(
        public=_bytes(index.public),
        direct={key: _direct(direct) for key, direct in index.direct.items()},
        places=_direct(index.places),
        spans={
            key: (_bytes(spans.known), _sliced(spans.low), _sliced(spans.high)) for key, spans in index.spans.items()
        },
        orders={
            key: (order.keys.typecode, memoryview(order.ids).cast("B"), memoryview(order.keys).cast("B"))
            for key, order in index.orders.items()
        },
    )


def _bytes(ids: BitMap) -> memoryview:
    return memoryview(ids.serialize())


def _bitmap(ids: memoryview) -> BitMap:
    return BitMap.deserialize(bytes(ids))


def _direct(direct: Direct) -> _Pairs:
    return [(stored, _bytes(ids)) for stored, ids in direct.items()]


def _sliced(sliced: Sliced) -> list[memoryview]:
    return [_bytes(sliced.known), *map(_bytes, sliced.digits)]


def _unpacked(state: State, packed: _Packed) -> FacetIndex:
    known = _Known()
    return complete(
        state=state,
        public=_bitmap(packed.public),
        direct={facet.key: known.direct(packed.direct[facet.key]) for facet in facets.FACETS},
        places=known.direct(packed.places),
        spans={
            key: Spans(_bitmap(every), _unsliced(low), _unsliced(high))
            for key, (every, low, high) in packed.spans.items()
        },
        orders={
            key: Order(_numbers("I", ids), _numbers(kind, keys)) for key, (kind, ids, keys) in packed.orders.items()
        },
    )


class _Known:
    """Bitmaps by what was read: facets that stand in the same rows share theirs."""

    def __init__(self) -> None:
        self._read: dict[bytes, BitMap] = {}

    def direct(self, pairs: _Pairs) -> Direct:
        # msgpack knows no tuples: what was one comes back as a list.
        return {tuple(stored) if isinstance(stored, list) else stored: self._once(ids) for stored, ids in pairs}

    def _once(self, ids: memoryview) -> BitMap:
        digest = hashlib.blake2b(ids, digest_size=16).digest()
        if digest not in self._read:
            self._read[digest] = _bitmap(ids)
        return self._read[digest]


def _unsliced(parts: list[memoryview]) -> Sliced:
    known, *digits = map(_bitmap, parts)
    return Sliced(known, tuple(digits))


def _numbers(kind: str, content: memoryview) -> array[int]:
    numbers = array(kind)
    numbers.frombytes(content)
    return numbers
