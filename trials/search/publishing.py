"""Makes changed trials visible to searching: their cards, their words, and the log that every worker follows.

Whatever writes a trial calls `publish` as the last thing of its own transaction, so that a trial, its card, its words
and its row in the log become visible together.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence

from django.db import connection, transaction

from trials.models import Card, CatalogueState, Revision, Trial
from trials.search.cards import card_rows
from trials.search.text import engine
from trials.search.text.documents import documents

# How many rows the log keeps at least. A worker that is further behind builds its index anew.
KEPT = 100_000
_CHUNK = 200


def publish(trials: Iterable[int], terms: bool = False) -> None:
    """Writes cards and words of these trials as they now stand, and tells every worker of them.

    `terms` says that the vocabulary changed. Must run inside the transaction that made the changes, after them: from
    here on other writers wait for its end.
    """
    ids = sorted(set(trials))
    if not ids and not terms:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "publish() belongs inside the transaction that changed the trials."
        )
    # Held before the cards are worked out: who publishes the same trial at the same moment sees what this one wrote.
    state = _held_state()
    for start in range(0, len(ids), _CHUNK):
        _write(ids[start : start + _CHUNK])
    _log(state, [*([None] if terms else []), *ids])


def publish_all(progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Writes cards and words of every trial anew, a few hundred at a time, and tells every worker of trials and terms.

    `progress` is told how many of how many are done. Pages go on answering meanwhile.
    """
    ids = list(Trial.objects.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        publish((), terms=True)
    for start in range(0, len(ids), _CHUNK):
        with transaction.atomic():
            publish(ids[start : start + _CHUNK])
        progress(min(start + _CHUNK, len(ids)), len(ids))


def _write(ids: Sequence[int]) -> None:
    rows = card_rows(ids)
    public = {row["trial_id"] for row in rows}
    Card.objects.filter(pk__in=ids).delete()
    Card.objects.bulk_create(Card(**row) for row in rows)
    engine.remove([pk for pk in ids if pk not in public])
    engine.write(documents(sorted(public)))


def _log(state: CatalogueState, trials: Sequence[int | None]) -> None:
    """Numbers the changes."""
    rows = [
        Revision(number=number, trial=trial, token=secrets.token_hex(16))
        for number, trial in enumerate(trials, state.revision + 1)
    ]
    Revision.objects.bulk_create(rows, batch_size=5_000)
    CatalogueState.objects.filter(pk=state.pk).update(revision=rows[-1].number, token=rows[-1].token)
    if rows[-1].number // 10_000 > state.revision // 10_000:
        Revision.objects.filter(number__lte=rows[-1].number - KEPT).delete()


def _held_state() -> CatalogueState:
    """The one row of the state, held until the transaction ends, so that the log's numbers appear in order."""
    held = CatalogueState.objects.select_for_update().first()
    if held is None:
        state, _ = CatalogueState.objects.get_or_create(
            pk=1, defaults={"catalogue": secrets.token_hex(16), "token": secrets.token_hex(16)}
        )
        held = CatalogueState.objects.select_for_update().get(pk=state.pk)
    return held
