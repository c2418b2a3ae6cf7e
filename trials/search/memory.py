"""Memory of this process."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Returns to the system what loading or building left unused. Not every C library can; then nothing happens."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass
