"""Makes changed trials visible to searching: their cards, their words and names, and the log that every worker
follows.

    with publishing():
        ...write a trial...
        trials_changed(trial.pk)

The trial, its card, its words, its names, what the quality rules find in it and its row in the log become visible
together, when the transaction ends.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from pyroaring import BitMap

from trials.long_work import long_work
from trials.models import Card, CatalogueState, LateCard, Revision, Trial, bulk
from trials.models.choices import State
from trials.quality import gathering, keeping
from trials.quality.rules import VERSION
from trials.search import names
from trials.search.cards import CARD_FORM, card_row
from trials.search.rows import Rows, name_organisations, read
from trials.search.text import store, terms
from trials.search.text.documents import document

# How many rows the log keeps at least. A worker that is further behind builds its index anew.
KEPT = 100_000
# Another number when cards, words or names are written in another way: `prepare` then writes all of them anew.
FORM = (CARD_FORM + terms.VERSION + names.FORM) % 2**31
# Trials that are read and written together and, where all are published, become visible together. Many, because names
# are counted and SQLite merges its words at each end; their rows are held meanwhile.
_CHUNK = 500


@dataclass
class _Pending:
    """What the transaction changed so far; `made` are the rows of trials that it made and did not change since.

    `checks`: whether the quality rules look at the trials.
    """

    trials: set[int] = field(default_factory=set)
    made: dict[int, Rows] = field(default_factory=dict)
    terms: bool = False
    checks: bool = True


class _Here(threading.local):
    pending: _Pending | None = None


_here = _Here()


@contextmanager
def publishing(*, checks: bool = True) -> Iterator[None]:
    """A transaction that ends by publishing what `trials_changed` and `terms_changed` named in it.

    Inside another one it is a part of that: all is published at the end of the outermost. Without `checks` the flags of
    the quality rules stay as they are, for who writes nothing that rules look at.
    """
    if _here.pending is not None:
        try:
            with transaction.atomic():
                yield
        except BaseException:
            # What was made in here is gone.
            _here.pending.made.clear()
            raise
        return
    with transaction.atomic():
        _here.pending = _Pending(checks=checks)
        try:
            yield
            _publish(_here.pending)
        finally:
            _here.pending = None


def trials_changed(*trials: int) -> None:
    """Notes that these trials were made, changed, published, withdrawn or taken away."""
    pending = _pending()
    pending.trials.update(trials)
    for pk in trials:
        pending.made.pop(pk, None)


def trials_made(made: Iterable[Rows]) -> None:
    """Notes new trials, and hands over their rows as they were written in this transaction, to be read by nobody again.

    Whoever changes one of them later in the transaction says so with `trials_changed`, as of any other trial.
    """
    pending = _pending()
    for rows in made:
        pending.trials.add(rows.trial.id)
        pending.made[rows.trial.id] = rows


def terms_changed() -> None:
    """Notes that a vocabulary changed: a term, its names or its place."""
    _pending().terms = True


def _pending() -> _Pending:
    if _here.pending is None:
        raise transaction.TransactionManagementError("Trials and terms are changed inside `with publishing():` only.")
    return _here.pending


def publish_all(progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Writes cards, words and names of every trial anew, a few hundred at a time, and tells every worker of all.

    `progress` is told how many of how many are done. Pages go on answering meanwhile.
    """
    with publishing():
        terms_changed()
    _publish_each(Trial.objects.all(), progress)
    with transaction.atomic():
        _held_state()
        store.remove(list(store.trials() - BitMap(Trial.objects.public().values_list("pk", flat=True))))
        LateCard.objects.all().delete()
        # What trials lost past the catalogue stands in no log: under another name every index is made anew.
        CatalogueState.objects.update(form=FORM, catalogue=secrets.token_hex(16))


def publish_missing(progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Publishes terms and those public trials that have no card; everything if cards were written in another way."""
    state = CatalogueState.objects.first()
    if state is None or state.form != FORM:
        publish_all(progress)
    else:
        with publishing():
            terms_changed()
        _publish_each(Trial.objects.public().filter(card=None), progress)


def _publish_each(trials: QuerySet[Trial], progress: Callable[[int, int], None]) -> None:
    # Sorted here: SQLite reads ids alone from an index, but in their order from whole rows.
    ids = sorted(trials.order_by().values_list("pk", flat=True))
    done = 0
    with long_work():
        for chunk in _chunks(ids):
            with publishing(checks=False):
                trials_changed(*chunk)
            done += len(chunk)
            progress(done, len(ids))


def needs_all() -> bool:
    """Whether some trial lacks its card or its words, or all were written in another way: `publish_all` mends it."""
    state = CatalogueState.objects.first()
    if state is None or state.form != FORM or Trial.objects.public().filter(card=None).exists():
        return True
    return store.trials() != BitMap(Trial.objects.public().values_list("pk", flat=True))


def _publish(pending: _Pending) -> None:
    trials = sorted(pending.trials)
    if not trials and not pending.terms:
        return
    # The trials first, in the order in which others hold them too: who has one and waits for the log, and who has the
    # log and waits for that one, would wait for each other for good. Those made here nobody else can see.
    for chunk in _chunks([pk for pk in trials if pk not in pending.made]):
        list(Trial.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk").values_list("pk"))
    for chunk in _chunks(trials if pending.checks else []):
        _check(chunk, pending.made)
    # Held before the cards are worked out: who publishes the same trial at the same moment sees what this one wrote.
    state = _held_state()
    for chunk in _chunks(trials):
        _write(chunk, pending.made)
    _log(state, [*([None] if pending.terms else []), *trials])


def _chunks(trials: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(trials), _CHUNK):
        yield trials[start : start + _CHUNK]


def _check(trials: Sequence[int], made: Mapping[int, Rows]) -> None:
    """Lets the quality rules look at trials, before workers are told of them: flags are a facet."""
    new = {pk: gathering.handed(*written) for pk in trials if pk in made and (written := made[pk].written)}
    keeping.check([pk for pk in trials if pk not in new], new)


def _write(trials: Sequence[int], made: Mapping[int, Rows]) -> None:
    """Writes the cards, words and names of trials; those that were `made` in this transaction have none yet."""
    new = [made[pk] for pk in trials if pk in made]
    name_organisations(new)
    known = [pk for pk in trials if pk not in made]
    public = read(Trial.objects.public().filter(pk__in=known))
    public |= {rows.trial.id: rows for rows in new if rows.trial.state == State.PUBLISHED}
    with bulk.checking():
        cards = [card_row(rows) for rows in public.values()]
        texts = store.taken({pk: document(rows) for pk, rows in public.items()})
    Card.objects.filter(pk__in=known).delete()
    bulk.insert(Card, cards)
    store.remove([pk for pk in known if pk not in public])
    store.write(texts, new=made.keys())
    names.write(known, public.values())


def _log(state: CatalogueState, trials: Sequence[int | None]) -> None:
    """Numbers the changes."""
    rows: list[bulk.Row] = [
        {"number": number, "trial": trial, "token": secrets.token_hex(16)}
        for number, trial in enumerate(trials, state.revision + 1)
    ]
    bulk.add(Revision, rows)
    last = state.revision + len(rows)
    CatalogueState.objects.filter(pk=state.pk).update(revision=last, token=rows[-1]["token"])
    if last // 10_000 > state.revision // 10_000:
        Revision.objects.filter(number__lte=last - KEPT).delete()


def _held_state() -> CatalogueState:
    """The one row of the state, held until the transaction ends, so that the log's numbers appear in order."""
    held = CatalogueState.objects.select_for_update().first()
    if held is None:
        CatalogueState.objects.get_or_create(
            pk=1,
            defaults={
                "catalogue": secrets.token_hex(16),
                "token": secrets.token_hex(16),
                "form": FORM,
                "rules": VERSION,
            },
        )
        held = CatalogueState.objects.select_for_update().get(pk=1)
    return held
