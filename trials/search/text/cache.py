"""Postings kept by this process: the same words are asked for again with other facets and pages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from pyroaring import BitMap

from trials.search.text import store
from trials.search.text.patterns import Pattern

MAX_BYTES = 32 * 1024 * 1024
Postings = tuple[BitMap, ...]

# What an entry takes beside its trials: five small objects, the key, the entry itself.
_BYTES_PER_ENTRY = 1_000


class Cache:
    """Postings by (state of the catalogue, pattern), the longest unused dropped first. Safe for threads.

    The bitmaps are shared: whoever gets them must not change them.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, Pattern], tuple[Postings, int]] = OrderedDict()

    def get(self, token: str, patterns: Iterable[Pattern]) -> dict[Pattern, Postings]:
        """The postings of these patterns in the state that `token` names; one statement fetches what is not here."""
        asked = list(dict.fromkeys(patterns))
        found: dict[Pattern, Postings] = {}
        with self._lock:
            for pattern in asked:
                if entry := self._entries.get((token, pattern)):
                    self._entries.move_to_end((token, pattern))
                    found[pattern] = entry[0]
        missing = [pattern for pattern in asked if pattern not in found]
        for pattern, postings in zip(missing, store.postings(missing), strict=True):
            found[pattern] = postings
            self._keep((token, pattern), postings)
        return found

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def _keep(self, key: tuple[str, Pattern], postings: Postings) -> None:
        size = _BYTES_PER_ENTRY + sum(map(_bytes, postings))
        with self._lock:
            if key in self._entries or size > self._max_bytes:
                return
            self._entries[key] = (postings, size)
            self.bytes += size
            while self.bytes > self._max_bytes:
                _, (_, dropped) = self._entries.popitem(last=False)
                self.bytes -= dropped


def _bytes(bitmap: BitMap) -> int:
    kept = bitmap.get_statistics()
    return kept["n_bytes_array_containers"] + kept["n_bytes_run_containers"] + kept["n_bytes_bitset_containers"]
