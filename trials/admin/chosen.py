"""What an editor chose where a page and the catalogue differ, as the page brings it back.

Such a page holds for each difference two radio buttons (`choice:KEY`), what the form below them holds of it (`held`),
and, where the form holds theirs, what is the editor's own (`was:KEY:INPUT`). A key is a field (`title`, `min_age`) or a
row of a list (`sites.12`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from trials.admin.shown import Sent, digest

MINE, THEIRS = "mine", "theirs"
CHOICE, WAS, HELD = "choice:", "was:", "held"

# What the inputs of a field or a row hold, by their names; empty for a row that is not there.
Values = Mapping[str, Sent]


class Chosen:
    """The choices of a page. `unclear`: where one version was chosen and another typed into the form below."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.unclear: list[str] = []
        self.held: dict[str, tuple[str, str]] = {}
        for word in data.get(HELD, "").split():
            key, _, rest = word.partition("=")
            side, _, put = rest.partition(":")
            if side in (MINE, THEIRS):
                self.held[key] = side, put

    def rows_of(self, prefix: str) -> list[str]:
        """The keys of the rows of one list."""
        return [key for key in self.held if key.startswith(f"{prefix}.")]

    def settle(self, key: str, current: Values, is_untouched: bool) -> tuple[Values, str]:
        """The editor's own version, and which one to take. `current`: what the form held when it was sent.

        What was typed into the form since the choice was offered is the editor's own, whatever was chosen: nobody
        loses words to a button.
        """
        if key not in self.held:
            return current, THEIRS if is_untouched else MINE
        side, put = self.held[key]
        if side == MINE and not current:
            # A row that was taken out of the form by hand.
            return current, THEIRS
        choice = self.data.get(f"{CHOICE}{key}", side)
        if digest(current) != put:
            if choice != side:
                self.unclear.append(key)
            return current, MINE
        own = current if side == MINE else self._was(key)
        return own, choice if choice in (MINE, THEIRS) else side

    def _was(self, key: str) -> Values:
        start = f"{WAS}{key}:"
        return {name.removeprefix(start): self.data.getlist(name) for name in self.data if name.startswith(start)}


def was_named(data: Any, prefix: str, name: str) -> list[str]:
    """What the versions that a page carries hold in the input `name` of any row of a list."""
    keys = [key for key in data if key.startswith(f"{WAS}{prefix}.") and key.endswith(f":{name}")]
    return [value for key in keys for value in data.getlist(key)]


def held_word(key: str, side: str, values: Values) -> str:
    """How a page says what its form holds of a difference: `title=mine:0f3c…`."""
    return f"{key}={side}:{digest(values)}"
