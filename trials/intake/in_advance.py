"""Batches of an import, each saved while a second process reads the records of the next (see `registries.ahead`)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from trials.intake.lexicon import load_words
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.registries.ahead import Ahead

# So many records are worth a second process, which takes 0.3 seconds to begin.
WORTH_IT = 200


def in_advance(batches: Iterator[list[Incoming]], saver: Saver) -> Iterator[list[Incoming]]:
    """The same batches. The saver finds most of their records read; the first few it reads itself.

    Where the batches break off, those before are saved first.
    """
    helper = _Helper(saver)
    upcoming, broken = _next(batches)
    try:
        while upcoming:
            batch = upcoming
            upcoming, broken = _next(batches)
            helper.hand_over()
            helper.order(batch, upcoming)
            yield batch
        if broken:
            raise broken
    finally:
        helper.close()


def _next(batches: Iterator[list[Incoming]]) -> tuple[list[Incoming], Exception | None]:
    try:
        return next(batches, []), None
    except Exception as error:
        return [], error


class _Helper:
    """The second process, once there is one, and the state of the readers' words that it reads by."""

    def __init__(self, saver: Saver) -> None:
        self._saver = saver
        self._ahead: Ahead | None = None
        self._words: Hashable = None
        self._seen = 0

    def hand_over(self) -> None:
        """Gives the saver what was read; nothing if an editor has changed a word since."""
        if self._words != self._saver.interpreter.last_edit:
            self.close()
        self._saver.interpreter.expect(self._ahead.answer() if self._ahead else {})

    def order(self, batch: Sequence[Incoming], upcoming: Sequence[Incoming]) -> None:
        """Has the records of the upcoming batch read that the catalogue does not hold yet."""
        self._seen += len(batch)
        if self._seen < WORTH_IT or not (unknown := self._saver.unknown(upcoming)):
            return
        if self._ahead is None:
            self._words = self._saver.interpreter.last_edit
            self._ahead = Ahead(load_words())
        self._ahead.ask([(one.digest, one.source, one.body) for one in unknown])

    def close(self) -> None:
        if self._ahead:
            self._ahead.close()
        self._ahead = None
