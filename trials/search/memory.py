"""Memory of this process."""

from __future__ import annotations

import contextlib
import ctypes

# Of glibc's malloc.h.
_ARENA_MAX = -8


def give_back() -> None:
    """Returns to the system what loading or building left unused. Not every C library can; then nothing happens."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def share() -> None:
    """Lets threads that start from now on take memory from one store: what one has given back, another can use. With
    a store for each, every one keeps what its largest answer took."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
