"""The index of this process: loaded once, patched from the log as the catalogue changes, one for each recent state.

    with reading() as index:
        ...

Everything read from the database inside is of the same moment as `index`.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from trials.models import CatalogueState, Revision
from trials.search import saved
from trials.search.index import FacetIndex, State, build
from trials.search.snapshot import snapshot

logger = logging.getLogger(__name__)

# States kept beside the newest, for requests whose snapshot is a little older. They share nearly all they hold.
RECENT = 4
# Beyond so many changes, reading everything anew is quicker.
MOST_PATCHED = 20_000
# Changes after which the saved copy is written anew.
SAVE_EVERY = 1_000


class Live:
    """The indexes of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: OrderedDict[State, FacetIndex] = OrderedDict()
        self._saved_at = 0

    @contextmanager
    def reading(self) -> Iterator[FacetIndex]:
        """A snapshot of the database and the index of just that state."""
        with ExitStack() as stack:
            for is_last in (False, False, True):
                attempt = stack.enter_context(ExitStack())
                attempt.enter_context(snapshot())
                index = self._at(_state(), is_last)
                if index is not None:
                    break
                attempt.close()
            yield index

    def is_loaded(self) -> bool:
        """Whether requests can be answered without building or loading first."""
        return bool(self._recent)

    def forget(self) -> None:
        """Drops what is held, as a new process would begin."""
        with self._lock:
            self._recent.clear()

    def _at(self, state: State, is_last: bool) -> FacetIndex | None:
        """The index of a state. None where another request is ahead of this snapshot and what it shows is no longer
        held: a newer snapshot will do better. Where it does not (`is_last`), an older copy of the database was put back.
        """
        if not state.catalogue:
            # Nothing was ever published: there is no name to keep an index under.
            return build(state)
        held = self._recent.get(state)
        if held is not None:
            return held
        with self._lock:
            held = self._recent.get(state)
            if held is not None:
                return held
            newest = next(reversed(self._recent.values()), None)
            is_behind = newest is not None and newest.state.revision > state.revision
            if is_behind and newest.state.catalogue == state.catalogue and not is_last:
                return None
            fresh = (newest and _caught_up(newest, state)) or self._loaded(state) or self._built(state)
            self._recent[state] = fresh
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)
            if state.revision - self._saved_at >= SAVE_EVERY:
                self._saved_at = state.revision
                saved.save_aside(fresh)
            return fresh

    def _loaded(self, state: State) -> FacetIndex | None:
        """The saved index, brought up to `state`; None if there is none that fits."""
        held = saved.load(state)
        if held is None:
            return None
        self._saved_at = held.state.revision
        return _caught_up(held, state)

    def _built(self, state: State) -> FacetIndex:
        with saved.building():
            # Whoever waited here for another process finds what that one saved.
            fresh = self._loaded(state)
            if fresh is None:
                logger.info("Building the search index at revision %s.", state.revision)
                fresh = build(state)
                saved.save(fresh)
                self._saved_at = state.revision
        return fresh


def _state() -> State:
    row = CatalogueState.objects.values_list("catalogue", "revision", "token").first()
    return State(*row) if row else State("", 0, "")


def _token_at(revision: int) -> str | None:
    return Revision.objects.filter(number=revision).values_list("token", flat=True).first()


def _caught_up(index: FacetIndex, state: State) -> FacetIndex | None:
    """The index brought up to a later state of the same log; None if the log does not lead there."""
    if index.state == state:
        return index
    behind = state.revision - index.state.revision
    if index.state.catalogue != state.catalogue or not 0 < behind <= MOST_PATCHED:
        return None
    if index.state.revision and _token_at(index.state.revision) != index.state.token:
        return None
    rows = list(Revision.objects.filter(number__gt=index.state.revision).values_list("trial", flat=True))
    if len(rows) != behind:
        return None
    return index.patched(state, sorted({pk for pk in rows if pk is not None}), terms_changed=None in rows)


live = Live()
reading = live.reading
