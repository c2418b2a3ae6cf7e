"""Trials from a second process are those that the first would have made; without it the first makes them."""

from __future__ import annotations

import io
import pickle
import shutil
import subprocess
from contextlib import closing
from typing import Any

import pytest

from trials.generating import ahead, writing
from trials.generating.ahead import Made, made_ahead, main
from trials.generating.lists import made
from trials.generating.world import World
from trials.models import Arm, Trial
from trials.tests.generating.making import shrink_vocabulary

pytestmark = pytest.mark.django_db

# The second one is larger than what waits in a pipe.
CHUNKS = [range(1, 4), range(4, 64), range(64, 66)]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    shrink_vocabulary(monkeypatch)
    monkeypatch.setattr(ahead, "has_two_cores", lambda: True)
    return writing._world()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started."""
    processes: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return processes


def made_here(world: World, seed: int = 1) -> list[Made]:
    return [[made(world, seed, number) for number in chunk] for chunk in CHUNKS]


def test_they_are_the_same_and_linked_in_the_same_way(world, started):
    found = list(made_ahead(world, 1, CHUNKS))
    assert found == made_here(world)
    assert found != made_here(world, seed=2)
    for trial in found[0]:
        assert all(row["trial_id"] is trial[Trial][0] for row in trial[Arm])
    assert [process.returncode is not None for process in started] == [True]


def test_one_core_makes_them_itself(world, started, monkeypatch):
    monkeypatch.setattr(ahead, "has_two_cores", lambda: False)
    assert list(made_ahead(world, 1, CHUNKS)) == made_here(world)
    assert started == []


def test_settings_name_files_from_the_same_folder_there_as_here(world, monkeypatch, tmp_path):
    wanted = made_here(world)
    monkeypatch.setattr(ahead, "_make", lambda *_: pytest.fail("The second process is gone."))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_KEY_FILE", "key")
    (tmp_path / "key").write_text("long enough, and read from this very folder")
    assert list(made_ahead(world, 1, CHUNKS)) == wanted


def test_a_single_chunk_needs_no_second_process(world, started):
    assert list(made_ahead(world, 1, CHUNKS[:1])) == made_here(world)[:1]
    assert list(made_ahead(world, 1, [])) == []
    assert started == []


def test_what_it_had_not_sent_when_it_was_killed_is_made_here(world, started):
    with closing(made_ahead(world, 1, CHUNKS)) as chunks:
        first = next(chunks)
        started[0].kill()
        started[0].wait()
        assert [first, *chunks] == made_here(world)


def test_where_it_cannot_work_all_is_made_here(world, started, monkeypatch):
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    assert list(made_ahead(world, 1, CHUNKS)) == made_here(world)
    assert [process.returncode for process in started] == [1]


def test_it_ends_when_the_chunks_are_no_longer_wanted(world, started):
    with closing(made_ahead(world, 1, CHUNKS)) as chunks:
        next(chunks)
        assert started[0].poll() is None
    assert started[0].poll() is not None


def test_it_ends_quietly_when_the_first_process_is_gone(world):
    class Gone(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    sent = pickle.dumps((world, 1, CHUNKS[:1]))
    main(io.BytesIO(sent[:-1]), io.BytesIO())
    main(io.BytesIO(b""), io.BytesIO())
    main(io.BytesIO(sent), Gone())
