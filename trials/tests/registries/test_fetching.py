"""Runs that are kept, broken off and gone on with, against local services."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os

import pytest
import stamina

from trials.registries.download import Client, DownloadError, Manners, Refusal, Unavailable
from trials.registries.fetching import Fetch, Kept
from trials.registries.services import SERVICES, Question
from trials.tests.registries.misbehaving import CtgovService, CtisService, reset, sends, status

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with stamina.set_testing(True, attempts=3):
        yield


def studies(count):
    return [{"protocolSection": {"identificationModule": {"nctId": f"NCT{place:08d}"}}} for place in range(count)]


def number(place):
    return f"2023-5{place:05d}-11-00"


def ctis_service(count, **fields):
    overviews = [{"ctNumber": number(place), "ctStatus": 4, **fields} for place in range(count)]
    return CtisService(overviews, {number(place): {"ctNumber": number(place)} for place in range(count)})


class Noted(Fetch):
    """A fetch that keeps what it notes, and which trials it could not have."""

    def __init__(self, service, client, question, kept):
        self.notes: list[str] = []
        self.missing: list[tuple[str, str]] = []
        super().__init__(service, client, question, kept, say=lambda line: None, note=self.notes.append)

    def records(self):
        for found in super().records():
            if found.raw:
                yield found
            else:
                self.missing.append((found.number, found.why))


@pytest.fixture
def ctgov():
    with CtgovService(studies(5)) as running:
        yield running


@pytest.fixture
def fetch(tmp_path):
    """Asks a local service; every call is a run of the command, in the same folder."""
    clients = []

    def start(running, *, query="cells", since=None, page_size=2, restart=False, now=NOON):
        service = SERVICES["ctis" if isinstance(running, CtisService) else "ctgov"]
        client = Client(running.url, manners=Manners(pause=0))
        clients.append(client)
        kept = Kept(tmp_path / service.source, {"query": query}, restart=restart, clock=lambda: now)
        return Noted(service, client, Question(query, since, page_size), kept)

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def numbers(records):
    found = []
    for record in records:
        record = json.loads(record.raw)
        found.append(record.get("ctNumber") or record["protocolSection"]["identificationModule"]["nctId"])
    return found


ALL_FIVE = [f"NCT{place:08d}" for place in range(5)]


# ------------------------------------------------------------------------------------------------------------- listing
def test_all_pages_are_read_in_order(ctgov, fetch):
    run = fetch(ctgov)
    assert numbers(run.records()) == ALL_FIVE
    assert (run.listed, run.total, run.notes) == (5, 5, [])
    assert [asked.params.get("pageToken") for asked in ctgov.asked] == [None, "token2", "token4"]


def test_an_empty_last_page_ends_the_listing(fetch):
    with CtgovService(studies(4)) as running:
        run = fetch(running)
        assert len(numbers(run.records())) == 4
        assert run.notes == []
        assert len(running.asked) == 3


def test_an_empty_page_in_the_middle_ends_the_listing_and_is_said(ctgov, fetch):
    ctgov.faults.extend([None, sends(b'{"studies": [], "nextPageToken": "token4"}')])
    run = fetch(ctgov)
    assert numbers(run.records()) == ALL_FIVE[:2]
    assert run.notes == ["ClinicalTrials.gov spoke of 5 trials and listed 2. Run again with --restart."]


def test_nothing_found_is_an_answer(fetch):
    with CtgovService() as running:
        run = fetch(running)
        assert (numbers(run.records()), run.notes, run.kept.state.finished) == ([], [], True)


def test_the_pages_are_kept_as_received(ctgov, fetch):
    run = fetch(ctgov)
    list(run.records())
    pages = sorted(path.name for path in run.kept.folder.iterdir())
    assert pages == ["page-0001.json", "page-0002.json", "page-0003.json", "state.json"]
    assert json.loads((run.kept.folder / "page-0003.json").read_bytes()) == {"studies": studies(5)[4:], "totalCount": 5}


def test_what_the_state_says_can_be_read_by_people(ctgov, fetch):
    run = fetch(ctgov)
    list(itertools.islice(run.records(), 3))
    state = json.loads((run.kept.folder / "state.json").read_bytes())
    assert state == {
        "asks": {"query": "cells"},
        "touched": "2026-11-23T12:00:00Z",
        "pages": 2,
        "next": "token4",
        "finished": False,
    }


# ---------------------------------------------------------------------------------------------------------- going round
def test_a_page_token_that_comes_again_stops_the_listing(ctgov, fetch):
    first = ctgov.answer
    ctgov.answer = lambda asked: (200, {**first(asked)[1], "nextPageToken": "token2"})
    run = fetch(ctgov)
    found = run.records()
    assert numbers(itertools.islice(found, 4)) == ALL_FIVE[:4]
    with pytest.raises(DownloadError, match="goes round: page 2 names the place of an earlier page"):
        next(found)
    assert len(ctgov.asked) == 2


def test_a_page_that_comes_again_under_a_new_token_stops_the_listing(ctgov, fetch):
    tokens = (f"token-{place}" for place in range(9))
    ctgov.answer = lambda asked: (200, {"studies": studies(2), "nextPageToken": next(tokens)})
    with pytest.raises(DownloadError, match="goes round: page 2 repeats an earlier one"):
        list(fetch(ctgov).records())
    assert len(ctgov.asked) == 2


def test_after_going_round_the_next_run_begins_anew(ctgov, fetch):
    answer = ctgov.answer
    ctgov.answer = lambda asked: (200, {**answer(asked)[1], "nextPageToken": "token2"})
    with pytest.raises(DownloadError):
        list(fetch(ctgov).records())
    ctgov.answer = answer
    assert numbers(fetch(ctgov).records()) == ALL_FIVE


# -------------------------------------------------------------------------------------------------- breaks and returns
@pytest.mark.parametrize("fault", [status(503), reset, sends(b'{"stud')], ids=["503", "reset", "truncated"])
def test_what_came_before_a_break_is_not_asked_for_again(ctgov, fetch, fault):
    ctgov.faults.extend([None, fault, fault, fault])
    first = fetch(ctgov).records()
    assert numbers(itertools.islice(first, 2)) == ALL_FIVE[:2]
    with pytest.raises(Unavailable):
        next(first)
    ctgov.asked.clear()
    second = fetch(ctgov)
    assert second.kept.is_resumed
    assert numbers(second.records()) == ALL_FIVE
    assert [asked.params["pageToken"] for asked in ctgov.asked] == ["token2", "token4"]


def test_a_run_that_dies_anywhere_is_gone_on_with(ctgov, fetch):
    for count in range(1, 5):
        stopped = fetch(ctgov)
        assert numbers(itertools.islice(stopped.records(), count)) == ALL_FIVE[:count]
    assert numbers(fetch(ctgov).records()) == ALL_FIVE
    assert len(ctgov.asked) == 3


def test_a_page_that_was_written_by_half_is_asked_for_again(ctgov, fetch):
    run = fetch(ctgov)
    list(itertools.islice(run.records(), 2))
    (run.kept.folder / "page-0002.json").write_bytes(b'{"studies": [{"prot')
    (run.kept.folder / "page-0002.json.part").write_bytes(b"{")
    assert numbers(fetch(ctgov).records()) == ALL_FIVE


def test_a_finished_run_is_read_from_disk(ctgov, fetch):
    list(fetch(ctgov).records())
    ctgov.asked.clear()
    assert numbers(fetch(ctgov, now=NOON + dt.timedelta(hours=11)).records()) == ALL_FIVE
    assert ctgov.asked == []


@pytest.mark.parametrize("count", [5, 2], ids=["finished", "broken off"])
def test_a_run_of_yesterday_starts_anew(ctgov, fetch, count):
    list(itertools.islice(fetch(ctgov).records(), count + 1))
    ctgov.asked.clear()
    tonight = fetch(ctgov, now=NOON + dt.timedelta(hours=13))
    assert not tonight.kept.is_resumed
    assert numbers(tonight.records()) == ALL_FIVE
    assert len(ctgov.asked) == 3


def test_a_restart_asks_for_everything(ctgov, fetch):
    list(fetch(ctgov).records())
    ctgov.studies = studies(3)
    assert numbers(fetch(ctgov, restart=True).records()) == ALL_FIVE[:3]


def test_a_restart_asks_anew_for_single_trials_too(fetch):
    with ctis_service(1) as running:
        list(fetch(running).records())
        running.trials[number(0)] = {"ctNumber": number(0), "title": "New"}
        (found,) = fetch(running, restart=True).records()
        assert json.loads(found.raw)["title"] == "New"


def test_a_record_bears_the_day_on_which_it_was_answered(ctgov, fetch):
    run = fetch(ctgov)
    assert {found.copied for found in run.records()} == {NOON.date()}
    yesterday = NOON - dt.timedelta(days=1)
    for page in run.kept.folder.glob("page-*.json"):
        os.utime(page, times=(yesterday.timestamp(), yesterday.timestamp()))
    assert {found.copied for found in fetch(ctgov).records()} == {yesterday.date()}


def test_how_far_it_is_is_known(ctgov, fetch):
    run = fetch(ctgov)
    records = run.records()
    assert [(next(records) and run.read, run.total) for _ in range(3)] == [(0, 5), (1, 5), (2, 5)]


def test_another_question_is_another_run(ctgov, fetch):
    list(fetch(ctgov).records())
    other = fetch(ctgov, query="Knorpel / ../knee")
    assert numbers(other.records()) == ALL_FIVE
    assert len(ctgov.asked) == 6
    assert other.kept.folder.name.startswith("knorpel-knee-")


def test_a_state_that_cannot_be_read_is_no_state(ctgov, fetch):
    run = fetch(ctgov)
    list(run.records())
    (run.kept.folder / "state.json").write_bytes(b"{")
    again = fetch(ctgov)
    assert not again.kept.is_resumed
    assert numbers(again.records()) == ALL_FIVE


def test_a_token_that_has_expired_begins_the_listing_anew(ctgov, fetch):
    list(itertools.islice(fetch(ctgov).records(), 2))
    ctgov.live_tokens.clear()
    ctgov.studies = [*studies(5), {"protocolSection": {"identificationModule": {"nctId": "NCT99999999"}}}]
    run = fetch(ctgov)
    assert numbers(run.records()) == [*ALL_FIVE[:2], *ALL_FIVE, "NCT99999999"]
    assert (run.listed, run.notes) == (6, [])


def test_a_question_that_is_not_understood_is_not_asked_twice(ctgov, fetch):
    ctgov.faults.append(status(400, "Bad query"))
    with pytest.raises(Refusal, match="Bad query"):
        list(fetch(ctgov).records())
    assert len(ctgov.asked) == 1


def test_a_listing_whose_tokens_never_work_ends(ctgov, fetch):
    ctgov.faults.extend([None, status(400), None, status(400), None, status(400)])
    with pytest.raises(Refusal):
        list(fetch(ctgov).records())
    assert len(ctgov.asked) == 4


# ------------------------------------------------------------------------------------------------------------- EU CTIS
def test_every_trial_that_ctis_lists_is_asked_for_once(fetch):
    with ctis_service(3) as running:
        run = fetch(running)
        assert numbers(run.records()) == [number(0), number(1), number(2)]
        assert [asked.path.rsplit("/", 1)[-1] for asked in running.asked] == [
            "search", number(0), number(1), "search", number(2),
        ]  # fmt: skip


def test_a_broken_run_does_not_ask_again_for_trials_that_it_has(fetch):
    with ctis_service(3) as running:
        list(itertools.islice(fetch(running).records(), 2))
        running.asked.clear()
        assert len(numbers(fetch(running).records())) == 3
        assert [asked.path.rsplit("/", 1)[-1] for asked in running.asked] == ["search", number(2)]


@pytest.mark.parametrize(
    "faults",
    [[status(404)], [status(500)] * 3, [sends(b"<html>portal</html>", "text/html")]],
    ids=["404", "500", "web page"],
)
def test_a_trial_that_ctis_lists_and_cannot_give_is_accounted_for(fetch, faults):
    with ctis_service(2) as running:
        running.faults.extend([None, *faults])
        run = fetch(running)
        assert numbers(run.records()) == [number(1)]
        ((missing, why),) = run.missing
        assert missing == number(0)
        assert f"/retrieve/{number(0)}" in why


def test_a_missing_trial_is_asked_for_again_by_the_next_run(fetch):
    with ctis_service(2) as running:
        running.faults.extend([None, status(404)])
        list(fetch(running).records())
        assert len(numbers(fetch(running).records())) == 2


def test_ctis_that_gives_no_trial_at_all_is_out_of_order(fetch):
    with ctis_service(9) as running:
        running.trials.clear()
        with pytest.raises(DownloadError, match="3 trials in a row could not be had"):
            list(fetch(running, page_size=9).records())
        assert len(running.asked) == 4


def test_trials_that_cannot_be_had_now_and_then_do_not_stop_the_rest(fetch):
    with ctis_service(9) as running:
        for place in (0, 1, 3, 4, 6, 7):
            del running.trials[number(place)]
        run = fetch(running, page_size=9)
        assert numbers(run.records()) == [number(2), number(5), number(8)]
        assert len(run.missing) == 6


def test_ctis_that_turns_us_away_is_not_asked_further(fetch):
    with ctis_service(9) as running:
        running.faults.extend([None, status(403)])
        with pytest.raises(Refusal):
            list(fetch(running, page_size=9).records())
        assert len(running.asked) == 2


def test_the_silent_end_of_a_ctis_listing_is_said(fetch, monkeypatch):
    monkeypatch.setattr(SERVICES["ctis"], "most", 4)
    with ctis_service(7) as running:
        running.most = 4
        run = fetch(running)
        assert len(numbers(run.records())) == 4
    assert run.notes == [
        "EU CTIS lists 4 trials of 7 and then ends without a word: there may be more. Ask for fewer at a time with "
        "--query."
    ]


def test_a_listing_that_reaches_the_limit_exactly_is_doubted(fetch, monkeypatch):
    monkeypatch.setattr(SERVICES["ctis"], "most", 4)
    with ctis_service(4) as running:
        run = fetch(running)
        list(run.records())
    assert "there may be more" in run.notes[0]


def test_trials_that_did_not_change_since_cost_no_request(fetch):
    with ctis_service(3, lastUpdated="31/01/2026") as running:
        run = fetch(running, since=dt.date(2026, 2, 1))
        assert (numbers(run.records()), run.notes) == ([], [])
        assert len(running.asked) == 2
        assert (run.read, run.total) == (3, 3)
