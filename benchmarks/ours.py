"""This project as a peer: the only module here that knows how its search is called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from benchmarks import timing
from benchmarks.answers import Answer, Ask
from benchmarks.data import Data
from benchmarks.peers import MILLION
from trials.models import Name, Trial
from trials.models.choices import Status
from trials.search import browse, plain
from trials.search.index import Answer as Found
from trials.search.live import live
from trials.search.publishing import publishing, trials_changed
from trials.search.question import Near, Question
from trials.search.rows import read
from trials.search.suggest import suggest
from trials.search.text import matching
from trials.search.text.documents import document
from trials.search.text.terms import pieces, tokens
from trials.views.facet import facet_page

_CHUNK = 500
_PART = 10_000


class Project:
    """The index in this process, as a worker of the web server asks it."""

    name = "this project"
    note = ""
    most = most_for_words = MILLION
    knows_places = True

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        # Another process builds it and this one loads it, as `prepare` and a worker do.
        _starting("save")
        live.forget()
        with live.reading():
            pass
        # A worker does this beside its first requests, which it slows for a second or two.
        live.read_ahead().join()

    def ask(self, ask: Ask) -> Answer:
        return _answer(self.find(ask))

    def find(self, ask: Ask) -> Found:
        """What is timed: a snapshot, the index of its state, the words, total, ids and all counts."""
        with live.reading() as index:
            tiers = matching.find(ask.word, index).tiers if ask.word else None
            return index.answer(_question(ask), tiers)

    def forget_words(self) -> None:
        """Makes the next question about words the first one."""
        matching.cache.clear()

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        live.forget()


class Plain:
    """The slow twin: every membership read from the tables, sets of ids."""

    name = "plain ORM version"
    note = "at most 10,000 trials for words: it reads every text anew"
    most, most_for_words = 100_000, 10_000
    knows_places = True

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        with live.reading() as self.index:
            pass

    def ask(self, ask: Ask) -> Answer:
        tiers = (frozenset(pk for pk, held in _texts() if ask.word in held),) if ask.word else None
        return _answer(plain.answer(_question(ask), self.index.values, tiers))

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        pass


def _question(ask: Ask) -> Question:
    chosen = tuple((key, (slug,)) for key, slug in ask.values)
    spot = ask.around
    near = Near(spot.city, spot.city, spot.latitude, spot.longitude, spot.km) if spot else None
    # The peers know one order, by date.
    return Question(q=ask.word, chosen=chosen, near=near, sort="updated")


def _answer(found: Found) -> Answer:
    counts = {(key, slug): count for key, numbers in found.counts.items() for slug, count in numbers.items() if count}
    return Answer(found.total, found.ids, counts)


def address(ask: Ask) -> str:
    """The page that answers a question."""
    words = [("q", ask.word), ("sort", "updated")] if ask.word else []
    around = [("near", ask.around.city), ("within", str(ask.around.km))] if ask.around else []
    return f"/trials/?{urlencode([*words, *ask.values, *around])}"


def suggesting() -> Mapping[str, float]:
    """Seconds of suggestions for the beginnings of common names, with and without a question: median and slowest."""
    named = Name.objects.order_by("-trials", "key").values_list("start", flat=True)
    begun = list(dict.fromkeys(start[:letters] for start in named[:40] for letters in (2, 3, 5)))
    taken = []
    with live.reading() as index:
        # The first address in a process imports all pages, which a worker of the server has.
        suggest(QueryDict(urlencode({"q": begun[0]})), index)
        for typed, rest in product(begun, ("", "&phase=2")):
            query = QueryDict(f"{urlencode({'q': typed})}{rest}")
            taken.append(timing.elapsed(partial(suggest, query, index)))
    return {"median": timing.at_share(taken, 0.5), "slowest": max(taken)}


def whole_list() -> float:
    """Seconds of a page of the longest facet's list, without the server around it."""
    request = RequestFactory().get("/trials/facets/condition/", {"phase": "2", "page": "2"})
    return timing.seconds(lambda: facet_page(request, "condition"))


def write_words(path: Path) -> None:
    """Writes the tokens of every public trial, each once: what `Data.texts` reads.

    They are those that the catalogue keeps for its own search; to cut all texts into tokens again takes hours for a
    million trials.
    """
    public = BitMap(Trial.objects.public().values_list("pk", flat=True))
    kept = "tsvector_to_array(tokens)" if connection.vendor == "postgresql" else "tokens"
    with path.open("w", encoding="ascii") as file:
        for trials in _parts(sorted(public)):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT trial_id, {kept} FROM trials_text WHERE trial_id BETWEEN %s AND %s ORDER BY trial_id",
                    [trials[0], trials[-1]],
                )
                rows = cursor.fetchall()
            file.writelines(f"{pk}\t {' '.join(kept_words(kept))} \n" for pk, kept in rows if pk in public)


def kept_words(kept: str | list[str]) -> list[str]:
    """The words in what either database keeps of a trial's text: each there with the letter of its field."""
    words = {token[1:] for token in (kept.split() if isinstance(kept, str) else kept)}
    # The mark between two texts of a field is no word, nor are runs of common words, which alone have a capital.
    return sorted(word for word in words if word.isascii() and "X" not in word)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _PART] for start in range(0, len(ids), _PART))


def _texts() -> Iterator[tuple[int, set[str]]]:
    """(id, its tokens) of every public trial, by id."""
    ids = list(Trial.objects.public().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _CHUNK):
        for pk, rows in read(Trial.objects.filter(pk__in=ids[start : start + _CHUNK])).items():
            held = {token for field in document(rows).fields() for token in tokens(pieces(field))}
            # The mark between two texts of a field is no word.
            yield pk, {token for token in held if token.isascii()}


def is_its_own_token(word: str) -> bool:
    """Whether somebody who types this token asks for just it."""
    return tokens(pieces(word)) == [word]


def start_up() -> float:
    """Seconds that a new process needs to have the saved index at hand."""
    return _starting()


def _starting(*arguments: str) -> float:
    command = [sys.executable, "-m", "benchmarks.starting", *arguments]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def settle() -> None:
    """Publishes the trial that is edited later, so that its flags are by now what the rules make of them."""
    _edit(*_edited())


def _edited() -> tuple[int, str]:
    """The trial in the middle, and its status."""
    return Trial.objects.public().order_by("pk").values_list("pk", "status")[Trial.objects.count() // 2]


def edits() -> Mapping[str, float]:
    """Seconds of writing and publishing an edit, and of the next request, which takes it in."""
    pk, was = _edited()
    taken: dict[str, list[float]] = {"published": [], "taken in": []}
    for turn in range(20):
        # The last turn restores what stood there.
        status = was if turn % 2 else Status.SUSPENDED
        taken["published"].append(timing.elapsed(partial(_edit, pk, status)))
        taken["taken in"].append(timing.elapsed(_read))
    return {name: timing.at_share(times, 0.5) for name, times in taken.items()}


def _edit(pk: int, status: str) -> None:
    with publishing():
        Trial.objects.filter(pk=pk).update(status=status)
        trials_changed(pk)


def statements(ask: Ask) -> int:
    """SQL statements of a page whose words are asked for the first time, without those around the snapshot."""
    matching.cache.clear()
    with CaptureQueriesContext(connection) as captured:
        browse.answer(QueryDict(address(ask).partition("?")[2]))
    return sum(not query["sql"].startswith(("BEGIN", "ROLLBACK")) for query in captured)


def _read() -> None:
    with live.reading():
        pass
