"""The peers of the search benchmark answer alike, or the figures would compare nothing."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from benchmarks import data as catalogue
from benchmarks import ours
from benchmarks.answers import Answer, Ask, differences
from benchmarks.peers import AbsentError
from benchmarks.peers_bitmaps import Bare
from benchmarks.peers_datasette import Datasette
from benchmarks.peers_groonga import Groonga
from benchmarks.peers_sql import DuckDb, Postgres, Sqlite
from benchmarks.questions import questions
from trials.generating.writing import generate
from trials.models import Site, Trial
from trials.search.live import live
from trials.search.places import distance_km
from trials.search.publishing import publish_all
from trials.tests.generating.making import shrink_vocabulary
from trials.tests.serving import postgres_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> catalogue.Data:
    """Forty made trials; the words of each are those of its title."""
    shrink_vocabulary(monkeypatch)
    generate(40, seed=1)
    publish_all()
    words = tmp_path / "words.txt"
    titles = Trial.objects.order_by("pk").values_list("pk", "title")
    words.write_text("".join(f"{pk}\t {' '.join(sorted(set(title.lower().split())))} \n" for pk, title in titles))
    return catalogue.read(words)


def asks(made: catalogue.Data) -> list[Ask]:
    """Those of the benchmark, and all that join a status, a phase and a word in some way."""
    some = questions(made)
    combined = product(({}, {"status": "recruiting"}), ({}, {"phase": "1"}), ({}, {"sex": "female"}), ("", "of"))
    return [*some, *(Ask("combined", {**one, **two, **three}, word) for one, two, three, word in combined)]


def counted(made: catalogue.Data, ask: Ask) -> Answer:
    """The answer by counting trial by trial."""
    texts = dict(made.texts())
    values = {pk: {value for value, ids in made.members.items() if pk in ids} for pk in made.order}

    def is_around(pk: int) -> bool:
        around = ask.around
        sites = Site.objects.filter(trial=pk).values_list("latitude", "longitude")
        return not around or any(
            distance_km(around.latitude, around.longitude, latitude or 0.0, longitude or 0.0) <= around.km
            for latitude, longitude in sites
        )

    there = [pk for pk in made.order if is_around(pk)]

    def found(without: str) -> list[int]:
        wanted = {(key, slug) for key, slug in ask.values if key != without}
        return [pk for pk in there if wanted <= values[pk] and (not ask.word or f" {ask.word} " in texts[pk])]

    counts = {value: sum(value in values[pk] for pk in found(value[0])) for value in made.members}
    return Answer(len(found("")), tuple(found("")[:20]), {value: count for value, count in counts.items() if count})


def check(peer: Any, made: catalogue.Data, folder: Path) -> None:
    some = [ask for ask in asks(made) if peer.knows_places or not ask.around]
    peer.build(made, folder, some)
    try:
        for ask in some:
            assert differences(counted(made, ask), peer.ask(ask), peer.ignores(ask)) == [], ask
    finally:
        peer.close()


def test_the_questions_find_something(made):
    found = {ask.name: counted(made, ask).total for ask in questions(made)}
    assert found["no question"] == 40
    assert found["rare value"] == 1
    assert all(total for name, total in found.items() if name in {"one facet", "text", "near a city"})


@pytest.mark.parametrize("peer", [Bare, Sqlite, DuckDb, Datasette])
def test_a_peer_answers_as_counting_by_hand_does(peer, made, tmp_path):
    check(peer(), made, tmp_path)


def test_the_project_finds_by_place_what_counting_by_hand_does(made):
    with live.reading() as index:
        for ask in questions(made):
            if ask.around:
                assert differences(counted(made, ask), ours._answer(index.answer(ours._question(ask)))) == []


@pytest.mark.skipif(not shutil.which("groonga"), reason="groonga is not installed")
def test_groonga_answers_as_counting_by_hand_does(made, tmp_path):
    check(Groonga(), made, tmp_path)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the tests run on another database")
def test_postgresql_answers_as_counting_by_hand_does(made, tmp_path):
    check(Postgres(postgres_server()), made, tmp_path)


def test_a_peer_that_is_not_there_says_how_to_get_it(made, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AbsentError, match="apt install groonga-bin"):
        Groonga().build(made, tmp_path, [])
    with pytest.raises(AbsentError, match=r"docs/operations\.md"):
        Postgres("")


def test_differences_are_told_in_words():
    wanted = Answer(3, (1, 2, 3), {("phase", "1"): 2, ("phase", "2"): 1, ("sex", "male"): 1})
    assert differences(wanted, wanted) == []
    given = Answer(4, (2, 1, 3), {("phase", "1"): 2, ("sex", "male"): 3})
    assert differences(wanted, given) == [
        "4 trials instead of 3",
        "first trials (2, 1, 3) instead of (1, 2, 3)",
        "2 counts, such as phase 2: 0 instead of 1",
    ]
    assert differences(wanted, given, frozenset({"sex"}))[2] == "1 counts, such as phase 2: 0 instead of 1"
