"""What was read for words, kept by this process: the same words are asked for again with other facets and pages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pyroaring import BitMap

from trials.search.text import store
from trials.search.text.patterns import Kept, Pattern, Stretch

MAX_BYTES = 32 * 1024 * 1024
Postings = tuple[BitMap, ...]
Asked = TypeVar("Asked", Pattern, Stretch)

# What an entry takes beside its trials: five small objects, the key, the entry itself.
_BYTES_PER_ENTRY = 1_000
# A word and its token, each a text of its own, and their pair.
_BYTES_PER_WORD = 180


class Cache:
    """Answers by (state of the catalogue, what was asked), the longest unused dropped first. Safe for threads.

    They are shared: whoever gets them must not change them.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, Any], tuple[Any, int]] = OrderedDict()

    def get(
        self, token: str, patterns: Iterable[Pattern], stretches: Iterable[Stretch] = ()
    ) -> tuple[dict[Pattern, Postings], dict[Stretch, Kept]]:
        """What is asked for in the state that `token` names; one statement reads all that is not here."""
        postings, missing_patterns = self._held(token, patterns)
        kept, missing_stretches = self._held(token, stretches)
        read_postings, read_kept = store.read(missing_patterns, missing_stretches)
        self._keep(token, postings, missing_patterns, read_postings, lambda fields: sum(map(_bytes, fields)))
        self._keep(token, kept, missing_stretches, read_kept, lambda some: _BYTES_PER_WORD * len(some))
        return postings, kept

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def _held(self, token: str, asked: Iterable[Asked]) -> tuple[dict[Asked, Any], list[Asked]]:
        """Answers that are here, and what is missing."""
        found: dict[Asked, Any] = {}
        missing = []
        with self._lock:
            for one in dict.fromkeys(asked):
                if entry := self._entries.get((token, one)):
                    self._entries.move_to_end((token, one))
                    found[one] = entry[0]
                else:
                    missing.append(one)
        return found, missing

    def _keep(
        self,
        token: str,
        found: dict[Asked, Any],
        asked: Iterable[Asked],
        read: Iterable[Any],
        weigh: Callable[[Any], int],
    ) -> None:
        for one, answer in zip(asked, read, strict=True):
            found[one] = answer
            size = _BYTES_PER_ENTRY + weigh(answer)
            with self._lock:
                if (token, one) in self._entries or size > self._max_bytes:
                    continue
                self._entries[token, one] = (answer, size)
                self.bytes += size
                while self.bytes > self._max_bytes:
                    _, (_, dropped) = self._entries.popitem(last=False)
                    self.bytes -= dropped


def _bytes(bitmap: BitMap) -> int:
    kept = bitmap.get_statistics()
    return kept["n_bytes_array_containers"] + kept["n_bytes_run_containers"] + kept["n_bytes_bitset_containers"]
