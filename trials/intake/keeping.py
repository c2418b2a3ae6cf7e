"""Which records belong into the catalogue: those in which living cells are given.

The readers of cell products judge (`trials.reading.judging`). `RULE` is their version: a skipped record is judged
again when it changes.
"""

from __future__ import annotations

from trials.reading.judging import judge
from trials.reading.lexicon import Lexicon
from trials.reading.marked import mark
from trials.reading.read import FORM
from trials.records import TrialRecord

RULE = f"reader-{FORM}"


def is_cell_therapy(record: TrialRecord, lexicon: Lexicon) -> tuple[bool, str]:
    """Whether a record is of a trial in which cells are given, and why."""
    verdict = judge(record, mark(record, lexicon), lexicon)
    return verdict.is_cell_therapy, verdict.why
