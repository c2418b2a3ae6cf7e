"""Which records belong into the catalogue: those in which living cells are given.

The readers of cell products judge (`trials.reading.judging`). `RULE` is their version: a skipped record is judged
again when it changes.
"""

from __future__ import annotations

from trials.reading.facts import Reading
from trials.reading.read import FORM

RULE = f"reader-{FORM}"


def is_cell_therapy(reading: Reading | None) -> tuple[bool, str]:
    """Whether a record is of a trial in which cells are given, and why. One that cannot be judged is kept."""
    if reading is None:
        return True, "its texts could not be read"
    return reading.is_cell_therapy, reading.why
