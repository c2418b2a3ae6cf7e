"""How far a long command is: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import shutil
import time

from django.core.management.base import OutputWrapper

_WIDTH = 24
_SECONDS_BETWEEN = 0.2


class Progress:
    """Shows the share that is done, if it is known, with a text beside it.

    On a terminal one line is written over and over; elsewhere a line appears for every `step` that `count` has grown.
    """

    def __init__(self, stream: OutputWrapper, step: int = 1000) -> None:
        self.stream = stream
        self.step = step
        self.is_terminal = stream.isatty()
        self._shown_at = 0.0
        self._told = 0

    def show(self, count: int, text: str, share: float | None = None) -> None:
        """`count` things are done; `share` is between 0 and 1, or None where the end is not known."""
        if self.is_terminal:
            if time.monotonic() - self._shown_at >= _SECONDS_BETWEEN:
                self._shown_at = time.monotonic()
                self._overwrite(f"{_bar(share)}{text}")
        elif count // self.step > self._told:
            self._told = count // self.step
            self._write(f"{'' if share is None else f'{min(share, 1):4.0%}  '}{text}\n")

    def say(self, line: str) -> None:
        """Writes a line that stays."""
        self.clear()
        self._write(f"{line}\n")

    def clear(self) -> None:
        """Takes the bar away."""
        if self.is_terminal:
            self._overwrite("")

    def _overwrite(self, line: str) -> None:
        width = max(20, shutil.get_terminal_size().columns - 1)
        # Return to the start of the line, write, erase what is left of the line before.
        self._write(f"\r{line[:width]}\x1b[K")

    def _write(self, text: str) -> None:
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    done = round(min(share, 1) * _WIDTH)
    return f"[{'#' * done}{'.' * (_WIDTH - done)}] {min(share, 1):4.0%}  "
