"""The index on disk: only a whole one of this catalogue and release is used, and nothing breaks without it."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest
from django.conf import settings
from django.db import transaction

from trials.models import CatalogueState, Revision, Trial
from trials.search import facets, index, live, saved
from trials.search.index import State
from trials.search.live import Live
from trials.search.publishing import publish_all
from trials.search.saved import building, path
from trials.tests.search.making import publish, trial
from trials.tests.search.workers import Threads, database_on_disk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, caplog):
    """A DATA_DIR of this test's own."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    caplog.set_level(logging.INFO, "trials.search")
    return tmp_path


def recruiting(worker: Live | None = None) -> int:
    """How many recruiting trials a worker counts; a new one without an index by default."""
    with (worker or Live()).reading() as index:
        return index.counts["status"].get("recruiting", 0)


def made(*slugs: str) -> list[int]:
    """Recruiting trials, published."""
    ids = [trial(slug, status="RECRUITING").pk for slug in slugs]
    publish(ids)
    return ids


@pytest.fixture
def builds(monkeypatch):
    """The revisions at which an index was built, not loaded or patched."""
    seen: list[int] = []

    def build(state):
        seen.append(state.revision)
        return original(state)

    original = live.build
    monkeypatch.setattr(live, "build", build)
    return seen


def head_of(content: bytes) -> dict[str, object]:
    return msgspec.json.decode(content.partition(b"\n")[0])


def with_head(content: bytes, **changes: object) -> bytes:
    return msgspec.json.encode(head_of(content) | changes) + b"\n" + content.partition(b"\n")[2]


def test_a_new_worker_loads_what_another_saved(builds):
    made("a", "b")
    assert [recruiting(), recruiting()] == [2, 2]
    assert builds == [2]


def test_a_new_worker_brings_a_saved_index_up_to_date(builds):
    first, _ = made("a", "b")
    recruiting()
    Trial.objects.filter(pk=first).update(status="COMPLETED")
    publish([first])
    assert recruiting() == 1
    assert builds == [2]


def flipped(content: bytes) -> bytes:
    return content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]


@pytest.mark.parametrize(
    "damage",
    [
        flipped,
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content.partition(b"\n")[0],
        lambda content: b"",
        lambda content: b"\n",
        lambda content: b"\0" * len(content),
        lambda content: b"[1]\n" + content.partition(b"\n")[2],
        lambda content: with_head(content, revision="two"),
        lambda content: content + b"more",
    ],
    ids=["a bit", "cut by one", "half", "no body", "empty", "no head", "zeros", "other head", "bad number", "longer"],
)
def test_a_damaged_file_is_noticed_built_anew_and_replaced(damage, builds, caplog):
    made("a")
    recruiting()
    whole = path().read_bytes()
    path().write_bytes(damage(whole))
    assert recruiting() == 1
    assert builds == [1, 1]
    assert "The saved search index is damaged" in caplog.text
    assert path().read_bytes() == whole


def test_a_file_of_the_right_digest_with_something_else_in_it_is_damaged(builds, caplog):
    made("a")
    recruiting()
    other = msgspec.msgpack.encode({"public": 5})
    head = with_head(path().read_bytes(), sha256=sha256(other).hexdigest()).partition(b"\n")[0]
    path().write_bytes(head + b"\n" + other)
    assert recruiting() == 1
    assert "The saved search index is damaged" in caplog.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"catalogue": "f" * 32}, "it is of another catalogue"),
        ({"shape": "0"}, "it is of another release"),
        ({"revision": 99}, "it is at revision 99, and the database at 1"),
    ],
)
def test_a_file_that_is_not_for_this_state_is_not_used_and_it_is_said_why(changes, why, builds, caplog):
    made("a")
    recruiting()
    path().write_bytes(with_head(path().read_bytes(), **changes))
    assert recruiting() == 1
    assert builds == [1, 1]
    assert f"The saved search index is not used: {why}." in caplog.text


def test_a_file_from_a_log_that_went_another_way_is_not_used(builds, caplog):
    """A backup was put back, and other edits came after it: the same revision, another token."""
    [pk] = made("a")
    recruiting()
    Revision.objects.update(token="other")
    CatalogueState.objects.update(token="other")
    Trial.objects.filter(pk=pk).update(status="COMPLETED")
    publish([pk])
    assert recruiting() == 0
    assert builds == [1, 2]
    assert "The log does not lead from the saved search index to revision 2." in caplog.text


def test_a_missing_file_is_built_anew_and_said(builds, caplog):
    made("a")
    recruiting()
    path().unlink()
    assert recruiting() == 1
    assert builds == [1, 1]
    assert caplog.messages.count("Building the search index at revision 1.") == 2


def test_a_file_that_cannot_be_read_is_built_anew_and_said(builds, caplog):
    made("a")
    recruiting()
    path().unlink()
    path().mkdir()
    assert recruiting() == 1
    assert builds == [1, 1]
    assert "The saved search index cannot be read" in caplog.text
    assert "The search index could not be saved" in caplog.text


def test_a_folder_that_cannot_be_written_is_survived(folder, builds, caplog):
    (folder / "search").write_text("A file where the folder should be.")
    made("a")
    worker = Live()
    assert [recruiting(worker), recruiting(worker), recruiting()] == [1, 1, 1]
    assert builds == [1, 1]
    assert "The search index is built without a lock" in caplog.text
    assert "The search index could not be saved" in caplog.text


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(monkeypatch, caplog):
    made("a", "b")
    recruiting()
    before = path().read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with Live().reading() as held:
        saved.save(held)
    assert "No space left on device" in caplog.text
    assert path().read_bytes() == before
    assert sorted(file.name for file in path().parent.iterdir()) == ["building.lock", "index.bin"]


def test_what_a_stopped_process_left_half_written_is_taken_away_after_a_while():
    made("a")
    recruiting()
    old, new = path().with_name("index-old"), path().with_name("index-new")
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 4000,) * 2)
    with Live().reading() as held:
        saved.save(held)
    assert (old.exists(), new.exists()) == (False, True)


def test_who_reads_while_it_is_saved_reads_the_old_one_or_the_new_one():
    made("a")
    with Live().reading() as held:
        saved.save(held)
        before = path().read_bytes()
        with path().open("rb") as file:
            saved.save(replace(held, state=State("f" * 32, 7, "token")))
            assert file.read() == before
        assert head_of(path().read_bytes())["revision"] == 7


def test_another_set_of_facets_has_another_shape(monkeypatch):
    shape = saved.shape()
    monkeypatch.setattr(facets, "FACETS", facets.FACETS[1:])
    assert saved.shape() != shape


def test_other_code_has_another_shape(monkeypatch):
    shape = saved.shape()
    monkeypatch.setattr(saved, "_code", lambda: "of the next release")
    assert saved.shape() != shape


def test_after_many_changes_it_is_saved_anew(monkeypatch):
    monkeypatch.setattr(live, "SAVE_EVERY", 3)
    monkeypatch.setattr(saved, "save_aside", saved.save)
    [pk] = made("a")
    worker = Live()
    revisions = []
    for _ in range(6):
        recruiting(worker)
        revisions.append(head_of(path().read_bytes())["revision"])
        publish([pk])
    assert revisions == [1, 1, 1, 4, 4, 4]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_begin_at_once_one_builds_and_the_other_loads(tmp_path, builds):
    with database_on_disk(tmp_path), Threads(3) as threads:
        for slug in ("a", "b"):
            trial(slug, status="RECRUITING")
        publish_all()
        with building():
            asked = [threads.begin(recruiting, Live()) for _ in range(3)]
            time.sleep(0.3)
            assert [one.done() for one in asked] == [False, False, False]
        assert [one.result(timeout=60) for one in asked] == [2, 2, 2]
        assert len(builds) == 1


@pytest.mark.django_db(transaction=True)
def test_who_waited_while_another_built_of_a_later_state_loads_that(tmp_path, builds):
    with database_on_disk(tmp_path), Threads(1) as threads:
        ids = [trial(slug, status="RECRUITING").pk for slug in ("a", "b")]
        publish_all()
        with building():
            asked = threads.begin(recruiting, Live())
            time.sleep(0.3)
            Trial.objects.filter(pk=ids[0]).update(status="COMPLETED")
            with transaction.atomic():
                publish(ids[:1])
            saved.save(index.build(live._state()[0]))
        assert asked.result(timeout=60) == 1
        assert builds == []
