"""Workers, an editor and an import at once: no request sees half a change, and each sees every change before it."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError
from django.http import QueryDict

from trials.models import Card, CatalogueState, Revision, Trial
from trials.search import live
from trials.search.bearing import Bearers
from trials.search.browse import browse
from trials.search.filters import read_question
from trials.search.index import FacetIndex
from trials.search.live import Live, NotReadyError
from trials.search.publishing import publish_all, trials_changed
from trials.tests.search.following import edit, found
from trials.tests.search.making import publish, trial
from trials.tests.search.workers import Threads, database_on_disk

on_disk = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def shared(transactional_db, tmp_path):
    """A database that the threads of a test share."""
    with database_on_disk(tmp_path):
        yield


@pytest.fixture
def builds(monkeypatch):
    """The revisions at which an index was built, not patched."""
    seen: list[int] = []
    original = live.build

    def build(state):
        seen.append(state.revision)
        return original(state)

    monkeypatch.setattr(live, "build", build)
    return seen


@on_disk
def test_no_request_sees_half_a_change(shared):
    """An editor changes two trials at a time, an import brings two at a time: always an even number recruits."""
    pairs = [(trial(f"a{n}", status="RECRUITING").pk, trial(f"b{n}", status="RECRUITING").pk) for n in range(4)]
    publish_all()
    workers = [Live(), Live(), Live()]
    done = threading.Event()

    def change_pairs():
        for step in range(24):
            edit(*pairs[step % 4], status="COMPLETED" if step // 4 % 2 == 0 else "RECRUITING")

    def bring_pairs():
        for step in range(12):
            with transaction.atomic():
                publish([trial(f"{side}-new{step}", status="RECRUITING").pk for side in "ab"])

    def ask(worker):
        seen = set()
        while not done.is_set():
            with worker.reading() as index:
                recruiting = index.counts["status"].get("recruiting", 0)
                by_table = Trial.objects.public().filter(status="RECRUITING").count()
                cards = Card.objects.count()
                assert (recruiting % 2, recruiting, len(index.public) % 2, cards) == (0, by_table, 0, len(index.public))
                seen.add(index.state)
            found(worker)
        return len(seen)

    with Threads(8) as threads:
        writers = [threads.begin(change_pairs), threads.begin(bring_pairs)]
        readers = [threads.begin(ask, worker) for worker in [*workers, workers[0], workers[1]]]
        try:
            for writer in writers:
                writer.result(timeout=120)
        finally:
            done.set()
        assert all(reader.result(timeout=60) > 1 for reader in readers)
        assert [len(found(worker, "")) for worker in workers] == [20, 20, 20]
        assert {tuple(found(worker)) for worker in workers} == {tuple(found(Live()))}


@on_disk
def test_an_edit_is_seen_at_the_next_request_in_every_worker_without_a_rebuild(shared, builds):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    workers = [Live() for _ in range(3)]
    with Threads(3) as threads:
        assert [threads.ask(found, worker) for worker in workers] == [["Trial a"]] * 3
        for number in range(5):
            edit(pk, title=f"Title {number}")
            assert [threads.ask(found, worker) for worker in workers] == [[f"Title {number}"]] * 3
    assert len(builds) == 1


@on_disk
def test_a_request_that_began_before_an_edit_goes_on_seeing_what_was(shared):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    with Threads(1) as threads, worker.reading() as index:
        threads.ask(lambda: edit(pk, status="COMPLETED"))
        assert threads.ask(found, worker) == []
        assert index.counts["status"] == {"recruiting": 1, "not-stated": 0}
        assert Card.objects.get().trial.status == "RECRUITING"


@on_disk
def test_a_request_whose_moment_is_no_longer_held_takes_a_newer_one(shared, builds, monkeypatch):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    found(worker)
    edit(pk, title="Before")
    read, go_on = threading.Event(), threading.Event()
    state_of = live._state
    slow: list[threading.Thread] = []

    def state(asked=None):
        here = state_of(asked)
        if threading.current_thread() in slow:
            slow.clear()
            read.set()
            assert go_on.wait(30)
        return here

    def ask_slowly():
        slow.append(threading.current_thread())
        return found(worker)

    monkeypatch.setattr(live, "_state", state)
    with Threads(1) as threads:
        late = threads.begin(ask_slowly)
        assert read.wait(30)
        for number in range(live.RECENT + 1):
            edit(pk, title=f"Title {number}")
            found(worker)
        go_on.set()
        assert late.result(timeout=30) == [f"Title {live.RECENT}"]
    assert len(builds) == 1


@on_disk
def test_a_worker_that_starts_while_an_import_runs(shared):
    publish_all()

    def bring():
        for step in range(15):
            with transaction.atomic():
                publish([trial(f"{side}{step}", status="RECRUITING").pk for side in "ab"])

    totals = []
    with Threads(2) as threads:
        writer = threads.begin(bring)
        while not writer.done():
            totals.append(len(threads.ask(found, Live(), "sort=title")))
        writer.result()
    assert all(total % 2 == 0 for total in totals)
    assert totals == sorted(totals)
    with Live().reading() as index:
        assert len(index.public) == 30


@on_disk
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no single writer to wait for")
def test_on_sqlite_a_reader_does_not_wait_for_a_writer_that_takes_its_time(shared):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    with Threads(1) as threads, transaction.atomic():
        Trial.objects.filter(pk=pk).update(status="COMPLETED")
        publish([pk])
        began = time.monotonic()
        assert threads.ask(found, Live()) == ["Trial a"]
        assert time.monotonic() - began < 5
    assert found(Live()) == []


@on_disk
def test_two_who_publish_the_same_trial_at_once_leave_one_card_with_both_changes(shared):
    """The second waits for the first, then works out the card from what both wrote."""
    made = trial("a", status="RECRUITING")
    publish_all()
    first_wrote, first_may_end = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            made.sites.create(order=1, country="IT")
            publish([made.pk])
            first_wrote.set()
            assert first_may_end.wait(30)

    def second():
        with transaction.atomic():
            made.conditions.create(order=1, wording="Lupus")
            publish([made.pk])

    with Threads(2) as threads:
        one = threads.begin(first)
        assert first_wrote.wait(30)
        other = threads.begin(second)
        time.sleep(0.3)
        first_may_end.set()
        one.result(timeout=30)
        other.result(timeout=30)
    with Live().reading() as index:
        question, _ = read_question(QueryDict(""), index.values, lambda: index.gazetteer)
        [card] = browse(question, index).cards
    assert (card.places, card.conditions) == ("1 site in Italy", ("Lupus",))


@on_disk
def test_a_change_outside_of_publishing_is_refused(shared):
    with pytest.raises(TransactionManagementError, match="inside `with publishing"):
        trials_changed(trial("a").pk)
    assert Card.objects.count() == 0


@on_disk
def test_a_transaction_that_is_rolled_back_leaves_no_trace(shared, builds):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    found(worker)
    before = CatalogueState.objects.values().get(), list(Revision.objects.values()), list(Card.objects.values())
    with transaction.atomic():
        Trial.objects.filter(pk=pk).update(status="COMPLETED")
        publish([pk])
        assert found(worker) == []
        transaction.set_rollback(True)
    after = CatalogueState.objects.values().get(), list(Revision.objects.values()), list(Card.objects.values())
    assert after == before
    assert found(worker) == ["Trial a"]
    edit(pk, title="Later")
    assert found(worker) == ["Later"]
    assert len(builds) == 1


@on_disk
def test_an_index_made_inside_a_transaction_is_neither_kept_for_others_nor_saved(shared, builds):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    with transaction.atomic():
        Trial.objects.filter(pk=pk).update(status="COMPLETED")
        publish([pk])
        assert found(worker) == found(worker) == []
        assert (len(builds), live.saved.revision()) == (1, None)
        with Threads(1) as threads:
            assert threads.ask(found, worker) == ["Trial a"]
        transaction.set_rollback(True)
    assert (found(worker), len(builds)) == (["Trial a"], 2)


@on_disk
def test_a_query_that_fails_ends_the_snapshot(shared):
    publish_all()
    with pytest.raises(Exception, match="no_such_table"), Live().reading(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    edit(trial("a", status="RECRUITING").pk)
    assert found(Live()) == ["Trial a"]


@on_disk
def test_a_backup_that_is_put_back_is_what_is_seen_and_edits_after_it_count(shared):
    """The state, the log and the tables go back; then other edits take the same numbers."""
    pk = trial("a", status="RECRUITING", title="Old").pk
    publish_all()
    worker = Live()
    assert found(worker) == ["Old"]
    held = CatalogueState.objects.get()
    card = Card.objects.get()
    for number in range(3):
        edit(pk, title=f"Lost {number}")
        found(worker)
    with transaction.atomic():
        Revision.objects.filter(number__gt=held.revision).delete()
        held.save()
        card.save()
        Trial.objects.filter(pk=pk).update(title="Old")
    assert found(worker) == ["Old"]
    for number in range(4):
        edit(pk, title=f"Again {number}")
        assert found(worker) == found(Live()) == [f"Again {number}"]


@on_disk
def test_another_catalogue_in_the_same_place_is_seen(shared, builds):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    found(worker)
    CatalogueState.objects.update(catalogue="f" * 32)
    Trial.objects.filter(pk=pk).update(status="COMPLETED")
    assert found(worker) == []
    assert len(builds) == 2


in_memory = pytest.mark.django_db


@in_memory
def test_a_worker_further_behind_than_the_log_reaches_builds_anew(builds):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker = Live()
    found(worker)
    edit(pk, status="COMPLETED")
    edit(pk, title="New")
    Revision.objects.filter(number__lte=Revision.objects.order_by("-number")[0].number - 1).delete()
    assert found(worker) == []
    assert len(builds) == 2


@pytest.fixture
def held_up(monkeypatch):
    """Building waits until it is let go on; how often it began."""
    begun, go_on = threading.Semaphore(0), threading.Event()
    original = live.build

    def build(state):
        begun.release()
        assert go_on.wait(60)
        return original(state)

    monkeypatch.setattr(live, "build", build)
    yield begun, go_on
    go_on.set()


def far_ahead(worker: Live, pk: int) -> None:
    """Edits a trial so that no log leads from what a worker holds to now."""
    edit(pk, status="COMPLETED")
    edit(pk, title="New")
    Revision.objects.filter(number__lte=Revision.objects.order_by("-number")[0].number - 1).delete()


@on_disk
def test_while_the_index_is_made_aside_nobody_waits_longer_than_is_said_and_nothing_old_is_shown(
    shared, held_up, monkeypatch
):
    pk = trial("a", status="RECRUITING").pk
    publish_all()
    worker, (begun, go_on) = Live(), held_up
    go_on.set()
    assert found(worker) == ["Trial a"]
    go_on.clear()
    assert begun.acquire(timeout=0)
    with Threads(3) as threads, worker.reading() as held:
        threads.ask(far_ahead, worker, pk)
        monkeypatch.setattr(live, "PATIENCE", 0.2)
        for asked in [threads.begin(found, worker) for _ in range(3)]:
            with pytest.raises(NotReadyError):
                asked.result(timeout=60)
        # Who began before goes on with what was.
        assert held.counts["status"]["recruiting"] == Trial.objects.public().filter(status="RECRUITING").count() == 1
        monkeypatch.setattr(live, "PATIENCE", 60)
        waiting = [threads.begin(found, worker) for _ in range(3)]
        go_on.set()
        assert [one.result(timeout=60) for one in waiting] == [[], [], []]
    # One thread made it for all of them.
    assert begun.acquire(timeout=0)
    assert not begun.acquire(timeout=0)
    assert found(worker, "status=completed") == ["New"]


@on_disk
def test_more_changes_than_a_request_takes_in_are_taken_in_aside(shared, builds, monkeypatch):
    monkeypatch.setattr(live, "MOST_AT_ONCE", 3)
    ids = [trial(f"a{number}", status="RECRUITING").pk for number in range(4)]
    publish_all()
    worker = Live()
    found(worker)
    here: list[str] = []
    original = FacetIndex.patched

    def patched(*arguments, **named):
        here.append(threading.current_thread().name)
        return original(*arguments, **named)

    monkeypatch.setattr(FacetIndex, "patched", patched)
    edit(*ids[:3], status="COMPLETED")
    assert found(worker) == ["Trial a3"]
    edit(*ids, status="COMPLETED")
    assert found(worker) == []
    assert here == [threading.current_thread().name, "load-index"]
    assert len(builds) == 1


@on_disk
def test_an_index_that_cannot_be_made_is_not_waited_for_for_ever(shared, monkeypatch):
    publish_all()

    def broken(state):
        raise DatabaseError("gone")

    monkeypatch.setattr(live, "build", broken)
    monkeypatch.setattr(live, "MOST_ATTEMPTS", 2)
    with pytest.raises(NotReadyError), Live().reading():
        pass


@in_memory
def test_the_log_keeps_what_workers_may_still_need(monkeypatch):
    monkeypatch.setattr("trials.search.publishing.KEPT", 5)
    pk = trial("a").pk
    edit(pk)
    CatalogueState.objects.update(revision=9_998)
    for _ in range(3):
        edit(pk)
    assert list(Revision.objects.order_by("number").values_list("number", flat=True)) == [9_999, 10_000, 10_001]


@in_memory
def test_after_more_changes_than_are_worth_patching_it_builds_anew(builds, monkeypatch):
    monkeypatch.setattr(live, "MOST_PATCHED", 3)
    ids = [trial(f"a{number}", status="RECRUITING").pk for number in range(4)]
    publish_all()
    worker = Live()
    found(worker)
    edit(*ids[:3], status="COMPLETED")
    assert (found(worker), len(builds)) == (["Trial a3"], 1)
    edit(*ids, status="COMPLETED")
    assert (found(worker), len(builds)) == ([], 2)


@in_memory
def test_the_state_is_the_same_however_it_is_asked():
    """By itself it is read by a statement that is kept; with an expression beside it, by one that is made for it."""
    trial("a")
    publish_all()
    alone, nothing = live._state()
    assert (alone, "beside") == live._state(Value("beside"))
    assert alone.revision > 0
    assert nothing is None


@in_memory
def test_an_empty_catalogue_is_loaded_once_it_was_asked():
    worker = Live()
    assert not worker.is_loaded()
    assert found(worker) == []
    assert worker.is_loaded()
    worker.forget()
    assert not worker.is_loaded()


@on_disk
def test_loading_aside_ends_loaded_and_is_done_by_one_thread(shared, builds):
    trial("a")
    publish_all()
    worker = Live()
    assert {worker.load_aside() for _ in range(5)} == {worker.load_aside()}
    worker.load_aside().join(30)
    assert worker.is_loaded()
    assert len(builds) == 1


@on_disk
def test_what_the_first_suggestion_needs_is_made_ahead(shared):
    trial("a")
    publish_all()
    worker = Live()
    with worker.reading():
        pass
    worker.read_ahead().join(30)
    with worker.reading() as index:
        made = [vars(index).keys(), *(vars(values).keys() for values in index.values.values())]
    assert "gazetteer" in made[0]
    assert all("starts" in names for names in made[1:])


@on_disk
def test_who_waits_for_the_index_does_not_wait_for_what_is_read_ahead(shared, monkeypatch):
    trial("a", status="RECRUITING")
    publish_all()
    go_on = threading.Event()
    monkeypatch.setattr(Bearers, "read_most", lambda held: go_on.wait(60))
    try:
        assert found(Live()) == ["Trial a"]
        assert "read-names" in {thread.name for thread in threading.enumerate()}
    finally:
        go_on.set()


EDITS = """
from django.db import transaction
from trials.models import Trial
from trials.search.publishing import publish_all
from trials.tests.search.making import publish
pair = list(Trial.objects.filter(slug__startswith="pair-").values_list("pk", flat=True))
for step in range(20):
    with transaction.atomic():
        Trial.objects.filter(pk__in=pair).update(status=["COMPLETED", "RECRUITING"][step % 2])
        publish(pair)
    if not step % 5:
        publish_all()
with transaction.atomic():
    Trial.objects.filter(pk__in=pair).update(status="SUSPENDED")
    publish(pair)
"""


def test_processes_of_a_real_server_never_show_half_a_change(site):
    """Two workers of gunicorn, while another process edits two trials at a time and publishes all anew."""
    site.python(
        "from trials.models import Trial; from trials.search.publishing import publish_all\n"
        "for side in 'ab':\n"
        "    Trial.objects.create(slug=f'pair-{side}', title='Pair', state='PUBLISHED', status='RECRUITING')\n"
        "publish_all()"
    )
    try:
        total = recruiting_on(site)
        assert total >= 2
        with ThreadPoolExecutor(5) as threads:
            editing = threads.submit(site.python, EDITS)
            seen: list[int] = []
            while not editing.done():
                seen += threads.map(recruiting_on, [site] * 4)
            editing.result()
        assert set(seen) <= {total, total - 2}
        assert {recruiting_on(site) for _ in range(12)} == {total - 2}
    finally:
        site.python(
            "from django.db import transaction; from trials.models import Trial\n"
            "from trials.tests.search.making import publish\n"
            "with transaction.atomic():\n"
            "    pair = Trial.objects.filter(slug__startswith='pair-'); ids = [one.pk for one in pair]\n"
            "    pair.delete(); publish(ids)"
        )


def recruiting_on(site) -> int:
    """How many recruiting trials a page counts, in its title and beside the results alike."""
    answer = site.get("/trials/?status=recruiting")
    assert answer.status == 200
    titled = re.search(r"\((\d+)\) · Cell-therapy trials</title>", answer.text)
    shown = re.search(r'role="status"><strong>(\d+) trial', answer.text)
    assert titled
    assert shown
    assert titled[1] == shown[1]
    assert answer.text.count("<article") in (0, min(20, int(shown[1])))
    return int(shown[1])
