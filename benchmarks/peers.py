"""What is measured: something that is built from the data and answers questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.answers import Answer, Ask
from benchmarks.data import Data

MILLION = 1_000_000
HALF_A_MILLION = 500_000


class AbsentError(Exception):
    """A peer is not on this machine; the message says how to get it."""

    def __init__(self, peer: str, advice: str) -> None:
        super().__init__(advice)
        self.peer = peer


class Peer(Protocol):
    """Something that answers. `note` says where it does less or other than the rest.

    It takes part in catalogues of up to `most` trials, in questions about words up to `most_for_words`, in those about
    places if it `knows_places`.
    """

    name: str
    note: str
    most: int
    most_for_words: int
    knows_places: bool

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        """Takes in the data; may write to `folder`. AbsentError if the peer is not there."""

    def ask(self, ask: Ask) -> Answer:
        """Answers a question in full."""

    def ignores(self, ask: Ask) -> frozenset[str]:
        """Facets that the peer counts in another way for this question, so that their counts are not compared."""

    def close(self) -> None:
        """Lets go of everything."""
