"""How long something takes: the median of as many repeats as fit into a few seconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

BUDGET = 0.7
LEAST, MOST = 3, 200
# Beyond so many seconds one measurement says enough.
SLOW = 2.0
# Who has answered for so many seconds in all is asked nothing more.
PATIENCE = 240.0


def seconds(run: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Median seconds of `run`; `before` is called, unmeasured, before each repeat."""
    taken: list[float] = []
    while len(taken) < MOST and (len(taken) < LEAST or sum(taken) < BUDGET):
        before()
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
        if taken[-1] > SLOW:
            break
    return statistics.median(taken)


def elapsed(run: Callable[[], object]) -> float:
    """Seconds of a single run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def at_share(times: list[float], share: float) -> float:
    """The time that this share of the times does not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
