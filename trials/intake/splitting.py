"""JSON files taken apart into the records they hold, each as the bytes that stand there, one at a time.

A file holds one record, a list of them, an envelope `{"studies": […]}`, or one record to a line. Which it is shows
from its content; a broken record spoils only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

CHUNK = 1 << 18
# Bytes of one record; the longest known ones, with results, have some 15 million.
MOST = 64 << 20
ENVELOPE = b'"studies"'

# Up to the next mark that opens or closes something; a lone quotation mark opens a text that is not whole.
_NEXT = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+["{}\[\]]', re.DOTALL)
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*")
_BLANK = re.compile(rb"\s*")
_BETWEEN = re.compile(rb"[ \t\r\n,]*")
_BARE = re.compile(rb"[^ \t\r\n,\[\]{}]*")
_LEVEL = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}


class Cut(ValueError):  # noqa: N818 (says what happened to the file)
    """The file ends where more should follow, or one record outgrows all bounds. The message says which."""


def split(stream: BinaryIO, by_line: bool = False) -> Iterator[bytes]:
    """The records of a JSON text. `by_line` says that it is known to hold one to a line.

    Cut is raised, after all that could be given, for a list or an envelope that is not closed and for a record longer
    than `MOST` bytes. A record that the end of the file cuts off is given as far as it goes.
    """
    text = _Text(stream)
    while not by_line and (mark := text.next_mark()):
        if mark == b"[":
            yield from text.elements()
        elif mark == b"{" and text.enter_envelope():
            yield from text.elements()
            text.leave_envelope()
        else:
            yield from text.first_of_lines()
            by_line = True
    yield from text.lines()


class _Text:
    """A stream with a cursor. Places in the text are distances from the cursor; what lies before it is let go."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.held = stream.read(CHUNK).removeprefix(b"\xef\xbb\xbf")
        self.cursor = 0

    def __getitem__(self, place: int) -> bytes:
        """The character at a place among what is held; empty behind it."""
        return self.held[self.cursor + place : self.cursor + place + 1]

    def __len__(self) -> int:
        return len(self.held) - self.cursor

    def more(self) -> bool:
        """Reads on; whether there was more."""
        if len(self) > MOST:
            raise Cut(f"a record is longer than {MOST >> 20} MB; the rest of the file was not read")
        # As much again as is held, so that a long record is not copied for every small piece of it.
        chunk = self.stream.read(max(CHUNK, len(self)))
        self.held, self.cursor = self.held[self.cursor :] + chunk, 0
        return bool(chunk)

    def take(self, length: int) -> bytes:
        """So much of the text; the cursor moves behind it."""
        self.cursor += length
        return self.held[self.cursor - length : self.cursor]

    def behind(self, pattern: re.Pattern[bytes], place: int) -> int:
        """The place from `place` on where `pattern`, which may match nothing, ends."""
        while True:
            place = pattern.match(self.held, self.cursor + place).end() - self.cursor  # type: ignore[union-attr]
            if place < len(self) or not self.more():
                return place

    def end_of(self, place: int, depth: int = 0) -> int:
        """Where the value at `place` ends, or the one `depth` levels around it; 0 if the text ends before."""
        if not depth and self[place] == b'"':
            return self._end_of_text(place)
        if not depth and self[place] not in (b"{", b"["):
            return max(self.behind(_BARE, place), place + 1)
        while True:
            while found := _NEXT.match(self.held, self.cursor + place):
                level = _LEVEL.get(self.held[found.end() - 1])
                if level is None:
                    break
                depth += level
                place = found.end() - self.cursor
                if depth <= 0:
                    return place
            if not self.more():
                return 0

    def _end_of_text(self, place: int) -> int:
        while not (found := _TEXT.match(self.held, self.cursor + place)):
            if not self.more():
                return 0
        return found.end() - self.cursor

    def next_mark(self) -> bytes:
        """The first character that is not white space, to which the cursor moves; empty at the end."""
        self.take(self.behind(_SPACE, 0))
        return self[0]

    def elements(self) -> Iterator[bytes]:
        """The values of the list at the cursor, which ends up behind it."""
        self.take(1)
        while True:
            self.take(self.behind(_BETWEEN, 0))
            if self[0] == b"]":
                self.take(1)
                return
            if not self[0]:
                raise Cut("the file ends before its list of records does")
            yield self.take(self.end_of(0) or len(self))

    def enter_envelope(self) -> bool:
        """Whether the object at the cursor is an envelope; the cursor moves to its list then."""
        with suppress(Cut):
            return self._enter_envelope()
        return False

    def _enter_envelope(self) -> bool:
        place = 1
        while self[place := self.behind(_BETWEEN, place)] == b'"' and (end := self.end_of(place)):
            name = self.held[self.cursor + place : self.cursor + end]
            if self[place := self.behind(_SPACE, end)] != b":":
                return False
            place = self.behind(_SPACE, place + 1)
            if name == ENVELOPE and self[place] == b"[":
                self.take(place)
                return True
            if not (place := self.end_of(place)):
                return False
        return False

    def leave_envelope(self) -> None:
        """Moves the cursor from inside an object to behind it."""
        end = self.end_of(0, depth=1)
        if not end:
            raise Cut("the file ends before its envelope of records does")
        self.take(end)

    def first_of_lines(self) -> Iterator[bytes]:
        """The value at the cursor, unless it is cut off and has swallowed lines that hold records of their own."""
        try:
            end = self.end_of(0)
        except Cut:
            end = 0
        if end or b'\n{"' not in self.held:
            yield self.take(end or len(self))

    def lines(self) -> Iterator[bytes]:
        """The lines from the cursor on that hold anything; Cut for too much between two that holds nothing."""
        while self._take_blank() and (length := self._line_length()):
            if line := self.take(length).strip():
                yield line

    def _take_blank(self) -> bool:
        """Moves the cursor behind white space, by which a file could go on for ever; whether something follows."""
        self.take(self.behind(_BLANK, 0))
        return len(self) > 0

    def _line_length(self) -> int:
        """How far the line at the cursor reaches, its end included; 0 at the end of the text."""
        seen = 0
        while not (end := self.held.find(b"\n", self.cursor + seen) + 1):
            seen = len(self)
            if not self.more():
                return len(self)
        return end - self.cursor
