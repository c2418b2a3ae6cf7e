"""The index of this process: loaded once, patched from the log as the catalogue changes, one for each recent state.

    with reading() as index:
        ...

Everything read from the database inside is of the same moment as `index`.
"""

from __future__ import annotations

import gc
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

from django.db import DatabaseError, OperationalError, connection
from django.db.models.expressions import Combinable

from trials.models import CatalogueState, Revision
from trials.search import saved
from trials.search.index import FacetIndex, State, build
from trials.search.memory import give_back
from trials.search.snapshot import is_inside, may_roll_back, snapshot

logger = logging.getLogger(__name__)

_FIELDS = ("catalogue", "revision", "token")
# States kept beside the newest, for requests whose snapshot is a little older. They share nearly all they hold.
RECENT = 4
# So many changes a request takes in by itself, in about half a second; more are taken in aside.
MOST_AT_ONCE = 2_000
# Beyond so many, reading everything anew is quicker.
MOST_PATCHED = 20_000
# Changes after which the saved copy is written anew.
SAVE_EVERY = 1_000
# Seconds that a request waits for an index that is made aside, and how often it looks again within them.
PATIENCE = 10.0
MOST_ATTEMPTS = 20


class NotReadyError(OperationalError):
    """The index of the catalogue's present state is still being made: an outage that is over in a moment."""

    is_passing = True


class _Own(threading.local):
    """What one thread made inside a transaction that may be rolled back."""

    index: FacetIndex | None = None


class Live:
    """The indexes of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: OrderedDict[State, FacetIndex] = OrderedDict()
        # The last of these, so that nobody need go through them while another changes them.
        self._newest: State | None = None
        self._own = _Own()
        self._saved_at = 0
        self._is_loaded = False
        self._loading: threading.Thread | None = None
        self._naming: threading.Thread | None = None
        self._is_frozen = False
        self._lock_of_loading = threading.Lock()

    @contextmanager
    def reading(self, waits: bool = True) -> Iterator[FacetIndex]:
        """A snapshot of the database and the index of just that state."""
        with self.reading_beside(None, waits) as (index, _):
            yield index

    @contextmanager
    def reading_beside(self, asked: Combinable | None, waits: bool = True) -> Iterator[tuple[FacetIndex, Any]]:
        """The same, and what an expression gives, which is read with the state in one statement. Nothing where
        nothing is asked, or nothing was ever published.

        Where the index must be loaded, built or brought far forward, another thread does that, and this one waits for
        it `PATIENCE` seconds at most, without a connection. NotReadyError then. With `waits` false it is done here, as
        always inside a transaction, which no other thread sees into.
        """
        waits = waits and not is_inside()
        ends = time.monotonic() + PATIENCE
        for attempt in count():
            with snapshot():
                state, answer = _state(asked)
                index = self._at(state, is_last=attempt > 1, is_aside=not waits)
                if index is not None:
                    yield index, answer
                    return
            if waits and (attempt > 1 or self._is_far(state)):
                # The other thread may need the last connection that the pool has.
                connection.close()
                self.load_aside().join(max(0.0, ends - time.monotonic()))
                if time.monotonic() >= ends or attempt >= MOST_ATTEMPTS:
                    raise NotReadyError("The search index is being made.")

    def is_loaded(self) -> bool:
        """Whether requests can be answered without building or loading first."""
        return self._is_loaded

    def load_aside(self) -> threading.Thread:
        """Loads the index without holding up who asks; the thread that does, which may be another's. Ends when it is
        there."""
        with self._lock_of_loading:
            if self._loading is None or not self._loading.is_alive():
                self._loading = threading.Thread(target=self._load, name="load-index", daemon=True)
                self._loading.start()
            return self._loading

    def forget(self) -> None:
        """Drops what is held, as a new process would begin."""
        with self._lock:
            self._recent.clear()
            self._newest = self._own.index = None
            self._is_loaded = False

    def _load(self) -> None:
        try:
            with self.reading(waits=False):
                pass
        except DatabaseError:
            logger.exception("The search index could not be loaded; the next who asks tries again.")
        else:
            self.read_ahead()
        finally:
            connection.close()

    def read_ahead(self) -> threading.Thread:
        """Reads what suggestions and places need; the thread that does, which may have begun before. It takes as long
        as loading; who waits for the index should not wait for it."""
        with self._lock_of_loading:
            if self._naming is None or not self._naming.is_alive():
                self._naming = threading.Thread(target=self._read_names, name="read-names", daemon=True)
                self._naming.start()
            return self._naming

    def _read_names(self) -> None:
        try:
            with self.reading(waits=False) as index:
                _ = index.gazetteer
                index.bearers.read_most()
                for values in index.values.values():
                    _ = values.starts
            self._freeze()
        except DatabaseError:
            logger.exception("Names and places could not be read ahead; who asks for them reads them.")
        finally:
            connection.close()
            give_back()

    def _freeze(self) -> None:
        """Leaves what was loaded out of collections: to look through it took 0.1 seconds in the middle of some request.
        Once for each index that was loaded whole, as what is frozen by mistake stays for good."""
        if not self._is_frozen:
            self._is_frozen = True
            gc.collect()
            gc.freeze()

    def _at(self, state: State, is_last: bool, is_aside: bool) -> FacetIndex | None:
        """The index of a state. None where another request, or another process, is ahead of this snapshot and what it
        shows is not held: a newer snapshot will do better. Where it does not (`is_last`), an older copy of the database
        was put back. None too for what takes long, unless this `is_aside` of all requests.
        """
        index = self._recent.get(state)
        if index is None and not state.catalogue:
            # Nothing was ever published: there is no name to keep an index under.
            index = build(state)
        if may_roll_back():
            index = index or self._in_transaction(state)
        else:
            self._own.index = None
        if index is None and (is_last or not self._is_past(state)):
            with self._lock:
                index = self._recent.get(state) or self._patched(state, MOST_PATCHED if is_aside else MOST_AT_ONCE)
                self._keep(state, index)
            if index is None and is_aside:
                # Without the lock: whoever asks for what is here goes on being answered.
                index = self._loaded(state) or self._built(state, is_last)
                with self._lock:
                    self._keep(state, index)
                    # Another may have made it meanwhile; names are read into the one that is kept.
                    if index is not None:
                        index = self._recent.get(state, index)
                self._is_frozen = False
        if index is not None:
            self._is_loaded = True
        return index

    def _in_transaction(self, state: State) -> FacetIndex:
        """The index for who may have written what is rolled back later: for this thread alone, and never saved."""
        held = self._own.index
        if held is None or held.state != state:
            with self._lock:
                fresh = (held and _caught_up(held, state, MOST_PATCHED)) or self._patched(state, MOST_PATCHED)
            held = self._own.index = fresh or self._loaded(state) or build(state)
        return held

    def _is_past(self, state: State) -> bool:
        """Whether what is held is ahead of a state that is not."""
        newest = self._newest or state
        return newest.catalogue == state.catalogue and newest.revision > state.revision

    def _is_far(self, state: State) -> bool:
        """Whether a state is neither held nor past."""
        return state not in self._recent and not self._is_past(state)

    def _keep(self, state: State, fresh: FacetIndex | None) -> None:
        """Keeps an index for those who ask from now on."""
        if fresh is None or state in self._recent:
            return
        self._recent[state] = fresh
        self._newest = state
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        if state.revision - self._saved_at >= SAVE_EVERY:
            self._saved_at = state.revision
            saved.save_aside(fresh)

    def _patched(self, state: State, most: int) -> FacetIndex | None:
        """The newest index here from which the log leads to `state` with so many changes at most, brought up to it.
        From that of a copy of the database that was put back since, it does not."""
        for held in reversed(self._recent.values()):
            if fresh := _caught_up(held, state, most):
                return fresh
        return None

    def _loaded(self, state: State) -> FacetIndex | None:
        """The saved index, brought up to `state`; None if there is none that fits."""
        held = saved.load(state)
        if held is None:
            return None
        fresh = _caught_up(held, state, MOST_PATCHED)
        if fresh is None:
            logger.info("The log does not lead from the saved search index to revision %s.", state.revision)
        else:
            self._saved_at = held.state.revision
            give_back()
        return fresh

    def _built(self, state: State, is_last: bool) -> FacetIndex | None:
        with saved.building():
            # Whoever waited here for another process finds what that one saved.
            fresh = self._loaded(state)
            if fresh is None and saved.is_ahead(state) and not is_last:
                return None
            if fresh is None:
                logger.info("Building the search index at revision %s.", state.revision)
                fresh = build(state)
                if not saved.is_ahead(state):
                    saved.save(fresh)
                self._saved_at = state.revision
                give_back()
        return fresh


def _state(asked: Combinable | None = None) -> tuple[State, Any]:
    if asked is None:
        with connection.cursor() as cursor:
            cursor.execute(_statement())
            row = cursor.fetchone()
            row = row and (*row, None)
    else:
        row = CatalogueState.objects.annotate(asked=asked).values_list(*_FIELDS, "asked").first()
    return (State(*row[:3]), row[3]) if row else (State("", 0, secrets.token_hex(8)), None)


@cache
def _statement() -> str:
    """Reads the state. Every page begins with it, and putting it together takes longer than asking it."""
    return str(CatalogueState.objects.order_by("pk").values_list(*_FIELDS)[:1].query)


def _token_at(revision: int) -> str | None:
    return Revision.objects.filter(number=revision).values_list("token", flat=True).first()


def _caught_up(index: FacetIndex, state: State, most: int) -> FacetIndex | None:
    """The index brought up to a later state of the same log; None if so many changes do not lead there."""
    if index.state == state:
        return index
    behind = state.revision - index.state.revision
    if index.state.catalogue != state.catalogue or not 0 < behind <= most:
        return None
    if index.state.revision and _token_at(index.state.revision) != index.state.token:
        return None
    rows = list(Revision.objects.filter(number__gt=index.state.revision).values_list("trial", flat=True))
    if len(rows) != behind:
        return None
    return index.patched(state, sorted({pk for pk in rows if pk is not None}), terms_changed=None in rows)


live = Live()
reading = live.reading
reading_beside = live.reading_beside


def save_now() -> FacetIndex:
    """The index of this moment, saved for workers that start later, if it is not saved already."""
    with live.reading(waits=False) as index:
        if saved.revision() != index.state.revision:
            saved.save(index)
        return index
