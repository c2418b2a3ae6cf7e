"""Records read in a second process, while the first one saves those before them.

Reading is half of the work of an import and needs no database. The second process runs this module: it gets the
readers' words and then raw records, and answers with what it read, over its standard input and output. It ends when
its input does, so also when the first one is killed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import msgspec

from trials.reading.facts import Passage, Reading
from trials.reading.lexicon import Lexicon, Words
from trials.reading.passages import around_all
from trials.reading.read import read
from trials.records import TrialRecord
from trials.registries.readers import READERS

_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = 8
_encode = msgspec.msgpack.Encoder().encode
_words = msgspec.msgpack.Decoder(Words).decode
_records = msgspec.msgpack.Decoder(list[tuple[str, bytes]]).decode
_answers = msgspec.msgpack.Decoder(list[bytes]).decode


class Found(msgspec.Struct, array_like=True):
    """What was read of a raw record: `sentences` as `Passages` takes them, `packed` the raw text as it is stored."""

    record: TrialRecord
    reading: Reading
    sentences: list[tuple[Passage, Passage]]
    packed: bytes


unpacked = msgspec.msgpack.Decoder(Found).decode


class Ahead:
    """The second process, as the first one sees it.

    A thread waits for it, so that neither process ever waits for the other to listen. Should it be gone, nothing is
    read ahead any more, and whoever needs a record reads it.
    """

    def __init__(self, words: Words) -> None:
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        # Both are pipes, as was asked for.
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        self._thread = ThreadPoolExecutor(1)
        self._names: list[str] = []
        self._answer: Future[bytes] | None = None
        self._thread.submit(self._ask, _encode(words))

    def ask(self, records: Sequence[tuple[str, str, bytes]]) -> None:
        """Has records read, given by (a name of theirs, source, raw text). What was asked before must be answered."""
        self._names = [name for name, _, _ in records]
        self._answer = self._thread.submit(self._ask, _encode([(source, raw) for _, source, raw in records]))

    def answer(self) -> dict[str, bytes]:
        """What was last asked for, once: by name what `unpacked` takes. A record that was no good is left out."""
        asked, self._answer = self._answer, None
        try:
            found = _answers(asked.result()) if asked else []
        except (EOFError, OSError, ValueError):
            return {}
        return {name: packed for name, packed in zip(self._names, found, strict=True) if packed}

    def close(self) -> None:
        """Ends the process, whatever it is at."""
        self._process.kill()
        self._thread.shutdown()
        for stream in (self._input, self._output):
            # What was written last may have reached nobody.
            with suppress(OSError):
                stream.close()
        self._process.wait()

    def _ask(self, message: bytes) -> bytes:
        _send(self._input, message)
        return _received(self._output)


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """The second process: words first, then records, until there are no more."""
    try:
        lexicon = Lexicon.of(_words(_received(source)))
        _send(target, b"")
        while True:
            _send(target, _encode(list(_read(_records(_received(source)), lexicon))))
    except (EOFError, OSError):
        return


def _read(records: Iterable[tuple[str, bytes]], lexicon: Lexicon) -> Iterable[bytes]:
    for source, raw in records:
        try:
            record = READERS[source](raw)
            reading = read(record, lexicon)
            yield _encode(Found(record, reading, around_all(record, reading), pack(raw)))
        except Exception:
            # Whoever saves it reads it again, and says what is wrong.
            yield b""


def pack(raw: bytes) -> bytes:
    """A raw record as it is stored. Speed matters more than the last tenth of size: thousands are written at once."""
    return zlib.compress(raw, 1)


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "big"))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes:
    length = int.from_bytes(_whole(stream, _LENGTH), "big")
    return _whole(stream, length)


def _whole(stream: IO[bytes], length: int) -> bytes:
    message = stream.read(length)
    if len(message) < length:
        raise EOFError
    return message


if __name__ == "__main__":
    # Ctrl-C is for the first process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.stdin.buffer, sys.stdout.buffer)
